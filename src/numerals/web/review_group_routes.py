"""Routes of the review that concern several lines: groups, pages, and answers together."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, field_validator

from numerals.corrections.review_items import ReviewItem, load_item, select_items, to_items
from numerals.corrections.review_queue import ReviewQueue
from numerals.corrections.review_selection import group_by_page, group_by_text
from numerals.errors import EditConflictError, NothingToUndoError, NotStoredError
from numerals.images import load_picture
from numerals.store.database import read_transaction
from numerals.store.schema import LINES, PAGES
from numerals.web.batches.form_relations import refresh_relations
from numerals.web.batches.page_picture_routes import MAX_SIDE, MIN_SIDE, picture_response
from numerals.web.review_json import PAGE_SIDE, item_to_dict, items_with_pages
from numerals.web.review_query import SelectionQuery, parse_id
from numerals.web.review_routes import LineId, Reviewer, Undo, VersionedChange
from numerals.web.state import state_of, store_of
from numerals.web.text_fields import strip_printable
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["review"])

MAX_TOGETHER = 100
"""Maximum number of lines that one request answers."""
_MAX_PAGE_LINES = 1000
_LINE = Field(max_length=20, description="the line's id", examples=["1"])


class LineAnswer(VersionedChange):
    """The answer for one of several lines; `by` is the one of all."""

    id: str = _LINE
    text: str = Field(max_length=200, description="an empty text: there is no number")

    _strip_text = field_validator("text")(strip_printable)


class Answers(Reviewer):
    """Answers for several lines."""

    answers: list[LineAnswer] = Field(min_length=1, max_length=MAX_TOGETHER)


class LineUndo(Undo):
    """The change of one of several lines to undo."""

    id: str = _LINE


class Undos(Reviewer):
    """Changes of several lines to undo."""

    changes: list[LineUndo] = Field(min_length=1, max_length=MAX_TOGETHER)


@ROUTES.get("/review/groups", summary="List the readings that several lines share")
def list_groups(
    request: Request, selected: SelectionQuery, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> dict[str, Any]:
    """Return each reading with the number of its lines, the most frequent first."""
    with read_transaction(store_of(request).engine) as connection:
        return {"groups": [asdict(group) for group in group_by_text(connection, selected, limit)]}


@ROUTES.get("/review/pages", summary="List the pages with lines to review")
def list_pages(
    request: Request, selected: SelectionQuery, limit: Annotated[int, Query(ge=1, le=500)] = 200
) -> dict[str, Any]:
    """Return each page with its first line and the number of its lines."""
    with read_transaction(store_of(request).engine) as connection:
        pages = group_by_page(connection, selected, limit)
    return {"pages": [{**asdict(page), "line_id": str(page.line_id)} for page in pages]}


@ROUTES.post("/review/answers", summary="Answer several lines")
def answer_together(request: Request, given: Answers) -> dict[str, Any]:
    """Answer lines, each as ``POST /v1/review/{id}`` does.

    An answer of another reviewer is not replaced: such lines are under ``conflicts``, as they are
    now. Repeating the request changes nothing.
    """
    queue = ReviewQueue(store_of(request))

    def answer(each: LineAnswer) -> ReviewItem:
        return queue.answer(parse_id(each.id), each.text, given.by, version=each.seen_version)

    return _change_together(queue, [partial(answer, each) for each in given.answers])


@ROUTES.post("/review/undo", summary="Undo changes of several lines")
def undo_together(request: Request, given: Undos) -> dict[str, Any]:
    """Undo changes, each as ``POST /v1/review/{id}/undo`` does."""
    queue = ReviewQueue(store_of(request))

    def undo(each: LineUndo) -> ReviewItem:
        change = None if each.change is None else int(each.change)
        return queue.undo(parse_id(each.id), given.by, change=change)

    return _change_together(queue, [partial(undo, each) for each in given.changes])


@ROUTES.get("/review/{id}/page", summary="List the lines of the page of a line")
def page_of_line(request: Request, id: LineId) -> dict[str, Any]:
    """Return all lines on the page of a line, answered or not, in reading order."""
    state, store = state_of(request), store_of(request)
    with read_transaction(store.engine) as connection:
        item = load_item(connection, parse_id(id))
        rows = connection.execute(
            select_items()
            .add_columns(LINES.c.uncertain)
            .where(LINES.c.reading_id == item.reading_id, LINES.c.page == item.place.page)
            .order_by(LINES.c.number)
            .limit(_MAX_PAGE_LINES)
        ).all()
        items = to_items(connection, rows)
    found = items_with_pages(store, state.batches, items)
    return {
        "items": [
            {**item, "uncertain": row.uncertain != 0} for item, row in zip(found, rows, strict=True)
        ]
    }


@ROUTES.get(
    "/review/{id}/page-picture",
    summary="Get the picture of the page of a line",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}},
)
async def page_picture(
    request: Request,
    id: LineId,
    side: Annotated[
        int, Query(ge=MIN_SIDE, le=MAX_SIDE, description="maximum width and height, pixels")
    ] = PAGE_SIDE,
) -> Response:
    """Return the page that was stored with ``--keep pictures``, as JPEG or PNG."""
    store, limits = store_of(request), state_of(request).settings.limits
    line_id = parse_id(id)

    def render() -> Response:
        with read_transaction(store.engine) as connection:
            item = load_item(connection, line_id)
            is_page = (PAGES.c.reading_id == item.reading_id) & (PAGES.c.number == item.place.page)
            content = connection.execute(PAGES.select().where(is_page)).one().picture
        if content is None:
            raise NotStoredError(f"the page of line {line_id} is not stored")
        picture = load_picture(bytes(content), max_side=side, limits=limits)
        return picture_response(picture, f'"{item.reading_id}-{item.place.page}-{side}"')

    return await ticket_of(request).run(render)


def _change_together(
    queue: ReviewQueue, changes: Sequence[Callable[[], ReviewItem]]
) -> dict[str, Any]:
    """Make changes of lines; afterwards check the relations of all lines that changed, at once."""
    items: list[ReviewItem] = []
    conflicts: list[ReviewItem] = []
    try:
        for change in changes:
            try:
                items.append(change())
            except EditConflictError as error:
                conflicts.append(error.item)
            except (NotStoredError, NothingToUndoError):  # its file was deleted or read again
                continue
    finally:  # an invalid answer ends the request; those before it are stored
        fields = [item.id for item in items if item.place.field is not None]
        refresh_relations(queue.store, *fields)
    return {"items": [*map(item_to_dict, items)], "conflicts": [*map(item_to_dict, conflicts)]}
