"""The options of a reading, and their validation."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias, TypedDict, Unpack, get_args

from numerals.errors import OptionError
from numerals.formats import NumberFormat, parse_format
from numerals.models import LineModel, Model

Layout: TypeAlias = Literal["page", "table", "field", "digit", "digits"]
"""Content of a picture: lines and tables, one table, one line, or one digit (by either name)."""
TurnName: TypeAlias = Literal["auto", "0", "90", "180", "270"]
"""Clockwise rotation of pages, degrees, as an option of the command line and the service."""
ModelLike: TypeAlias = str | Path | Model | LineModel
"""A script, ``"auto"``, a model file, or a loaded model."""

MIN_RESOLUTION, MAX_RESOLUTION = 20, 1200
"""Range of the resolution at which PDF pages are rendered, dots per inch."""
DEFAULT_RESOLUTION = 200
"""Default resolution at which PDF pages are rendered, dots per inch."""

TURN_DEGREES = tuple(int(name) for name in get_args(TurnName) if name.isdigit())
DETECTED_LAYOUTS = ("page", "table")
"""Layouts in which numbers are detected."""


class ReadChoices(TypedDict, total=False):
    """The fields of `ReadOptions` except the model, as keyword arguments."""

    layout: str
    resolution: int
    number_format: str | NumberFormat | None
    turn: int | None
    printed: bool


@dataclass(frozen=True)
class ReadOptions:
    """Options of a reading.

    Parameters
    ----------
    model : str or Path or Model or LineModel, default="latin"
        A script with a shipped model, ``"auto"`` to detect the script, a model file (for digits or
        lines), or a loaded model.
    layout : {"page", "table", "field", "digit", "digits"}, default="page"
        Content of a picture: any number of lines and tables, one table of all its numbers, exactly
        one line, or exactly one digit (by either name). A page that shows one digit of a data set,
        no larger than 64 pixels and on a uniform background, is read as that digit.
    resolution : int, default=200
        Resolution at which PDF pages are rendered, 20 to 1200 dots per inch.
    number_format : str or NumberFormat, optional
        Format of each number, such as ``"digits:10"``: see `numerals.formats`. The most
        probable valid reading is chosen if it is likely enough.
    turn : {0, 90, 180, 270}, optional
        Clockwise rotation of the pages in their pictures, degrees. By default it is detected for
        each page; fields and digits are assumed to be upright.
    printed : bool, default=False
        Whether printed numbers outside of tables are read; those in tables always are.

    Raises
    ------
    OptionError
        If an option is unknown, or options exclude each other.
    FormatError, UnknownNameError
        If the number format is invalid or unknown.

    Examples
    --------
    >>> ReadOptions(layout="digits").layout
    'digit'
    """

    model: ModelLike = "latin"
    layout: str = "page"
    resolution: int = DEFAULT_RESOLUTION
    number_format: str | NumberFormat | None = None
    turn: int | None = None
    printed: bool = False

    def __post_init__(self) -> None:
        if self.layout not in get_args(Layout):
            known = ", ".join(get_args(Layout))
            raise OptionError(f"layout={self.layout!r}: expected one of {known}")
        object.__setattr__(self, "layout", "digit" if self.layout == "digits" else self.layout)
        if not MIN_RESOLUTION <= self.resolution <= MAX_RESOLUTION:
            raise OptionError(
                f"resolution={self.resolution!r}: expected {MIN_RESOLUTION} to {MAX_RESOLUTION} "
                "dots per inch"
            )
        if self.turn is not None and self.turn not in TURN_DEGREES:
            raise OptionError(f"turn={self.turn!r}: expected {_join_names(TURN_DEGREES)} degrees")
        if self.turn is not None and self.layout not in DETECTED_LAYOUTS:
            raise OptionError(
                f"turn={self.turn!r} with layout={self.layout!r}: only a page or a table is "
                "turned; turn the picture first"
            )
        if self.format is not None and self.layout == "digit":
            raise OptionError(
                "number_format with layout='digit': one digit has no format; leave one of them out"
            )

    @cached_property
    def format(self) -> NumberFormat | None:
        """The parsed number format."""
        number_format = self.number_format
        return parse_format(number_format) if isinstance(number_format, str) else number_format

    @property
    def needs_detection(self) -> bool:
        """Whether numbers have to be detected in the picture, rather than filling it."""
        return self.layout in DETECTED_LAYOUTS


def make_options(model: "ModelLike | ReadOptions", **choices: Unpack[ReadChoices]) -> ReadOptions:
    """Return options from a model and choices, or given options with some choices replaced."""
    if isinstance(model, ReadOptions):
        return replace(model, **choices)
    return ReadOptions(model, **choices)


def parse_turn(name: str) -> int | None:
    """Return a rotation in degrees, or None for ``"auto"``.

    Raises
    ------
    OptionError
        If the name is unknown.
    """
    if name not in get_args(TurnName):
        raise OptionError(f"turn={name!r}: expected {_join_names(get_args(TurnName))}")
    return None if name == "auto" else int(name)


def _join_names(values: tuple[object, ...]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}"
