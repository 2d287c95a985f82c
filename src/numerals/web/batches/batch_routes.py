"""Routes of batches: create, list, change, pause, read again and delete them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from numerals.errors import NotStoredError
from numerals.store.batch_listing import list_answer_changes
from numerals.web.batches.batch_checks import check_batch
from numerals.web.batches.batch_json import answer_change_to_dict, summarize
from numerals.web.batches.batch_options import BatchOptions, template_path
from numerals.web.batches.batch_service import BatchService
from numerals.web.batches.export_batch import ExportFormat, export_batch
from numerals.web.idempotency import KEY_PARAMETER, Key, make_keyed_request
from numerals.web.state import batches_of, state_of
from numerals.web.text_fields import strip_printable
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["batches"])

MAX_NAME = 200
"""Maximum length of a batch's name, characters."""
MAX_TEMPLATES = 20
"""Maximum number of templates of a batch."""
BatchId = Annotated[str, Path(max_length=20, description="the batch's id", examples=["1"])]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Templates = Annotated[
    list[Annotated[str, Field(max_length=100)]],
    Field(max_length=MAX_TEMPLATES, description="names of the templates of forms"),
]


class BatchName(BaseModel):
    """The name of a batch."""

    name: str = Field("", max_length=MAX_NAME, examples=["Ferry sheets, 14 Jan"])

    _strip_name = field_validator("name")(strip_printable)


class NewBatch(BatchName):
    """A batch to create."""

    model_config = ConfigDict(extra="forbid")

    options: BatchOptions = Field(default_factory=BatchOptions)
    templates: Templates = []


class Again(BaseModel):
    """How to read the files of a batch again; what is missing stays as it is."""

    model_config = ConfigDict(extra="forbid")

    options: BatchOptions | None = None
    templates: Templates | None = None
    only: Literal["all", "failed"] = Field("all", description="failed: files that failed")


@ROUTES.get("/batches", summary="List the batches")
def list_batches(request: Request) -> dict[str, Any]:
    """Return all batches with their counts, newest first."""
    service = batches_of(request)
    return {"batches": summarize(service.batches, service.runner)}


@ROUTES.post(
    "/batches",
    status_code=201,
    summary="Create a batch",
    openapi_extra={"parameters": [KEY_PARAMETER]},
)
async def create_batch(request: Request, given: NewBatch, key: Key) -> dict[str, Any]:
    """Create an empty batch; the same ``Idempotency-Key`` returns the same batch."""
    service = batches_of(request)
    keyed_request = make_keyed_request(request, key, given.model_dump())

    def create() -> dict[str, Any]:
        options = _checked_options(request, given.options, given.templates)
        name = given.name or f"Files of {datetime.now():%d %b %Y, %H:%M}"
        batch_id = service.batches.create(name, options, given.templates, request=keyed_request)
        return _summary(service, batch_id)

    return await ticket_of(request).run(create)


@ROUTES.get("/batches/{id}", summary="Get a batch")
def get_batch(request: Request, id: BatchId) -> dict[str, Any]:
    """Return a batch with its counts."""
    return _summary(batches_of(request), parse_batch_id(id))


@ROUTES.patch("/batches/{id}", summary="Rename a batch")
def rename_batch(request: Request, id: BatchId, given: BatchName) -> dict[str, Any]:
    """Set the name of a batch; an empty name changes nothing."""
    service, batch_id = batches_of(request), parse_batch_id(id)
    if given.name:
        service.batches.rename(batch_id, given.name)
    return _summary(service, batch_id)


@ROUTES.delete("/batches/{id}", status_code=204, summary="Delete a batch")
async def delete_batch(request: Request, id: BatchId) -> Response:
    """Delete a batch with its files, readings, crops and corrections."""
    service, batch_id = batches_of(request), parse_batch_id(id)
    await ticket_of(request).run(service.files.delete_batch, batch_id)
    return Response(status_code=204)


