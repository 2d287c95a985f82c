"""The options of a reading in requests, and their OpenAPI descriptions."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from numerals.errors import UnknownNameError
from numerals.reading import AnswerOptions, ReadOptions
from numerals.reading.options import (
    DEFAULT_RESOLUTION,
    MAX_RESOLUTION,
    MIN_RESOLUTION,
    Layout,
    TurnName,
    parse_turn,
)

Script = Annotated[
    str, Query(max_length=40, description="script of the digits, such as latin, or auto")
]


def check_format_reads_no_file(spec: str) -> None:
    """Raise UnknownNameError for a number format that would read a file of this machine."""
    if spec.startswith("roster:"):
        raise UnknownNameError("number format", "roster: over HTTP", ["regex:A|B|C"])


class ReadChoices(BaseModel):
    """How to read pictures."""

    script: Script = "latin"
    layout: Annotated[
        Layout,
        Field(
            description="page: any number of lines; table: a table of numbers; field: one line; "
            "digit: one digit"
        ),
    ] = "page"
    format: Annotated[
        str, Field(max_length=200, description="number format, such as digits:10")
    ] = ""
    turn: Annotated[
        TurnName, Field(description="clockwise rotation of the pages in degrees, or auto")
    ] = "auto"
    printed: Annotated[
        bool, Field(description="also read printed numbers; tables always include them")
    ] = False
    dpi: Annotated[
        int,
        Field(
            ge=MIN_RESOLUTION,
            le=MAX_RESOLUTION,
            description="resolution for rendering PDF pages",
        ),
    ] = DEFAULT_RESOLUTION

    def read_options(self) -> ReadOptions:
        """Return the options for the reader. Compiling a complex format may take a while.

        Raises
        ------
        UnknownNameError
            If the format would read a file of this machine.
        """
        check_format_reads_no_file(self.format)
        return ReadOptions(
            self.script,
            layout=self.layout,
            resolution=self.dpi,
            number_format=self.format or None,
            turn=parse_turn(self.turn),
            printed=self.printed,
        )


class AnswerChoices(BaseModel):
    """What to return of a reading."""

    min_confidence: Annotated[
        float, Field(ge=0, le=1, description="return ? for digits with a lower confidence")
    ] = 0.0
    max_error: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            description="maximum error probability of a number; accepted is false above it",
        ),
    ] = None
    only: Annotated[
        Literal["", "digits"], Field(description="digits: leave out signs and spaces")
    ] = ""

    def answer_options(self) -> AnswerOptions:
        """Return the options that filter the reading."""
        return AnswerOptions(self.min_confidence, self.max_error, self.only == "digits")


class PictureQuery(ReadChoices):
    """How to read a picture."""

    name: Annotated[
        str, Field(max_length=200, description="file name of a picture sent as a raw body")
    ] = ""


class ReadQuery(PictureQuery, AnswerChoices):
    """How to read a picture, what to return, and whether to store the reading."""

    template: Annotated[
        str,
        Field(
            max_length=100,
            description="name of a template: the pages are forms; layout, format, turn and "
            "printed do not apply",
        ),
    ] = ""
    keep: Annotated[bool, Field(description="store the reading for review")] = True
    replaces: Annotated[
        str,
        Field(
            max_length=20,
            pattern=r"^[0-9]*$",
            description="id of a stored reading of this file, which this one replaces; answers "
            "to its lines are kept",
        ),
    ] = ""
