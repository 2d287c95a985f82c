"""The query of ``POST /v1/read``: all that can be asked for, and its documentation."""

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

Script = Annotated[str, Query(max_length=40, description="latin, kannada, ..., or auto")]


class ReadQuery(BaseModel):
    """How a picture is to be read, what is answered, and whether it is stored."""

    script: Script = "latin"
    layout: Annotated[
        Layout,
        Field(description="page: any number of lines; table; field: one line; digit: one digit"),
    ] = "page"
    format: Annotated[str, Field(max_length=200, description="such as digits:10")] = ""
    turn: Annotated[TurnName, Field(description="how far pages are turned clockwise, degrees")] = (
        "auto"
    )
    printed: Annotated[
        bool, Field(description="read printed numbers as well; of tables they always are")
    ] = False
    dpi: Annotated[
        int,
        Field(
            ge=MIN_RESOLUTION,
            le=MAX_RESOLUTION,
            description="resolution at which PDF pages are drawn",
        ),
    ] = DEFAULT_RESOLUTION
    min_confidence: Annotated[
        float, Field(ge=0, le=1, description="? for each digit whose confidence is below it")
    ] = 0.0
    max_error: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            description="accepted is false for each number that is wrong with a larger probability",
        ),
    ] = None
    only: Annotated[Literal["", "digits"], Field(description="leave signs and spaces out")] = ""
    keep: Annotated[bool, Field(description="store it, so that it can be reviewed")] = True
    name: Annotated[str, Field(max_length=200, description="what a raw picture is called")] = ""

    def read_options(self) -> ReadOptions:
        """Return how to read; a format that is costly to understand may take a while.

        Raises
        ------
        UnknownNameError
            For a format that reads a file of this machine.
        """
        if self.format.startswith("roster:"):
            raise UnknownNameError("number format", "roster: over HTTP", ["regex:A|B|C"])
        return ReadOptions(
            self.script,
            layout=self.layout,
            resolution=self.dpi,
            number_format=self.format or None,
            turn=parse_turn(self.turn),
            printed=self.printed,
        )

    def answer_options(self) -> AnswerOptions:
        """Return what of the reading is answered."""
        return AnswerOptions(self.min_confidence, self.max_error, self.only == "digits")
