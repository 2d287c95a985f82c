"""``numerals read``: pictures in, numbers out."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import check_standard_input, say, say_json, warn, with_progress
from numerals.csv_cells import SafeWriter
from numerals.errors import ImageError, MissingExtraError, NumeralsError
from numerals.printable import printable

if TYPE_CHECKING:
    from numerals.reading import FileResult, Reader
    from numerals.store import Store

EPILOG = """
[bold]Examples[/bold]

  numerals read photo.jpg

  numerals read scans/ --csv > numbers.csv

  numerals read form.pdf --dpi 300 --json

  numerals read scans/ --max-error 0.5%       numbers in doubt print as ?

  numerals read photo.jpg --annotate seen.png --min-confidence 0.9

  numerals read --join 1.jpg 2.jpg 3.jpg      one digit a picture -> one number

  cat photo.jpg | numerals read -

  numerals read --format date:dmy scans/

  numerals read --template form.toml scans/ --out answers.csv

  numerals read --store scans/                then: numerals serve, and review
"""


def read(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Pictures (JPEG, PNG, TIFF, BMP, WebP, GIF, HEIC), PDFs, folders, patterns, "
            "or - for standard input.",
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a file: digits, boxes, confidence.")
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="One row a line of writing.")] = False,
    annotated: Annotated[
        Path | None,
        typer.Option(
            "--annotate",
            metavar="OUT",
            help="Save the picture with boxes and digits drawn in: a file for one page, "
            "a folder for several.",
        ),
    ] = None,
    min_confidence: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, metavar="P", help="Print ? for a digit below it."),
    ] = 0.0,
    max_error: Annotated[
        str | None,
        typer.Option(
            "--max-error",
            metavar="SHARE",
            help="Print ? for a number that is wrong with a larger probability, such as 0.5%.",
        ),
    ] = None,
    script: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Which digits are written: latin, kannada, bangla, devanagari, persian (a package "
            "of its own), or auto for whichever they look like.",
        ),
    ] = "latin",
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read with this ONNX model instead.")
    ] = None,
    digits: Annotated[bool, typer.Option("--digits", help="Each picture is one digit.")] = False,
    field: Annotated[bool, typer.Option("--field", help="Each picture is one line.")] = False,
    table: Annotated[
        bool,
        typer.Option(
            "--table", help="All numbers of each picture are one table: print its rows as CSV."
        ),
    ] = False,
    printed: Annotated[
        bool,
        typer.Option("--printed", help="Read printed numbers as well; of tables they always are."),
    ] = False,
    turn: Annotated[
        str,
        typer.Option(
            metavar="auto|0|90|180|270",
            help="How far pages are turned clockwise, degrees; auto finds it out.",
        ),
    ] = "auto",
    join: Annotated[
        bool,
        typer.Option(
            "--join",
            help="Print one number: all pictures, in numeric order of their names; each is one "
            "digit unless --field is given.",
        ),
    ] = False,
    dpi: Annotated[
        int, typer.Option(min=20, max=1200, help="Resolution at which PDF pages are drawn.")
    ] = 200,
    number_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="SPEC",
            help="What each number is like: digits:10, range:0-100, date, amount, luhn, iban:DE, "
            "isbn, ean, phone:US, regex:..., roster:FILE. A line that is not so prints as ?.",
        ),
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="digits", help="Leave signs and spaces out.")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Each picture is a filled-in form: one CSV row of its fields."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where --template writes, instead of standard output."),
    ] = None,
    stored: Annotated[
        bool,
        typer.Option("--store", help="Keep what is read, to be reviewed on numerals serve's page."),
    ] = False,
    store_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Keep it there: sqlite:///FILE or postgresql://... "
            "\\[default: NUMERALS_STORE, or a file in the user's data folder]",
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="Which pixels --store keeps: nothing, crops of lines, pictures as well. "
            "\\[default: crops]",
        ),
    ] = None,
    keep_days: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="For how long --store keeps pixels. \\[default: ever]"
        ),
    ] = None,
) -> None:
    """Print the handwritten numbers in pictures: a line of text for each line of writing."""
    if sum((as_json, as_csv, join)) > 1:
        raise typer.BadParameter("choose one of --json, --csv and --join")
    if digits + field + table > 1:
        raise typer.BadParameter("choose one of --digits, --field and --table")
    if table and (as_csv or join):
        raise typer.BadParameter("--table prints CSV by itself; it goes without --csv and --join")
    if turn not in ("auto", "0", "90", "180", "270"):
        raise typer.BadParameter(f"--turn {turn}: expected auto, 0, 90, 180 or 270")
    if turn != "auto" and (digits or field or join or template):
        raise typer.BadParameter("--turn goes without --digits, --field, --join and --template")
    if template is None and out is not None:
        raise typer.BadParameter("--out goes with --template; else redirect the output: > FILE")
    if template is not None and (digits or field or table or join or annotated or max_error):
        raise typer.BadParameter(
            "--template goes without --digits, --field, --table, --join, --annotate and --max-error"
        )
    if only not in (None, "digits"):
        raise typer.BadParameter(f"--only {only}: all that can be kept is digits")
    if template is not None and (stored or store_url is not None):
        raise typer.BadParameter("--template goes without --store and --store-url")
    if (keep or keep_days) and not (stored or store_url is not None):
        raise typer.BadParameter("--keep and --keep-days go with --store")
    if keep not in (None, "nothing", "crops", "pictures"):
        raise typer.BadParameter(f"--keep {keep}: expected nothing, crops or pictures")
    if number_format and (digits or template):
        raise typer.BadParameter("--format goes without --digits, and --template has its own")
    error_limit = None if max_error is None else _parse_share("--max-error", max_error)
    from numerals.reading import Reader

    layout = "field" if field else "digit" if digits or join else "table" if table else "page"
    sources, failures = _find(paths, in_order=join)
    if template is not None:
        from numerals.cli.read_form import read_forms

        n_read, n_failed = read_forms(
            template,
            sources,
            model or script,
            dpi=dpi,
            out=out,
            as_json=as_json,
            min_confidence=min_confidence,
        )
        raise typer.Exit(0 if n_failed + failures == 0 else 1 if n_read else 2)
    reader = Reader(
        model or script,
        layout=layout,
        resolution=dpi,
        number_format=number_format,
        printed=printed,
        turn=None if turn == "auto" else int(turn),
    )
    many = len(sources) + failures > 1
    write = _choose_writer(as_json, as_csv, join, table, many=many)
    store = _open_store(store_url, keep, keep_days) if stored or store_url is not None else None
    results = _read_all(reader, sources, store)
    results = with_progress(results, len(sources), "reading")
    results = _masked(results, min_confidence, error_limit, only_digits=only is not None)
    n_read = write(_reported(results, annotated, dpi))
    if n_read < len(sources) or failures:
        raise typer.Exit(1 if n_read else 2)


def _find(arguments: Sequence[str], *, in_order: bool) -> tuple[list[str], int]:
    """Return the files that the arguments mean, and how many arguments mean none."""
    from numerals.images import natural_key, picture_paths

    found: list[str] = []
    failures = 0
    for argument in arguments:
        try:
            if argument == "-":
                check_standard_input()
                found.append(argument)
            else:
                found += [str(path) for path in picture_paths([argument])]
        except ImageError as error:
            warn(f"error: {error}")
            failures += 1
    if in_order:
        found.sort(key=lambda name: natural_key(Path(name).name))
    return found, failures


def _open_store(url: str | None, keep: str | None, keep_days: int | None) -> "Store":
    try:
        from numerals.store import open_store
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"--store ({error.name})", "web") from error
    store = open_store(url, keep=keep or "crops", keep_days=keep_days)
    store.prune()
    return store


def _read_all(
    reader: "Reader", sources: Sequence[str], store: "Store | None"
) -> Iterator["FileResult"]:
    from numerals.reading import read_file

    for source in sources:
        given = sys.stdin.buffer if source == "-" else Path(source)
        if store is None:
            yield read_file(reader, given, source)
        else:
            from numerals.store import keep_file

            with keep_file(store, source, reader.metadata.get("name", "")) as on_page:
                result = read_file(reader, given, source, on_page=on_page)
            yield result


def _reported(
    results: Iterator["FileResult"], annotated: Path | None, dpi: int
) -> Iterator["FileResult"]:
    """Tell what went wrong, and save annotated pictures, as results pass by."""
    for result in results:
        if result.error:
            warn(f"error: {result.error}")
        elif not result.texts:
            warn(f"{result.source}: no number found")
        if annotated and result.pages:
            try:
                _annotate(result, annotated, dpi)
            except (NumeralsError, OSError) as error:
                warn(f"error: cannot save the annotated picture: {error}")
                result = replace(result, error=ImageError(str(error)))
        yield result


def _masked(
    results: Iterator["FileResult"],
    min_confidence: float,
    max_error: float | None,
    *,
    only_digits: bool,
) -> Iterator["FileResult"]:
    from numerals.reading import keep_digits, mask_doubtful, refuse_doubtful

    for result in results:
        pages = tuple(mask_doubtful(page, min_confidence) for page in result.pages)
        if only_digits:
            pages = tuple(keep_digits(page) for page in pages)
        if max_error is not None:
            pages = tuple(refuse_doubtful(page, max_error) for page in pages)
        yield replace(result, pages=pages)


def _parse_share(option: str, text: str) -> float:
    """Read ``0.5%`` or ``0.005``."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise typer.BadParameter(f"{option} {text}: expected a share such as 0.5% or 0.005")
    return share


