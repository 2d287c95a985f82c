"""``GET /v1/events``: the progress of batches as server-sent events."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from numerals.web.batches.batch_routes import parse_batch_id
from numerals.web.state import batches_of

ROUTES = APIRouter(prefix="/v1", tags=["batches"])


@ROUTES.get(
    "/events",
    summary="Receive the progress of batches",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def events(
    request: Request,
    batch: Annotated[
        str | None, Query(max_length=20, description="the id of a batch; by default all")
    ] = None,
) -> StreamingResponse:
    """Return a stream of events.

    First ``batches`` with all batches, then ``batch`` for each that changed, at most once a second,
    and ``deleted``. A client that lost the connection connects again.
    """
    stream = await batches_of(request).events.stream(
        None if batch is None else parse_batch_id(batch)
    )
    headers = {"X-Accel-Buffering": "no"}  # proxies pass events on at once
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
