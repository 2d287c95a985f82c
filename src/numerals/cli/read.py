"""``numerals read``: pictures in, numbers out."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from numerals.cli.console import check_standard_input, warn, with_progress
from numerals.cli.read_options import (
    AnnotateTo,
    AsCsv,
    AsJson,
    Digits,
    Dpi,
    Field,
    Join,
    Keep,
    KeepDays,
    MaxError,
    MinConfidence,
    ModelFile,
    NumberFormat,
    Only,
    Out,
    Paths,
    Printed,
    Script,
    Stored,
    StoreUrl,
    Table,
    TemplateFile,
    Turn,
    as_arguments,
    choose_one,
    goes_without,
    parse_share,
)
from numerals.cli.read_output import choose_writer
from numerals.errors import ImageError, MissingExtraError, NumeralsError

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
    paths: Paths,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    annotated: AnnotateTo = None,
    min_confidence: MinConfidence = 0.0,
    max_error: MaxError = None,
    script: Script = "latin",
    model: ModelFile = None,
    digits: Digits = False,
    field: Field = False,
    table: Table = False,
    printed: Printed = False,
    turn: Turn = "auto",
    join: Join = False,
    dpi: Dpi = 200,
    number_format: NumberFormat = None,
    only: Only = None,
    template: TemplateFile = None,
    out: Out = None,
    stored: Stored = False,
    store_url: StoreUrl = None,
    keep: Keep = None,
    keep_days: KeepDays = None,
) -> None:
    """Print the handwritten numbers in pictures: a line of text for each line of writing."""
    layouts = {"--digits": digits, "--field": field, "--table": table}
    is_stored = stored or store_url is not None
    choose_one({"--json": as_json, "--csv": as_csv, "--join": join})
    choose_one(layouts)
    if table and (as_csv or join):
        raise typer.BadParameter("--table prints CSV by itself; it goes without --csv and --join")
    is_one = {"--digits": digits, "--field": field, "--join": join}
    goes_without("--turn", turn != "auto", {**is_one, "--template": template})
    goes_without("--format", number_format, {"--digits": digits, "--template": template})
    others = {"--join": join, "--annotate": annotated, "--max-error": max_error}
    goes_without("--template", template, {**layouts, **others, "--store": is_stored})
    _check_kept(keep, keep_days, is_stored)
    if template is None and out is not None:
        raise typer.BadParameter("--out goes with --template; else redirect the output: > FILE")
    if only not in (None, "digits"):
        raise typer.BadParameter(f"--only {only}: all that can be kept is digits")
    error_limit = parse_share("--max-error", max_error)
    from numerals.reading import AnswerOptions, Reader, ReadOptions
    from numerals.reading.options import parse_turn

    with as_arguments():
        answers = AnswerOptions(min_confidence, error_limit, only is not None)
        options = ReadOptions(
            model or script,
            layout=(
                "field" if field else "digit" if digits or join else "table" if table else "page"
            ),
            resolution=dpi,
            number_format=number_format,
            turn=parse_turn(turn),
            printed=printed,
        )
    sources, failures = _find(paths, in_order=join)
    if template is not None:
        from numerals.cli.read_form import read_forms

        n_read, n_failed = read_forms(template, sources, options, answers, out, as_json=as_json)
        raise typer.Exit(0 if n_failed + failures == 0 else 1 if n_read else 2)
    reader = Reader(options)
    write = choose_writer(as_json, as_csv, join, table, many=len(sources) + failures > 1)
    store = _open_store(store_url, keep, keep_days) if is_stored else None
    results = with_progress(_read_all(reader, sources, store), len(sources), "reading")
    answered = (
        replace(result, pages=tuple(map(answers.apply, result.pages))) for result in results
    )
    n_read = write(_reported(answered, annotated, dpi))
    if n_read < len(sources) or failures:
        raise typer.Exit(1 if n_read else 2)


def _check_kept(keep: str | None, keep_days: int | None, is_stored: bool) -> None:
    if (keep or keep_days) and not is_stored:
        raise typer.BadParameter("--keep and --keep-days go with --store")
    if keep not in (None, "nothing", "crops", "pictures"):
        raise typer.BadParameter(f"--keep {keep}: expected nothing, crops or pictures")


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


def _annotate(result: "FileResult", out: Path, dpi: int) -> None:
    from numerals.images import load_picture
    from numerals.output.annotate import annotate
    from numerals.output.picture_files import picture_names, write_picture

    if result.source == "-":
        raise ImageError("standard input is read only once; save the picture to a file first")
    for page, path in zip(
        result.pages, picture_names(result.source, result.pages, out), strict=True
    ):
        picture = load_picture(result.source, page=page.number, resolution=dpi, color=True)
        write_picture(annotate(picture.pixels, page, scale=picture.scale), path)
