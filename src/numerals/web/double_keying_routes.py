"""Routes of double keying: two reviewers answer each line, blind to each other."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, field_validator

from numerals.corrections.double_keying import DoubleKeying
from numerals.web.batches.form_relations import refresh_relations
from numerals.web.review_json import blind, items_with_pages
from numerals.web.review_query import SelectionQuery, parse_id
from numerals.web.review_routes import LineId, Reviewer
from numerals.web.state import state_of, store_of
from numerals.web.text_fields import strip_printable

ROUTES = APIRouter(prefix="/v1", tags=["review"])

_Limit = Annotated[int, Query(ge=1, le=500)]


class KeyedAnswer(Reviewer):
    """What one of two reviewers reads in a line."""

    text: str = Field(max_length=200, description="an empty text: there is no number")

    _strip_text = field_validator("text")(strip_printable)


@ROUTES.get("/review/keying", summary="List the lines that a reviewer keys")
def list_keying(
    request: Request,
    selected: SelectionQuery,
    by: Annotated[str, Query(min_length=1, max_length=100, description="the reviewer's name")],
    limit: _Limit = 20,
) -> dict[str, Any]:
    """Return lines without their readings, and without the answer of the other reviewer."""
    store = store_of(request)
    keying = DoubleKeying(store).list_waiting(by, limit, selected)
    items = items_with_pages(store, state_of(request).batches, keying.items)
    return {
        "waiting": keying.n_waiting,
        "differences": keying.n_differences,
        "items": [blind(item) for item in items],
    }


@ROUTES.get("/review/differences", summary="List the lines on which two reviewers differ")
def list_differences(
    request: Request, selected: SelectionQuery, limit: _Limit = 20
) -> dict[str, Any]:
    """Return lines with the two answers; ``POST /v1/review/{id}`` decides."""
    store = store_of(request)
    found = DoubleKeying(store).list_differences(limit, selected)
    items = items_with_pages(store, state_of(request).batches, [each.item for each in found])
    return {
        "items": [
            {**item, "answers": [{"by": by, "text": text} for by, text in each.answers]}
            for item, each in zip(items, found, strict=True)
        ]
    }


@ROUTES.post("/review/{id}/keying", status_code=204, summary="Key a line")
def key_line(request: Request, id: LineId, given: KeyedAnswer) -> Response:
    """Store what a reviewer reads. Two equal answers settle the line.

    The response does not say whether the other reviewer has answered. Repeating the request
    changes nothing.
    """
    store, line_id = store_of(request), parse_id(id)
    DoubleKeying(store).answer(line_id, given.text, given.by)
    refresh_relations(store, line_id)
    return Response(status_code=204)


@ROUTES.post("/review/{id}/keying/undo", status_code=204, summary="Withdraw a keyed answer")
def undo_keying(request: Request, id: LineId, given: Reviewer) -> Response:
    """Withdraw the answer of a reviewer, and what it settled."""
    store, line_id = store_of(request), parse_id(id)
    DoubleKeying(store).undo(line_id, given.by)
    refresh_relations(store, line_id)
    return Response(status_code=204)