@ROUTES.delete("/batches/{id}/pictures", summary="Delete the pictures of a batch")
async def delete_pictures(request: Request, id: BatchId) -> dict[str, Any]:
    """Delete files and crops; numbers and answers stay. 409 while files wait or are read."""
    service, batch_id = batches_of(request), parse_batch_id(id)

    def delete() -> dict[str, Any]:
        service.files.delete_pictures(batch_id)
        return _summary(service, batch_id)

    return await ticket_of(request).run(delete)


@ROUTES.post("/batches/{id}/pause", summary="Pause a batch")
def pause_batch(request: Request, id: BatchId) -> dict[str, Any]:
    """Read no more files of a batch; those that are being read are finished."""
    return _set_paused(batches_of(request), parse_batch_id(id), True)


@ROUTES.post("/batches/{id}/resume", summary="Resume a batch")
def resume_batch(request: Request, id: BatchId) -> dict[str, Any]:
    """Continue reading a paused batch."""
    return _set_paused(batches_of(request), parse_batch_id(id), False)


@ROUTES.post("/batches/{id}/read-again", status_code=202, summary="Read a batch again")
async def read_again(request: Request, id: BatchId, given: Again) -> dict[str, Any]:
    """Read the files of a batch with other options.

    The numbers stay visible until they are replaced, and the answers of reviewers stay. 409 if the
    pictures were deleted.
    """
    service, batch_id = batches_of(request), parse_batch_id(id)

    def read() -> dict[str, Any]:
        batch = service.batches.get(batch_id)
        templates = batch.templates if given.templates is None else given.templates
        options = given.options or BatchOptions(**batch.options)
        checked = _checked_options(request, options, templates)
        service.batches.read_again(batch_id, checked, templates, only_failed=given.only == "failed")
        service.runner.wake()
        return _summary(service, batch_id)

    return await ticket_of(request).run(read)


@ROUTES.get("/batches/{id}/changes", summary="List the answers that changed")
def changes(
    request: Request,
    id: BatchId,
    offset: Offset = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """Return the answers that changed when the batch was last read again."""
    service = batches_of(request)
    total, rows = list_answer_changes(service.store, parse_batch_id(id), offset, limit)
    return {"total": total, "changes": [answer_change_to_dict(row) for row in rows]}


@ROUTES.get("/batches/{id}/checks", summary="List what does not fit together in a batch of forms")
def checks(request: Request, id: BatchId) -> dict[str, Any]:
    """Return what does not fit together in the answers as they are now.

    For fields with a roster or unique values: missing, repeated and unlisted values. For relations:
    the sheets on which they do not hold, or cannot be checked. Lists end after 100 entries. For
    templates that were saved after sheets were read with them: how many these are.
    """
    service = batches_of(request)
    return check_batch(service.store, service.templates, parse_batch_id(id))


@ROUTES.get(
    "/batches/{id}/export",
    summary="Export a batch",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def export(request: Request, id: BatchId, format: ExportFormat = "csv") -> Response:
    """Return all numbers of a batch as a file; corrections are applied."""
    service, batch_id = batches_of(request), parse_batch_id(id)
    exported = await ticket_of(request).run(export_batch, service, batch_id, format)
    return exported.to_response()


def parse_batch_id(text: str) -> int:
    """Return an id as a number; raise NotStoredError for any other text."""
    if not (text.isascii() and text.isdigit()):
        raise NotStoredError(f"there is nothing stored under {text[:20]!r}")
    return int(text)


def _summary(service: BatchService, batch_id: int) -> dict[str, Any]:
    service.batches.get(batch_id)
    found = summarize(service.batches, service.runner, [batch_id])
    if not found:
        raise NotStoredError(f"there is no batch {batch_id}; it has been deleted")
    return found[0]


def _set_paused(service: BatchService, batch_id: int, is_paused: bool) -> dict[str, Any]:
    service.batches.set_paused(batch_id, is_paused)
    service.runner.wake()
    return _summary(service, batch_id)


def _checked_options(
    request: Request, options: BatchOptions, templates: Sequence[str]
) -> dict[str, Any]:
    """Return options to store, after checking that files can be read with them."""
    service = batches_of(request)
    state_of(request).readers.reader(
        options.work_options().read
    )  # raises errors of the script and the format
    for name in templates:
        template_path(service.templates, name)
    return options.model_dump()
