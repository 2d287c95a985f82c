"""``POST /v1/explain/picture``: how one line of a picture was read, and why it may be wrong."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from numerals.diagnosis import NumberExplanation, PictureExplanation, Step, explain_picture
from numerals.diagnosis.step_images import MAX_STEP_SIDE
from numerals.errors import MissingExtraError, NumeralsError
from numerals.images import Picture, load_picture
from numerals.ink.illumination import downscale
from numerals.picture_encoding import data_url
from numerals.reading.options import ReadOptions
from numerals.reading.reader import loading_options
from numerals.web.explain_routes import explain_image
from numerals.web.read_query import PictureQuery
from numerals.web.state import State, state_of
from numerals.web.uploads import (
    PICTURE_BODY,
    RequestBody,
    Upload,
    parse_pictures,
    receive_body,
    with_client_filename,
)
from numerals.web.work_queue import QueueTicket, ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["explain"])


class ExplainQuery(PictureQuery):
    """How to read a picture, and which of its lines to explain."""

    page: Annotated[int, Field(ge=1, description="page of a PDF or TIFF, from 1")] = 1
    line: Annotated[
        int, Field(ge=0, description="index of the line on the page, from 0, as in the reading")
    ] = 0
    intended: Annotated[
        str, Field(max_length=200, description="the number that the writer meant, if known")
    ] = ""


@ROUTES.post(
    "/explain/picture",
    summary="Explain how a line of a picture was read",
    openapi_extra={"requestBody": PICTURE_BODY},
)
async def explain(request: Request, query: Annotated[ExplainQuery, Query()]) -> dict[str, Any]:
    """Return each step from the picture to a line, and how it differs from the training data.

    The picture is read again with the same parameters as for ``/v1/read``. ``page`` has the steps
    and findings of the whole page, ``number`` those of the line. For a picture of one digit,
    ``evidence`` is the answer of ``/v1/explain``, if the extra for it is installed;
    ``evidence_pending`` says that it will be there in some seconds.
    """
    state, ticket = state_of(request), ticket_of(request)
    body = await receive_body(request, ticket)
    return await ticket.run(_explain, state, ticket, body, query)


def _explain(
    state: State, ticket: QueueTicket, body: RequestBody, query: ExplainQuery
) -> dict[str, Any]:
    upload = parse_pictures(body, query.name)[0]
    reader = state.readers.reader(query.read_options())
    picture = _load(upload, reader.options, query.page, state)
    ticket.check()
    explanation = explain_picture(reader, picture, line=query.line, intended=query.intended or None)
    ticket.check()
    number = explanation.numbers[0] if explanation.numbers else None
    return {
        "page": _with_images(explanation),
        "number": None if number is None else _with_images(number),
        **_evidence(state, ticket, number),
    }


def _load(upload: Upload, options: ReadOptions, page: int, state: State) -> Picture:
    limits = state.settings.limits
    try:
        return load_picture(upload.content, page=page, limits=limits, **loading_options(options))
    except NumeralsError as error:
        raise with_client_filename(error, upload) from error


def _with_images(part: PictureExplanation | NumberExplanation) -> dict[str, Any]:
    """Return a part as JSON values, its steps with their pictures as data URLs."""
    return {
        **{key: value for key, value in part.to_dict().items() if key != "numbers"},
        "steps": [_step_with_image(step) for step in part.steps],
    }


def _step_with_image(step: Step) -> dict[str, Any]:
    picture = None if step.image is None else data_url(downscale(step.image, MAX_STEP_SIDE))
    return {**step.to_dict(), "picture": picture}


def _evidence(
    state: State, ticket: QueueTicket, number: NumberExplanation | None
) -> dict[str, Any]:
    """Return maps and similar digits of a digit, or why there are none.

    They are pending while the search index, which takes seconds, is built for the page.
    """
    nothing = {"evidence": None, "evidence_note": "", "evidence_pending": False}
    if number is None or number.image is None:
        return nothing
    if state.preload_task.is_working:
        note = "The maps and similar digits are being prepared …"
        return nothing | {"evidence_note": note, "evidence_pending": True}
    try:
        evidence = explain_image(state, number.image, number.script, "", ticket.check)
    except MissingExtraError as error:
        return nothing | {"evidence_note": str(error)}
    return nothing | {"evidence": evidence}
