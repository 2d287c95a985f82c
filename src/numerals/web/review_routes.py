"""Routes of the review: the queue of lines, answers, undo, history and corrections."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_validator, model_validator

from numerals.corrections.review_items import ReviewItem
from numerals.corrections.review_queue import UNKNOWN_VERSION, ReviewQueue
from numerals.corrections.review_selection import count_lines
from numerals.errors import EditConflictError
from numerals.store import KeyedRequest
from numerals.store.database import read_transaction
from numerals.web.batches.form_relations import refresh_relations
from numerals.web.error_responses import error_response
from numerals.web.idempotency import KEY_PARAMETER, Key, make_keyed_request
from numerals.web.read_query import check_format_reads_no_file
from numerals.web.review_json import item_to_dict, items_with_pages
from numerals.web.review_query import SelectionQuery, parse_id
from numerals.web.state import state_of, store_of
from numerals.web.text_fields import strip_printable

ROUTES = APIRouter(prefix="/v1", tags=["review"])

_MAX_NAME, _MAX_FORMAT = 100, 200  # characters
MAX_TEXT = 200
"""Maximum length of an answer, characters."""
_VERSION_PATTERN = r"^[0-9]{1,18}$"
_ACCEPTS_KEY: dict[str, Any] = {"parameters": [KEY_PARAMETER]}
LineId = Annotated[str, Path(max_length=20, description="the line's id", examples=["1"])]
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
"""Commands to run after a review, as the page shows them."""


class Reviewer(BaseModel):
    """Who sends a change."""

    by: str = Field("", max_length=_MAX_NAME, description="a name", examples=["ann"])

    _strip_by = field_validator("by")(strip_printable)


class VersionedChange(Reviewer):
    """Who sends a change, and the version of the item that they saw."""

    version: str | None = Field(
        default=None,
        pattern=_VERSION_PATTERN,
        description="the item's version; without it, another reviewer's answer is not replaced",
        examples=["0"],
    )

    @property
    def seen_version(self) -> int:
        """The argument `version` of `ReviewQueue.answer`."""
        return UNKNOWN_VERSION if self.version is None else int(self.version)


class Undo(Reviewer):
    """Who undoes a change, and which one."""

    change: str | None = Field(
        default=None,
        pattern=_VERSION_PATTERN,
        description="the item's change; undoing it a second time has no effect",
        examples=["1"],
    )


class Answer(VersionedChange):
    """The text of a line, and who gives it."""

    text: str = Field(
        max_length=MAX_TEXT,
        description="digits and signs; an empty text says that there is no number",
        examples=["417"],
    )
    format: str = Field(
        "", max_length=_MAX_FORMAT, description="number format that the text must match"
    )
    as_written: bool = Field(False, description="accept a number that does not match the format")

    _strip_text = field_validator("text")(strip_printable)

    def send_to(self, queue: ReviewQueue, line_id: int, request: KeyedRequest | None) -> ReviewItem:
        """Answer a line."""
        check_format_reads_no_file(self.format)
        return queue.answer(
            line_id,
            self.text,
            self.by,
            number_format=self.format,
            as_written=self.as_written,
            version=self.seen_version,
            request=request,
        )


class Correction(Answer):
    """The text of a line, named by its id or its position in a reading."""

    line_id: str | None = Field(None, max_length=20, examples=["1"])
    reading_id: str | None = Field(None, max_length=20)
    line: int | None = Field(None, ge=1, le=1_000_000, description="number on its page, from 1")
    page: int = Field(1, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _check_names_a_line(self) -> "Correction":
        if self.line_id is None and (self.reading_id is None or self.line is None):
            raise ValueError("name the line: line_id, or reading_id and line")
        return self


@ROUTES.get("/review", summary="List the lines to review, lowest confidence first")
def waiting(
    request: Request,
    selected: SelectionQuery,
    limit: Annotated[int, Query(ge=1, le=500)] = 20,
) -> dict[str, Any]:
    """Return the number of waiting lines, and the first of them with their pages.

    ``marks`` is the number of lines that are probably not numbers, such as texture and noise.
    """
    state, store = state_of(request), store_of(request)
    n_waiting, items = ReviewQueue(store).list_waiting(limit, selected)
    with read_transaction(store.engine) as connection:
        n_marks = count_lines(connection, replace(selected, marks="only", text=None))
    return {
        "waiting": n_waiting,
        "marks": n_marks,
        "audit": "/audit" if state.audit else None,
        "items": items_with_pages(store, state.batches, items),
    }


@ROUTES.get(
    "/review/{id}/crop",
    summary="Get the picture of a line",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
def crop(request: Request, id: LineId) -> Response:
    """Return the line with a margin, PNG."""
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(store_of(request).crop(parse_id(id)), 200, headers, "image/png")


@ROUTES.get("/review/{id}/history", summary="List the changes of a line")
def history(request: Request, id: LineId) -> dict[str, Any]:
    """Return all changes, oldest first: who made them, when, and the texts before and after."""
    changes = _queue_of(request).history(parse_id(id))
    return {"changes": [change.to_dict() for change in changes]}


@ROUTES.post(
    "/review/{id}",
    summary="Confirm or correct a line",
    openapi_extra=_ACCEPTS_KEY,
    response_model=None,
)
def answer(request: Request, id: LineId, given: Answer, key: Key) -> JSONResponse:
    """Set the text of a line; the text as read confirms it.

    422 if it is not a number, with the code ``wrong_format`` if it is one that does not match
    ``format``. 409 if another reviewer answered the line after `version`, with the item as it is
    now under ``current``.
    """
    queue, keyed_request = _queue_of(request), make_keyed_request(request, key, given.model_dump())
    return item_response(queue, lambda: given.send_to(queue, parse_id(id), keyed_request))


@ROUTES.post(
    "/review/{id}/skip",
    summary="Skip a line",
    openapi_extra=_ACCEPTS_KEY,
    response_model=None,
)
def skip(
    request: Request,
    id: LineId,
    key: Key,
    given: Annotated[VersionedChange | None, Body()] = None,
) -> JSONResponse:
    """Remove a line from the queue without an answer; undo restores it."""
    given = given or VersionedChange(by="")
    queue, keyed_request = _queue_of(request), make_keyed_request(request, key, given.model_dump())
    return item_response(
        queue,
        lambda: queue.skip(
            parse_id(id), given.by, version=given.seen_version, request=keyed_request
        ),
    )


@ROUTES.post(
    "/review/{id}/undo",
    summary="Undo a change of a line",
    openapi_extra=_ACCEPTS_KEY,
    response_model=None,
)
def undo(
    request: Request, id: LineId, key: Key, given: Annotated[Undo | None, Body()] = None
) -> JSONResponse:
    """Undo `change`, or by default the last change that is not undone.

    A second undo of the same change has no effect. 409 if there is nothing to undo, or there are
    later changes than `change`.
    """
    given = given or Undo(by="")
    change = None if given.change is None else int(given.change)
    queue, keyed_request = _queue_of(request), make_keyed_request(request, key, given.model_dump())
    return item_response(
        queue, lambda: queue.undo(parse_id(id), given.by, change=change, request=keyed_request)
    )


@ROUTES.post(
    "/corrections",
    summary="Correct a line of a reading",
    openapi_extra=_ACCEPTS_KEY,
    response_model=None,
)
def correct(request: Request, given: Correction, key: Key) -> JSONResponse:
    """Set the text of a line, as the review does; its position may name the line."""
    queue, keyed_request = _queue_of(request), make_keyed_request(request, key, given.model_dump())
    if given.line_id is not None:
        line_id = parse_id(given.line_id)
    else:
        assert given.reading_id is not None and given.line is not None
        line_id = queue.store.find_line_id(parse_id(given.reading_id), given.line, given.page)
    return item_response(queue, lambda: given.send_to(queue, line_id, keyed_request))


@ROUTES.get("/corrections", summary="List the corrections")
def corrections(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="only larger ids")] = 0,
    newest: Annotated[bool, Query(description="newest first, instead of oldest first")] = False,
) -> dict[str, Any]:
    """Return the corrections that are not undone, and the commands that train on them."""
    n_corrected, changes = _queue_of(request).list_corrections(limit, after=after, newest=newest)
    return {
        "total": n_corrected,
        "corrections": [change.to_dict() for change in changes],
        "commands": COMMANDS,
    }


def _queue_of(request: Request) -> ReviewQueue:
    return ReviewQueue(store_of(request))


def item_response(queue: ReviewQueue, change: Callable[[], ReviewItem]) -> JSONResponse:
    """Respond with the changed item; 409 with the current item after an edit conflict."""
    try:
        item = change()
        if item.place.field is not None:
            refresh_relations(queue.store, item.id)
        return JSONResponse(item_to_dict(item))
    except EditConflictError as error:
        body = json.loads(bytes(error_response(409, str(error)).body))
        return JSONResponse({**body, "current": item_to_dict(error.item)}, 409)
