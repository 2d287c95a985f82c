"""Review: the queue of what was read with doubt, the answers, and who gave them."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel, Field, field_validator, model_validator

from numerals.errors import NotStoredError
from numerals.store import Item
from numerals.web.state import store_of

ROUTES = APIRouter(prefix="/v1", tags=["review"])

_LONGEST_TEXT, _LONGEST_NAME = 200, 100
Number = Annotated[str, Path(max_length=20, description="the line's id", examples=["1"])]
COMMANDS = [
    {
        "title": "Train lines again, with what was corrected",
        "command": "numerals train --recipe latin-line --with-corrections",
    },
    {
        "title": "Train single digits again, with what was corrected",
        "command": "numerals train --recipe latin-digit --with-corrections",
    },
    {"title": "Use the new model", "command": "numerals models use latin-line.onnx"},
    {"title": "Take it back", "command": "numerals models back latin"},
]


def _clean(text: str) -> str:
    if not all(c.isprintable() for c in text):  # NUL and halves of characters among them
        raise ValueError("has characters that cannot be printed")
    return text.strip()


class Person(BaseModel):
    """Who does something; what they call themselves."""

    by: str = Field("", max_length=_LONGEST_NAME, examples=["ann"])

    _clean_by = field_validator("by")(_clean)


class Answer(Person):
    """What a line says, and who says so."""

    text: str = Field(max_length=_LONGEST_TEXT, examples=["417"])

    _clean_text = field_validator("text")(_clean)


class Correction(Answer):
    """What a line says, from the page that showed the reading."""

    line_id: str | None = Field(None, max_length=20, examples=["1"])
    reading_id: str | None = Field(None, max_length=20)
    line: int | None = Field(None, ge=1, le=1_000_000, description="its place, from 1")
    page: int = Field(1, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _names_a_line(self) -> "Correction":
        if self.line_id is None and (self.reading_id is None or self.line is None):
            raise ValueError("name the line: line_id, or reading_id and line")
        return self


def _number(text: str) -> int:
    """Return an id as a number; what is none is no id of ours."""
    if not (text.isascii() and text.isdigit()):
        raise NotStoredError(f"there is nothing stored under {text[:20]!r}")
    return int(text)


def _to_dict(item: Item) -> dict[str, Any]:
    alternatives = [{"text": text, "confidence": p} for text, p in item.alternatives]
    return {
        "id": str(item.id),
        "reading_id": str(item.reading_id),
        "text": item.text,
        "confidence": round(item.confidence, 4),
        "alternatives": alternatives,
        "read": item.read,
        "state": item.state,
        "crop": f"/v1/review/{item.id}/crop" if item.has_crop else None,
        "read_at": item.read_at,
        "source": item.source,
    }


@ROUTES.get("/review", summary="What waits to be reviewed, the least sure first")
def waiting(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500)] = 20,
    below: Annotated[
        float | None, Query(ge=0, le=1, description="only what was read with less confidence")
    ] = None,
) -> dict[str, Any]:
    """Answer how many lines wait, and the first of them."""
    n_waiting, items = store_of(request).waiting(limit, below=below)
    return {"waiting": n_waiting, "items": [_to_dict(item) for item in items]}


@ROUTES.get(
    "/review/{id}/crop",
    summary="The line's picture",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
def crop(request: Request, id: Number) -> Response:
    """Answer the line and a little around it, PNG."""
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(store_of(request).crop(_number(id)), 200, headers, "image/png")


@ROUTES.get("/review/{id}/history", summary="Who changed it, when, from what to what")
def history(request: Request, id: Number) -> dict[str, Any]:
    """Answer all changes, the oldest first."""
    changes = store_of(request).history(_number(id))
    return {"changes": [change.to_dict() for change in changes]}


@ROUTES.post("/review/{id}", summary="Confirm or correct a line")
def answer(request: Request, id: Number, given: Answer) -> dict[str, Any]:
    """Keep what a line says; the text that was read confirms it."""
    return _to_dict(store_of(request).answer(_number(id), given.text, given.by))


@ROUTES.post("/review/{id}/skip", summary="Leave a line unanswered")
def skip(
    request: Request, id: Number, person: Annotated[Person | None, Body()] = None
) -> dict[str, Any]:
    """Take a line off the queue; undo brings it back."""
    return _to_dict(store_of(request).skip(_number(id), person.by if person else ""))


@ROUTES.post("/review/{id}/undo", summary="Take back the last change of a line")
def undo(
    request: Request, id: Number, person: Annotated[Person | None, Body()] = None
) -> dict[str, Any]:
    """Take back the last change that was not taken back yet; 409 if there is none."""
    return _to_dict(store_of(request).undo(_number(id), person.by if person else ""))


@ROUTES.post("/corrections", summary="Correct a line of a reading")
def correct(request: Request, given: Correction) -> dict[str, Any]:
    """Keep what a line says, as review does; the line may be named by its place."""
    store = store_of(request)
    if given.line_id is not None:
        line_id = _number(given.line_id)
    else:
        assert given.reading_id is not None and given.line is not None
        line_id = store.line_id(_number(given.reading_id), given.line, given.page)
    return _to_dict(store.answer(line_id, given.text, given.by))


@ROUTES.get("/corrections", summary="What was corrected")
def corrections(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="the last id seen")] = 0,
    newest: Annotated[bool, Query(description="the newest first, not the oldest")] = False,
) -> dict[str, Any]:
    """Answer the corrections that stand, and how to learn from them."""
    total, changes = store_of(request).corrections(limit, after=after, newest=newest)
    return {
        "total": total,
        "corrections": [change.to_dict() for change in changes],
        "commands": COMMANDS,
    }
