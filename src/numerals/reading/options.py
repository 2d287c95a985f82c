"""Every choice that there is about a reading, checked in one place for all who ask for one."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias, TypedDict, Unpack, get_args

from numerals.errors import OptionError
from numerals.formats import Format, parse_format
from numerals.models import LineModel, Model

Layout: TypeAlias = Literal["page", "table", "field", "digit", "digits"]
"""Any number of lines, a table, exactly one line, or exactly one digit (by either name)."""
TurnName: TypeAlias = Literal["auto", "0", "90", "180", "270"]
"""How far pages are turned clockwise, degrees, as the command line and the service take it."""
ModelLike: TypeAlias = str | Path | Model | LineModel
"""A script, ``"auto"``, a model file, or a loaded model."""

MIN_RESOLUTION, MAX_RESOLUTION = 20, 1200
"""Dots per inch."""
DEFAULT_RESOLUTION = 200
"""Dots per inch."""

_TURNS = tuple(int(name) for name in get_args(TurnName) if name.isdigit())
_TURNABLE = ("page", "table")


class Choices(TypedDict, total=False):
    """The choices of `ReadOptions` beside the model, as keyword arguments."""

    layout: str
    resolution: int
    number_format: str | Format | None
    turn: int | None
    printed: bool


@dataclass(frozen=True)
class ReadOptions:
    """How pictures are read.

    Parameters
    ----------
    model : str or Path or Model or LineModel, default="latin"
        A script that a model ships for, ``"auto"`` to find out which one was written, a
        model file (of digits or of lines), or a loaded model.
    layout : {"page", "table", "field", "digit", "digits"}, default="page"
        What a picture shows: any number of lines and tables, one table of all its numbers, exactly
        one line, or exactly one digit (by either name). A page that is one digit of a data set, no
        larger than 64 pixels and on uniform ground, is read as that digit.
    resolution : int, default=200
        Dots per inch at which pages of a PDF are drawn, 20 to 1200.
    number_format : str or Format, optional
        What each number must be like, such as ``"digits:10"``: see `numerals.formats`. The best
        reading that is so wins, if it is likely enough.
    turn : {0, 90, 180, 270}, optional
        How far pages are turned clockwise in their pictures, degrees. By default that is found out,
        page by page; fields and digits are taken to be upright.
    printed : bool, default=False
        Whether printed numbers are read as well; those of a table always are.

    Raises
    ------
    OptionError
        If there is no such choice, or choices exclude each other.
    FormatError, UnknownNameError
        If the number format makes no sense, or there is none of that name.

    Examples
    --------
    >>> ReadOptions(layout="digits").layout
    'digit'
    """

    model: ModelLike = "latin"
    layout: str = "page"
    resolution: int = DEFAULT_RESOLUTION
    number_format: str | Format | None = None
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
        if self.turn is not None and self.turn not in _TURNS:
            raise OptionError(f"turn={self.turn!r}: expected {_any_of(_TURNS)} degrees")
        if self.turn is not None and self.layout not in _TURNABLE:
            raise OptionError(
                f"turn={self.turn!r} with layout={self.layout!r}: only a page or a table is "
                "turned; turn the picture first"
            )
        if self.format is not None and self.layout == "digit":
            raise OptionError(
                "number_format with layout='digit': one digit has no format; leave one of them out"
            )

    @cached_property
    def format(self) -> Format | None:
        """The number format, parsed."""
        given = self.number_format
        return parse_format(given) if isinstance(given, str) else given

    @property
    def needs_detection(self) -> bool:
        """Whether numbers are searched for in the picture, rather than filling it."""
        return self.layout in _TURNABLE


def make_options(model: "ModelLike | ReadOptions", **choices: Unpack[Choices]) -> ReadOptions:
    """Return options from a model and choices, or from options in which choices are replaced."""
    if isinstance(model, ReadOptions):
        return replace(model, **choices)
    return ReadOptions(model, **choices)


def parse_turn(name: str) -> int | None:
    """Return degrees, or None for ``"auto"``.

    Raises
    ------
    OptionError
        If there is no such turn.
    """
    if name not in get_args(TurnName):
        raise OptionError(f"turn={name!r}: expected {_any_of(get_args(TurnName))}")
    return None if name == "auto" else int(name)


def _any_of(values: tuple[object, ...]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}"
