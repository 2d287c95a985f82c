"""Options of the verbs that take a data set, and loading it.

Messages on stderr report what was detected from the file, and images that look transposed.
"""

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import warn
from numerals.cli.option_groups import option_group
from numerals.errors import DataError
from numerals.printable import printable

if TYPE_CHECKING:
    from numerals.data.file_options import FileOverrides, OnError
    from numerals.records import Digits

Split = Annotated[str, typer.Option(help="Split: train, test, or validation if available.")]


@option_group("File format")
class DigitFileOptions:
    """Options that override what is detected from a file of digits."""

    label_column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Column (CSV, Parquet) or array (npz, HDF5, .mat) of the labels: a name, or a "
            "column number from 0, where -1 is the last; none for no labels.",
        ),
    ] = None
    image_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column or array of the images.")
    ] = None
    delimiter: Annotated[
        str | None, typer.Option(metavar="CHAR", help="Separator of the CSV; also tab or space.")
    ] = None
    scale: Annotated[
        str | None,
        typer.Option(
            metavar="[LOW:]HIGH", help="Pixel values of black and white, such as 1, 255 or -1:1."
        ),
    ] = None
    invert: Annotated[
        bool | None,
        typer.Option("--invert/--no-invert", help="Whether arrays and CSVs have dark ink."),
    ] = None
    transpose: Annotated[
        bool,
        typer.Option("--transpose", help="Swap rows and columns of each image, as for EMNIST."),
    ] = False

    def to_overrides(self) -> "FileOverrides":
        """Return the options as `numerals.data.read_digits` takes them."""
        from numerals.data.file_options import parse_scale

        return {
            "label_column": self.label_column,
            "image_column": self.image_column,
            "delimiter": self.delimiter,
            "scale": None if self.scale is None else parse_scale(self.scale),
            "invert": self.invert,
            "transpose": self.transpose,
        }


def load_data(
    source: str,
    format: str | None = None,
    *,
    split: str,
    on_error: "OnError" = None,
    file_options: DigitFileOptions | None = None,
) -> "Digits":
    """Load a data set by its name, or read a file or folder; report what was detected.

    Parameters
    ----------
    source, format, split, on_error
        As in `numerals.data.load_or_read_digits`.
    file_options : DigitFileOptions, optional
        None for a verb that does not have these options.
    """
    from numerals.data import load_or_read_digits

    overrides: FileOverrides = {} if file_options is None else file_options.to_overrides()
    try:
        digits = load_or_read_digits(source, format, split=split, on_error=on_error, **overrides)
    except DataError as error:
        if file_options is None and "--" in str(error):
            message = f"{error} (options of numerals data convert: convert the file first)"
            raise DataError(message) from error
        raise
    for note in digits.notes:
        _warn_once(f"{source}: {note}")
    if Path(source).exists():
        _warn_of_orientation(source, digits, transposed=bool(overrides.get("transpose")))
    return digits


@cache
def _warn_once(message: str) -> None:
    """Print a warning only once: some verbs load a source twice."""
    warn(message)


def _warn_of_orientation(source: str, digits: "Digits", *, transposed: bool) -> None:
    """Warn if images look transposed, given whether --transpose was applied."""
    from numerals.evaluation.orientation import looks_transposed

    if not looks_transposed(digits, file_name="" if transposed else Path(source).name):
        return
    if transposed:
        _warn_once(f"{source}: the images now look transposed; remove --transpose")
    else:
        _warn_once(
            f"{source}: the images look transposed (rows and columns swapped), as EMNIST stores "
            "them; --transpose corrects that, here or in numerals data convert"
        )


class ImageFailures:
    """Callback for images that cannot be read: reports each on stderr and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, path: Path, error: Exception) -> None:
        """Report one image."""
        self.count += 1
        message = str(error)
        message = message if str(path) in message else f"{path}: {message}"
        print(printable(message), file=sys.stderr)

    def exit_if_any(self) -> None:
        """Print the count and exit with code 1 if any image could not be read."""
        if self.count:
            print(f"images that could not be read: {self.count}", file=sys.stderr)
            raise typer.Exit(1)
