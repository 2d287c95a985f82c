"""Review: the queue of what was read with doubt, the answers, and who gave them."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_validator, model_validator

from numerals.errors import EditConflictError, NotStoredError
from numerals.store import UNSEEN, Item
from numerals.web.error_responses import failure
from numerals.web.idempotency import KEY_PARAMETER, Key, keyed
from numerals.web.state import store_of

ROUTES = APIRouter(prefix="/v1", tags=["review"])

_LONGEST_TEXT, _LONGEST_NAME = 200, 100
_STORES: dict[str, Any] = {"parameters": [KEY_PARAMETER]}
Number = Annotated[str, Path(max_length=20, description="the line's id", examples=["1"])]
COMMANDS = [
    {
        "title": "Train the line model with corrections",
        "command": "numerals train --recipe latin-line --with-corrections",
    },
    {
        "title": "Train the digit model with corrections",
        "command": "numerals train --recipe latin-digit --with-corrections",
    },
    {"title": "Activate the new model", "command": "numerals models activate latin-line.onnx"},
    {"title": "Roll back to the previous model", "command": "numerals models rollback latin"},
]


def _clean(text: str) -> str:
    if not all(c.isprintable() for c in text):  # NUL and halves of characters among them
        raise ValueError("has characters that cannot be printed")
    return text.strip()


class Person(BaseModel):
    """Who does something; what they call themselves."""

    by: str = Field("", max_length=_LONGEST_NAME, examples=["ann"])

    _clean_by = field_validator("by")(_clean)


class Seen(Person):
    """Who does something, and the version of the line that they saw."""

    version: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,18}$",
        description="the item's version; without it nobody else's answer is replaced",
        examples=["0"],
    )

    @property
    def seen(self) -> int:
        """The version as the store takes it."""
        return UNSEEN if self.version is None else int(self.version)


class Undo(Person):
    """Who takes something back, and what."""

    change: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,18}$",
        description="the item's change; undoing it a second time does nothing",
        examples=["1"],
    )


class Answer(Seen):
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
        "version": str(item.version),
        "change": None if item.change is None else str(item.change),
        "by": item.by,
    }


def _answered(change: Callable[[], Item]) -> JSONResponse:
    """Answer an item that was changed; if somebody else was first, 409 with what it is now."""
    try:
        return JSONResponse(_to_dict(change()))
    except EditConflictError as error:
        refused = json.loads(bytes(failure(409, str(error)).body))
        return JSONResponse({**refused, "current": _to_dict(error.item)}, 409)


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


@ROUTES.post(
    "/review/{id}", summary="Confirm or correct a line", openapi_extra=_STORES, response_model=None
)
def answer(request: Request, id: Number, given: Answer, key: Key) -> JSONResponse:
    """Keep what a line says; the text that was read confirms it.

    409 if somebody else answered it since `version`, with the line as it is under ``current``.
    """
    store, asked = store_of(request), keyed(request, key, given.model_dump())
    return _answered(
        lambda: store.answer(_number(id), given.text, given.by, seen=given.seen, request=asked)
    )


@ROUTES.post(
    "/review/{id}/skip",
    summary="Leave a line unanswered",
    openapi_extra=_STORES,
    response_model=None,
)
def skip(
    request: Request, id: Number, key: Key, given: Annotated[Seen | None, Body()] = None
) -> JSONResponse:
    """Take a line off the queue; undo brings it back."""
    given = given or Seen(by="")
    store, asked = store_of(request), keyed(request, key, given.model_dump())
    return _answered(lambda: store.skip(_number(id), given.by, seen=given.seen, request=asked))


@ROUTES.post(
    "/review/{id}/undo",
    summary="Take back a change of a line",
    openapi_extra=_STORES,
    response_model=None,
)
def undo(
    request: Request, id: Number, key: Key, given: Annotated[Undo | None, Body()] = None
) -> JSONResponse:
    """Take back `change`, or the last change that was not taken back yet; 409 if there is none.

    A change that is taken back already stays so. 409 as well if there are later changes.
    """
    given = given or Undo(by="")
    change = None if given.change is None else int(given.change)
    store, asked = store_of(request), keyed(request, key, given.model_dump())
    return _answered(lambda: store.undo(_number(id), given.by, change=change, request=asked))


@ROUTES.post(
    "/corrections",
    summary="Correct a line of a reading",
    openapi_extra=_STORES,
    response_model=None,
)
def correct(request: Request, given: Correction, key: Key) -> JSONResponse:
    """Keep what a line says, as review does; the line may be named by its place."""
    store, asked = store_of(request), keyed(request, key, given.model_dump())
    if given.line_id is not None:
        line_id = _number(given.line_id)
    else:
        assert given.reading_id is not None and given.line is not None
        line_id = store.line_id(_number(given.reading_id), given.line, given.page)
    return _answered(
        lambda: store.answer(line_id, given.text, given.by, seen=given.seen, request=asked)
    )


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
