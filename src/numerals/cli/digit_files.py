"""Digits for every verb that takes a data set: the options that files may need, and what is told.

What a reader assumed, and pictures that look transposed, are told on stderr.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import warn
from numerals.errors import DataError

if TYPE_CHECKING:
    from numerals.data.data_files import OnError
    from numerals.data.file_options import Insisted
    from numerals.records import Digits

LabelColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Column (CSV, Parquet) or array (npz, HDF5, .mat) of the labels: its name, or a "
        "column's number from 0, -1 for the last; none for no labels.",
    ),
]
ImageColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column or array that holds the pictures.")
]
Delimiter = Annotated[
    str | None, typer.Option(metavar="CHAR", help="Separator of a CSV; also tab, space.")
]
Scale = Annotated[
    str | None,
    typer.Option(
        metavar="[LOW:]HIGH", help="Pixel values of black and white, such as 1, 255 or -1:1."
    ),
]
Invert = Annotated[
    bool | None,
    typer.Option("--invert/--no-invert", help="Ink of arrays and CSVs is dark on bright, or not."),
]
Transpose = Annotated[
    bool,
    typer.Option("--transpose", help="Exchange rows and columns of each picture, as for EMNIST."),
]


def insist(
    label_column: str | None = None,
    image_column: str | None = None,
    delimiter: str | None = None,
    scale: str | None = None,
    invert: bool | None = None,
    transpose: bool = False,
) -> "Insisted":
    """Return the options of the command line as `read_digits` takes them."""
    from numerals.data.file_options import parse_scale

    return {
        "label_column": label_column,
        "image_column": image_column,
        "delimiter": delimiter,
        "scale": None if scale is None else parse_scale(scale),
        "invert": invert,
        "transpose": transpose,
    }


def load_data(
    source: str,
    format: str | None = None,
    *,
    split: str,
    on_error: "OnError" = None,
    insisted: "Insisted | None" = None,
) -> "Digits":
    """Load a data set by its name, or read a file or folder, and tell what was assumed.

    Parameters
    ----------
    source, format, split, on_error
        As in `numerals.data.load_or_read_digits`.
    insisted : Insisted, optional
        Options of the command line; None for a verb that does not have them.
    """
    from numerals.data import load_or_read_digits

    options: Insisted = insisted or {}
    try:
        digits = load_or_read_digits(source, format, split=split, on_error=on_error, **options)
    except DataError as error:
        if insisted is None and "--" in str(error):
            message = f"{error} (options of numerals data convert: convert the file first)"
            raise DataError(message) from error
        raise
    for note in digits.notes:
        _tell(f"{source}: {note}")
    if Path(source).exists():
        _tell_of_orientation(source, digits, options)
    return digits


@cache
def _tell(message: str) -> None:
    """Warn once: some verbs load a source twice."""
    warn(message)


def _tell_of_orientation(source: str, digits: "Digits", options: "Insisted") -> None:
    from numerals.evaluation.orientation import looks_transposed

    file_name = "" if options.get("transpose") else Path(source).name
    if not looks_transposed(digits, file_name=file_name):
        return
    if options.get("transpose"):
        _tell(f"{source}: the pictures look transposed now; leave out --transpose")
    else:
        _tell(
            f"{source}: the pictures are transposed, rows for columns, as EMNIST stores them;"
            " --transpose puts them upright, here or in numerals data convert"
        )