def _annotate(result: "FileResult", out: Path, dpi: int) -> None:
    from numerals.images import load_picture
    from numerals.report import annotate, picture_names, write_picture

    if result.source == "-":
        raise ImageError("standard input is read only once; save the picture to a file first")
    for page, path in zip(
        result.pages, picture_names(result.source, result.pages, out), strict=True
    ):
        picture = load_picture(result.source, page=page.number, resolution=dpi, color=True)
        write_picture(annotate(picture.pixels, page, scale=picture.scale), path)


def _choose_writer(
    as_json: bool, as_csv: bool, join: bool, table: bool, *, many: bool
) -> Callable[[Iterator["FileResult"]], int]:
    """Return what prints results and counts those that were read without error."""
    if as_json:
        return _write_json
    if as_csv:
        return _write_csv
    if join:
        return _write_joined
    if table:
        return partial(_write_tables, many=many)
    return _write_prefixed if many else _write_text


def _write_json(results: Iterator["FileResult"]) -> int:
    n_read = 0
    for result in results:
        say_json(result.to_dict())
        n_read += result.error is None
    return n_read


def _write_csv(results: Iterator["FileResult"]) -> int:
    from numerals.report import CSV_COLUMNS, page_rows

    table = SafeWriter(sys.stdout)
    table.writerow(CSV_COLUMNS)
    n_read = 0
    for result in results:
        for page in result.pages:
            table.writerows(page_rows(replace(page, source=result.source)))
        n_read += result.error is None
    return n_read


