"""What a caller may insist on when a data set is read, and what is found out otherwise."""

from dataclasses import dataclass
from typing import TypedDict

from numerals.data.data_files import OnError
from numerals.errors import DataError


class Insisted(TypedDict, total=False):
    """Keywords of `read_digits` for files that do not tell these things by themselves.

    Attributes
    ----------
    label_column : str
        Which column, or array, holds the labels: its name, or its number from 0 (-1 is the last);
        ``"none"`` if there is none.
    image_column : str
        Which column of Parquet, or array of npz, HDF5 and .mat, holds the pictures.
    delimiter : str
        What separates the cells of a CSV; ``"tab"`` and ``"space"`` are understood.
    scale : tuple of (float, float)
        The pixel values that mean black and white, such as ``(-1, 1)`` or ``(0, 16)``.
    invert : bool
        Whether the ink is dark on a bright ground.
    transpose : bool
        Exchange rows and columns of every picture, as EMNIST needs it.
    """

    label_column: str | None
    image_column: str | None
    delimiter: str | None
    scale: tuple[float, float] | None
    invert: bool | None
    transpose: bool


@dataclass(frozen=True)
class ReadOptions:
    """All that a reader is told beside the path; see `Insisted` and `read_digits`.

    None means: tell it from the content.
    """

    split: str = "train"
    on_error: OnError = None
    label_column: str | None = None
    image_column: str | None = None
    delimiter: str | None = None
    scale: tuple[float, float] | None = None
    invert: bool | None = None
    transpose: bool = False


DEFAULT_OPTIONS = ReadOptions()
"""Everything is told from the content; of several splits, train."""

DELIMITERS = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";"}
"""Names that a shell passes on without trouble -> the character."""


def delimiter_of(name: str) -> str:
    r"""Return the character that a delimiter's name means.

    Examples
    --------
    >>> delimiter_of("tab"), delimiter_of(";")
    ('\t', ';')
    """
    delimiter = DELIMITERS.get(name, name)
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in ".-+\"'\r\n":
        raise DataError(f"delimiter {name!r}: expected one character, such as ';', or tab, space")
    return delimiter


def parse_scale(text: str) -> tuple[float, float]:
    """Return the pixel values of black and white: of ``"16"`` 0 and 16, of ``"-1:1"`` -1 and 1.

    Raises
    ------
    DataError
        If it is neither.

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
    """Return the pixel values of black and white if they are two finite numbers that differ."""
    low, high = scale
    if not (abs(low) < 1e9 and abs(high) < 1e9 and low < high):
        raise DataError(
            f"scale {low:g}:{high:g}: expected the pixel values of black and white, such as 1, 255"
            " or -1:1"
        )
    return scale
