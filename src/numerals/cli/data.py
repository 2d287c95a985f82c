"""``numerals data``: list, describe, fetch, look at and convert data sets; compose lines."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli.console import print_table, say, say_json, warn, with_progress
from numerals.cli.digit_files import (
    Delimiter,
    ImageColumn,
    Invert,
    LabelColumn,
    Scale,
    Transpose,
    insist,
    load_data,
)
from numerals.errors import StoreError
from numerals.printable import printable
from numerals.private_files import private_umask

if TYPE_CHECKING:
    from numerals.data import DataSet

app = typer.Typer(
    name="data",
    help="Data sets of digits: list, describe, fetch, look at, convert, compose lines.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Split = Annotated[str, typer.Option(help="Which part: train, test, or validation if any.")]
_Source = Annotated[str, typer.Argument(help="A data set's name, or a file or folder.")]


@app.command("list")
def list_data_sets(as_json: _Json = False) -> None:
    """List the data sets that are known by name; corrections, once there are any, in lines.

    \b
    Examples:
      numerals data list
      numerals data list --json
    """
    from numerals import data

    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "script": entry.script,
            "sizes": dict(entry.sizes),
            "on_disk": [split for split in entry.splits if data.is_on_disk(name, split)],
            "licence": entry.licence,
        }
        for name, entry in {**data.CATALOGUE, **_corrections()}.items()
    ]
    if as_json:
        _print_json(rows)
        return
    print_table(
        ("name", "script", "train", "test", "on disk", "licence"),
        (
            (
                row["name"],
                row["script"],
                *(row["sizes"].get(split, "-") for split in ("train", "test")),
                ",".join(row["on_disk"]) or "-",
                row["licence"],
            )
            for row in rows
        ),
    )


@app.command()
def info(
    name: Annotated[str, typer.Argument(help="A data set's name.")], as_json: _Json = False
) -> None:
    """Describe a data set: sizes, files, licence, citation.

    \b
    Examples:
      numerals data info hoda
      numerals data info mnist --json
    """
    from numerals import data

    entry = {"name": name, **data.find_data_set(name).to_dict()}
    if as_json:
        _print_json(entry)
        return
    entry["classes"] = " ".join(entry["classes"])
    entry["sizes"] = ", ".join(f"{split} {size:,}" for split, size in entry["sizes"].items())
    files = entry.pop("files")
    rows = [(key, value) for key, value in entry.items() if value]
    for split, members in files.items():
        rows += [(f"{split} file", f"{f['path']}  {f['url'] or ''}".strip()) for f in members]
    print_table(("", ""), rows)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A data set's name.")],
    split: Annotated[str | None, typer.Option(help="Only this part: train or test.")] = None,
) -> None:
    """Download a data set into the cache, unless it is on disk.

    \b
    Examples:
      numerals data fetch mnist
      numerals data fetch dig-mnist --split test
    """
    from numerals import data

    for part in [split] if split else data.find_data_set(name).splits:
        digits = data.fetch_digits(name, part)
        say(f"{name}\t{part}\t{len(digits)}")


@app.command()
def show(
    source: _Source,
    out: Annotated[Path, typer.Option("--out", help="The PNG file to write.")],
    split: _Split = "train",
    columns: Annotated[int, typer.Option(min=1, max=500, help="Digits of each class.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Which digits are chosen.")] = 0,
    label_column: LabelColumn = None,
    image_column: ImageColumn = None,
    delimiter: Delimiter = None,
    scale: Scale = None,
    invert: Invert = None,
    transpose: Transpose = False,
) -> None:
    """Draw a contact sheet: a row of digits for each class; of corrections the lines.

    \b
    Examples:
      numerals data show mnist --out mnist.png
      numerals data show corrections --out corrections.png
      numerals data show photos/ --out sheet.png
    """
    if _means_corrections(source):
        from numerals.corrections.corrected_lines import script_of
        from numerals.reports.line_sheet import write_correction_sheet

        write_correction_sheet(script_of(source), out)
        say(out)
        return
    failed = _Failures()
    insisted = insist(label_column, image_column, delimiter, scale, invert, transpose)
    digits = load_data(source, split=split, on_error=failed, insisted=insisted)
    from numerals.reports.contact_sheet import write_contact_sheet

    write_contact_sheet(digits, out, columns=columns, random_state=seed)
    say(out)
    failed.exit_if_any()


@app.command()
def convert(
    source: Annotated[str, typer.Argument(metavar="IN", help="A file, a folder or a name.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    from_format: Annotated[str | None, typer.Option("--from", help="Format of IN.")] = None,
    to_format: Annotated[str | None, typer.Option("--to", help="Format of OUT.")] = None,
    split: _Split = "train",
    label_column: LabelColumn = None,
    image_column: ImageColumn = None,
    delimiter: Delimiter = None,
    scale: Scale = None,
    invert: Invert = None,
    transpose: Transpose = False,
) -> None:
    """Convert digits from one format to another.

    Formats are told from content and name; --from and --to name them: folders, npz, idx,
    mnist-pickle, kaggle-csv, file-list, and to read only hoda, uci, npy, mat, parquet, hdf5 (the
    last two need pip install 'numerals[files]'). What was assumed of a file is told on stderr,
    and the options below say otherwise. Pictures that cannot be read are named on stderr; the
    rest is converted, and the exit code is 1.

    Corrections become a folder of lines and lines.csv: file, text, split (train, or test, a fifth
    that training leaves aside), what was read, by whom it was answered and when. With --to, or an
    OUT that ends in .npz or .csv, they become single digits: of the lines in which it is known
    where each character stands.

    \b
    Examples:
      numerals data convert corrections lines/
      numerals data convert photos/ digits.csv
      numerals data convert train-images-idx3-ubyte.gz mnist.npz
      numerals data convert hoda hoda/ --split test
      numerals data convert digits.csv list.csv --to file-list
      numerals data convert mnist_784.csv mnist.npz --label-column class
      numerals data convert emnist-digits-train-images-idx3-ubyte.gz emnist.npz --transpose
      numerals data convert usps.h5 usps-test.npz --split test
    """
    from numerals import data

    if _means_corrections(source):
        if to_format is None and not target.suffix:
            _write_lines(source, target)
            return
        _tell_of_places(source, split)
    failed = _Failures()
    insisted = insist(label_column, image_column, delimiter, scale, invert, transpose)
    digits = load_data(source, from_format, split=split, on_error=failed, insisted=insisted)
    # People's writing is not for everybody to read.
    with private_umask() if _means_corrections(source) else nullcontext():
        data.write_digits(digits, target, to_format)
    say(f"{target}\t{len(digits)}")
    failed.exit_if_any()


@app.command()
def compose(
    source: Annotated[
        str, typer.Argument(help="Whose digits: a data set's name, or a file or folder.")
    ] = "qmnist",
    count: Annotated[int, typer.Option(min=1, metavar="N", help="How many lines.")] = 1000,
    out: Annotated[
        Path | None, typer.Option(metavar="NPZ", help="Write pixels, widths and texts there.")
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the first lines, to look at.")
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="What every line says. [default: all kinds of numbers]")
    ] = None,
    touching: Annotated[
        float, typer.Option(min=0, max=1, help="Share of lines whose digits touch.")
    ] = 0.25,
    overlapping: Annotated[
        float, typer.Option(min=0, max=1, help="Share of lines whose digits lie over each other.")
    ] = 0.12,
    split: _Split = "train",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same lines.")] = 0,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes. [default: cores]")
    ] = None,
) -> None:
    """Compose lines of handwritten numbers: one writer each, on paper, as a camera sees them.

    They are what line recognizers are trained on: 40 pixels high, ink bright on dark.

    \b
    Examples:
      numerals data compose --count 100000 --out lines.npz
      numerals data compose kannada-mnist --count 200 --sheet lines.png
      numerals data compose --text 2026-11-23 --touching 1 --count 50 --sheet dates.png
    """
    if out is None and sheet is None:
        raise typer.BadParameter("name a file: --out NPZ, --sheet PNG, or both")
    from numerals.synthesis import line_sets

    digits = load_data(source, split=split)
    composer = line_sets.LineComposer(
        digits, random_state=seed, text=text, touching=touching, overlapping=overlapping
    )
    portions = composer.compose_parallel(count, n_jobs=jobs)
    n_portions = -(-count // line_sets.PORTION)
    lines = line_sets.join_lines(with_progress(portions, n_portions, "composing"))
    if out:
        line_sets.write_line_set(lines, out)
        say(out)
    if sheet:
        from numerals.reports.line_sheet import write_line_sheet

        write_line_sheet(lines, sheet)
        say(sheet)


def _corrections() -> "dict[str, DataSet]":
    """Return the data sets that people's corrections make; a store out of reach is told."""
    from numerals.corrections.corrected_lines import count_corrections
    from numerals.data import find_data_set

    try:
        return {name: find_data_set(name) for name in count_corrections()}
    except StoreError as error:
        warn(f"corrections: {error}")
        return {}


