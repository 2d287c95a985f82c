"""Routes of the files of a batch: add, list, show and delete them."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from numerals.constraints.values import Parse, make_parser
from numerals.corrections.undo_stack import resolve_changes
from numerals.store.batch_listing import (
    SORT_PATTERN,
    Filter,
    ListQuery,
    get_entry,
    list_items,
)
from numerals.store.batches import Batch
from numerals.store.changes import changes_by_line
from numerals.store.database import read_transaction
from numerals.web.batches.batch_json import (
    entry_to_dict,
    line_details,
    page_to_dict,
    summarize,
)
from numerals.web.batches.batch_options import template_fields, template_layout
from numerals.web.batches.batch_routes import BatchId, Offset, parse_batch_id
from numerals.web.batches.batch_service import BatchService
from numerals.web.batches.stack_rules import resolve_batch
from numerals.web.batches.uploaded_files import (
    FILES_FIELD,
    AddedFiles,
    add_form,
    receive_to_file,
)
from numerals.web.state import batches_of
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["batches"])

ItemId = Annotated[str, Path(max_length=20, description="the file's id", examples=["1"])]
FILES_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FILES_FIELD],
                "properties": {
                    FILES_FIELD: {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                    }
                },
            }
        }
    },
}
"""OpenAPI description of a body with files."""


@ROUTES.post(
    "/batches/{id}/items",
    status_code=201,
    summary="Add files to a batch",
    openapi_extra={"requestBody": FILES_BODY},
)
async def add_items(request: Request, id: BatchId) -> dict[str, Any]:
    """Add files, whose names may contain folders; they are on the disk when this returns.

    A file with the name and content of another one is not added again. Hidden files, and files that
    are neither pictures nor PDFs, are skipped.
    """
    service, ticket, batch_id = batches_of(request), ticket_of(request), parse_batch_id(id)
    await ticket.run(service.batches.get, batch_id)  # before the body is received
    with service.files.receive() as folder:
        body = folder / "body"
        await ticket.wait_for(receive_to_file(request.receive, body))
        content_type = request.headers.get("content-type", "")
        added = await ticket.run(add_form, service.files, batch_id, body, content_type)
    service.runner.wake()
    return await ticket.run(_added_to_dict, service, batch_id, added)


@ROUTES.get("/batches/{id}/items", summary="List the files of a batch")
def get_items(
    request: Request,
    id: BatchId,
    offset: Offset = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    filter: Annotated[Filter, Query(description="uncertain: with numbers to review")] = "all",
    search: Annotated[str, Query(max_length=100, description="part of a name or of a number")] = "",
    sort: Annotated[
        str,
        Query(
            max_length=210,
            pattern=SORT_PATTERN,
            description="name, confidence (of the least certain number to review), added, or "
            "field:NAME; -name and so on reverse the order",
        ),
    ] = "name",
) -> dict[str, Any]:
    """Return some files with their numbers, and the number of selected files."""
    service, batch_id = batches_of(request), parse_batch_id(id)
    batch = service.batches.get(batch_id)
    query = ListQuery(offset, limit, filter, search.replace("\0", ""), sort)
    query = replace(query, value_of=_parser_of(service, batch, query.sort_field))
    total, entries = list_items(service.store, batch_id, query)
    items = [entry_to_dict(entry) for entry in entries]
    return {
        "total": total,
        "offset": offset,
        "columns": _columns(service, batch, items),
        "items": items,
    }


@ROUTES.get("/batches/{id}/items/{item}", summary="Get a file of a batch")
def get_item(request: Request, id: BatchId, item: ItemId) -> dict[str, Any]:
    """Return a file with all its numbers, and what a review of them needs."""
    service = batches_of(request)
    entry, position = get_entry(service.store, parse_batch_id(id), parse_batch_id(item))
    with read_transaction(service.store.engine) as connection:
        changes = changes_by_line(connection, [line.id for line in entry.lines])
    result = entry_to_dict(entry)
    for row, line in zip(result["rows"], entry.lines, strict=True):
        active = resolve_changes(line.text, changes[line.id]).change
        row |= line_details(line, changes[line.id], active)
    pages = [page_to_dict(page) for page in entry.pages]
    return {**result, "page_sizes": pages, "position": position}


@ROUTES.delete("/batches/{id}/items/{item}", status_code=204, summary="Delete a file of a batch")
def delete_item(request: Request, id: BatchId, item: ItemId) -> Response:
    """Delete a file with its reading, crops and corrections."""
    service, batch_id = batches_of(request), parse_batch_id(id)
    service.files.delete_item(batch_id, parse_batch_id(item))
    resolve_batch(service.store, batch_id)
    return Response(status_code=204)


def _added_to_dict(service: BatchService, batch_id: int, added: AddedFiles) -> dict[str, Any]:
    items = [
        {"id": str(item.id), "name": item.name, "state": item.state, "added": is_new}
        for item, is_new in added.items
    ]
    skipped = [{"name": file.name, "reason": file.reason} for file in added.skipped]
    found = summarize(service.batches, service.runner, [batch_id])
    return {"items": items, "skipped": skipped, "batch": found[0] if found else None}


def _parser_of(service: BatchService, batch: Batch, field: str) -> Parse:
    """Return the function from the answers of a field to their values, which sort them."""
    for name in batch.templates:
        layout = template_layout(service.templates, name)
        for each in layout.fields if layout else ():
            if layout and each.name == field:
                return make_parser(each.format, layout.decimal)
    return make_parser()


def _columns(service: BatchService, batch: Batch, items: list[dict[str, Any]]) -> list[str]:
    """Return the fields of a batch of forms, in the order of its templates."""
    if not batch.templates:
        return []
    names = [name for each in batch.templates for name in template_fields(service.templates, each)]
    names += [row["field"] for item in items for row in item["rows"] if row["field"]]
    return list(dict.fromkeys(names))