def _write_tables(results: Iterator["FileResult"], *, many: bool) -> int:
    """Write the rows of tables; of several files each row begins with the file's name."""
    from numerals.report import table_rows

    out = SafeWriter(sys.stdout)
    n_read = 0
    for result in results:
        for page in result.pages:
            out.writerows([result.source, *row] if many else row for row in table_rows(page))
        n_read += result.error is None
    return n_read


def _write_text(results: Iterator["FileResult"]) -> int:
    n_read = 0
    for result in results:
        for text in _rows(result):
            say(text)
        n_read += result.error is None
    return n_read


def _write_prefixed(results: Iterator["FileResult"]) -> int:
    n_read = 0
    for result in results:
        for text in _rows(result):
            say(f"{printable(result.source)}: {text}")
        n_read += result.error is None
    return n_read


def _rows(result: "FileResult") -> Iterator[str]:
    """Yield the rows of text; what is not accepted is not passed as read."""
    from numerals.records import text_rows

    for page in result.pages:
        yield from text_rows(page.lines, [line.answer for line in page.lines])


def _write_joined(results: Iterator["FileResult"]) -> int:
    from numerals.reading import DOUBT

    n_read, texts = 0, []
    for result in results:
        answers = (line.answer for page in result.pages for line in page.lines)
        texts.append("".join(answers) or DOUBT)
        n_read += result.error is None
    say("".join(texts))
    return n_read
