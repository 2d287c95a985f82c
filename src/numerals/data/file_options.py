"""Options of the readers of data files, which override what is detected from the content."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from numerals.errors import DataError, NumeralsError

OnError = Callable[[Path, NumeralsError], None] | None
"""Called with each picture that cannot be read; None raises the first error."""


class FileOverrides(TypedDict, total=False):
    """Keyword arguments of `read_digits` that override what is detected from a file.

    Attributes
    ----------
    label_column : str
        Column of a CSV, list or Parquet file, or array of an npz, HDF5 or .mat file, that holds
        the labels: its name, or the index of a column from 0 (-1 is the last); ``"none"`` if
        there are no labels.
    image_column : str
        Parquet column, or array of an npz, HDF5 or .mat file, that holds the images.
    delimiter : str
        Cell separator of a CSV; ``"tab"`` and ``"space"`` are accepted.
    scale : tuple of (float, float)
        Pixel values of black and white, such as ``(-1, 1)``. By default detected from all values
        of a file: 0 to 1, -1 to 1, 0 to 16 or 0 to 255.
    invert : bool
        Whether the ink of arrays and CSVs is dark on a bright background; by default detected
        from all images of a file. For folders it is detected for each picture.
    transpose : bool
        Whether to exchange rows and columns of each image, as EMNIST needs it.
    """

    label_column: str | None
    image_column: str | None
    delimiter: str | None
    scale: tuple[float, float] | None
    invert: bool | None
    transpose: bool


@dataclass(frozen=True)
class FileOptions:
    """All options of a file reader; see `FileOverrides` and `read_digits`.

    An option that is None is detected from the content.
    """

    split: str = "train"
    on_error: OnError = None
    label_column: str | None = None
    image_column: str | None = None
    delimiter: str | None = None
    scale: tuple[float, float] | None = None
    invert: bool | None = None
    transpose: bool = False


DEFAULT_OPTIONS = FileOptions()
"""Everything is detected from the content; of several splits, train is read."""

DELIMITERS = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";"}
"""Delimiter name that needs no shell quoting -> character."""


def delimiter_of(name: str) -> str:
    r"""Return the delimiter character for a name or a character.

    Raises
    ------
    DataError
        If `name` is neither a known name nor one character that can separate numbers.

    Examples
    --------
    >>> delimiter_of("tab"), delimiter_of(";")
    ('\t', ';')
    """
    delimiter = DELIMITERS.get(name, name)
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in ".-+\"'\r\n":
        raise DataError(
            f"got delimiter {name!r}, expected one character such as ';', or tab or space; choose"
            " another"
        )
    return delimiter


def parse_scale(text: str) -> tuple[float, float]:
    """Parse the pixel values of black and white: ``"16"`` is 0 and 16, ``"-1:1"`` is -1 and 1.

    Raises
    ------
    DataError
        If `text` has neither form.

    Examples
    --------
    >>> parse_scale("255"), parse_scale("-1:1")
    ((0.0, 255.0), (-1.0, 1.0))
    """
    low, _, high = text.rpartition(":")
    try:
        scale = (float(low or 0), float(high))
    except ValueError:
        scale = (0.0, 0.0)
    return check_scale(scale)


def check_scale(scale: tuple[float, float]) -> tuple[float, float]:
    """Return `scale` if its first value is below its second and both are finite.

    Raises
    ------
    DataError
        Otherwise.
    """
    low, high = scale
    if not (abs(low) < 1e9 and abs(high) < 1e9 and low < high):
        raise DataError(
            f"got scale {low:g}:{high:g}, expected the pixel values of black and white, such as 1,"
            " 255 or -1:1; name the lower value first"
        )
    return scale