def _means_corrections(source: str) -> bool:
    from numerals.corrections.corrected_lines import is_corrections

    return is_corrections(source) and not Path(source).exists()  # a path is read as one


def _write_lines(source: str, target: Path) -> None:
    from numerals.corrections.corrected_lines import script_of
    from numerals.corrections.correction_files import write_corrections

    say(f"{target}\t{write_corrections(script_of(source), target)}")


def _tell_of_places(source: str, split: str) -> None:
    from numerals.corrections.corrected_lines import has_places, load_corrections, script_of

    lines = load_corrections(script_of(source), split)
    n_known = sum(has_places(line) for line in lines)
    if n_known < len(lines):
        warn(
            f"{source}, {split}: digits of {n_known} of {len(lines)} lines; of the others it is "
            "not known where each character stands"
        )


class _Failures:
    """Names each picture that could not be read on stderr, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, path: Path, error: Exception) -> None:
        self.count += 1
        message = str(error)
        told = message if str(path) in message else f"{path}: {message}"
        print(printable(told), file=sys.stderr)

    def exit_if_any(self) -> None:
        if self.count:
            print(f"pictures that could not be read: {self.count}", file=sys.stderr)
            raise typer.Exit(1)


def _print_json(value: Any) -> None:
    say_json(value, indent=2)
