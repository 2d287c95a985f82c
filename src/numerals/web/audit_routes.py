"""Routes of ``numerals serve --audit``: the blind review of a sample."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from numerals.audit.answers import MAX_ANSWER, check_reviewer
from numerals.web.audit_review import BlindReview
from numerals.web.page_routes import PAGE
from numerals.web.state import state_of
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(tags=["audit"])

_MAX_NAME = 64
Reviewer = Annotated[
    str, Query(max_length=_MAX_NAME, description="name of the reviewer, such as anna")
]


class Answer(BaseModel):
    """A reviewer's answer."""

    reviewer: str = Field(max_length=_MAX_NAME, examples=["anna"])
    text: str = Field(
        max_length=MAX_ANSWER,
        description="the number as written; illegible, or nothing",
        examples=["1250"],
    )


@ROUTES.get("/audit", include_in_schema=False)
async def audit_page() -> Response:
    """Return the page on which the sample is reviewed."""
    return FileResponse(PAGE / "audit.html", media_type="text/html; charset=utf-8")


@ROUTES.get("/v1/audit", summary="Show the progress of the blind review")
async def show_audit(request: Request, reviewer: Reviewer = "") -> dict[str, Any]:
    """Return counts, and the next number for a reviewer, if one is named, without its reading."""
    name = check_reviewer(reviewer) if reviewer else ""
    return await ticket_of(request).run(_review_of(request).progress, name)


@ROUTES.get("/v1/audit/items/{item_id}", summary="Show a number of the sample")
async def show_item(request: Request, item_id: str, reviewer: Reviewer) -> dict[str, Any]:
    """Return a number of the sample, and the reviewer's own answer to it."""
    name = check_reviewer(reviewer)
    return await ticket_of(request).run(_review_of(request).item, item_id, name)


@ROUTES.post("/v1/audit/items/{item_id}", summary="Answer a number of the sample")
async def answer_item(request: Request, item_id: str, body: Answer) -> dict[str, Any]:
    """Store an answer, and return the progress with the next number."""
    review = _review_of(request)
    name = check_reviewer(body.reviewer)
    return await ticket_of(request).run(review.record, item_id, name, body.text)


@ROUTES.get(
    "/v1/audit/items/{item_id}/crop",
    summary="Picture of a number of the sample",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def item_crop(request: Request, item_id: str) -> Response:
    """Return the picture of a number, PNG."""
    path = await ticket_of(request).run(_review_of(request).crop_path, item_id)
    return FileResponse(path, media_type="image/png")


def _review_of(request: Request) -> BlindReview:
    review = state_of(request).audit
    assert review is not None  # the routes exist only with an audit
    return review
