"""The options of ``numerals read``, and which of them exclude each other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from numerals.errors import OptionError

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Pictures (JPEG, PNG, TIFF, BMP, WebP, GIF, HEIC), PDFs, folders, patterns, "
        "or - for standard input.",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object a file: digits, boxes, confidence.")
]
AsCsv = Annotated[bool, typer.Option("--csv", help="One row a line of writing.")]
AnnotateTo = Annotated[
    Path | None,
    typer.Option(
        "--annotate",
        metavar="OUT",
        help="Save the picture with boxes and digits drawn in: a file for one page, "
        "a folder for several.",
    ),
]
MinConfidence = Annotated[
    float,
    typer.Option(min=0.0, max=1.0, metavar="P", help="Print ? for a digit below it."),
]
MaxError = Annotated[
    str | None,
    typer.Option(
        "--max-error",
        metavar="SHARE",
        help="Print ? for a number that is wrong with a larger probability, such as 0.5%.",
    ),
]
Script = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Which digits are written: latin, kannada, bangla, devanagari, persian (a package "
        "of its own), or auto for whichever they look like.",
    ),
]
ModelFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read with this ONNX model instead.")
]
Digits = Annotated[bool, typer.Option("--digits", help="Each picture is one digit.")]
Field = Annotated[bool, typer.Option("--field", help="Each picture is one line.")]
Table = Annotated[
    bool,
    typer.Option(
        "--table", help="All numbers of each picture are one table: print its rows as CSV."
    ),
]
Printed = Annotated[
    bool,
    typer.Option("--printed", help="Read printed numbers as well; of tables they always are."),
]
Turn = Annotated[
    str,
    typer.Option(
        metavar="auto|0|90|180|270",
        help="How far pages are turned clockwise, degrees; auto finds it out.",
    ),
]
Join = Annotated[
    bool,
    typer.Option(
        "--join",
        help="Print one number: all pictures, in numeric order of their names; each is one "
        "digit unless --field is given.",
    ),
]
Dpi = Annotated[int, typer.Option(help="Resolution at which PDF pages are drawn, 20 to 1200.")]
NumberFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="SPEC",
        help="What each number is like: digits:10, range:0-100, date, amount, luhn, iban:DE, "
        "isbn, ean, phone:US, regex:..., roster:FILE. A line that is not so prints as ?.",
    ),
]
Only = Annotated[str | None, typer.Option(metavar="digits", help="Leave signs and spaces out.")]
TemplateFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Each picture is a filled-in form: one CSV row of its fields."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where --template writes, instead of standard output."),
]
Stored = Annotated[
    bool,
    typer.Option("--store", help="Keep what is read, to be reviewed on numerals serve's page."),
]
StoreUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Keep it there: sqlite:///FILE or postgresql://... "
        "\\[default: NUMERALS_STORE, or a file in the user's data folder]",
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help="Which pixels --store keeps: nothing, crops of lines, pictures as well. "
        "\\[default: crops]",
    ),
]
KeepDays = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="For how long --store keeps pixels. \\[default: ever]"),
]


def choose_one(given: Mapping[str, object]) -> None:
    """Refuse several options of which only one can be meant."""
    if sum(map(bool, given.values())) > 1:
        raise typer.BadParameter(f"choose one of {_listed(given)}")


def goes_without(option: str, given: object, others: Mapping[str, object]) -> None:
    """Refuse an option beside others that exclude it."""
    if given and any(others.values()):
        raise typer.BadParameter(f"{option} goes without {_listed(others)}")


@contextmanager
def as_arguments() -> Iterator[None]:
    """Report choices that do not exist, or exclude each other, as wrong arguments."""
    try:
        yield
    except OptionError as error:
        raise typer.BadParameter(str(error)) from error


def parse_share(option: str, text: str | None) -> float | None:
    """Read ``0.5%`` or ``0.005``."""
    if text is None:
        return None
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise typer.BadParameter(f"{option} {text}: expected a share such as 0.5% or 0.005")
    return share


def _listed(options: Mapping[str, object]) -> str:
    *first, last = options
    return f"{', '.join(first)} and {last}" if first else last
