"""Routes of the templates of forms: list, save, suggest boxes, and try on a filled-in sheet."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from numerals.errors import FormError, NumeralsError
from numerals.forms import (
    FormReader,
    FormResult,
    TemplateFolder,
    load_template,
    make_field_reader,
    matches_format,
    straighten,
    suggest_boxes,
    template_values,
)
from numerals.forms.form_reader import MAX_SCAN_SIDE
from numerals.forms.label_names import name_by_labels
from numerals.forms.new_template import has_writing
from numerals.forms.template_folder import MAX_NAME
from numerals.forms.template_values import MAX_FIELDS, MAX_RELATIONS, MAX_ROSTER, MAX_ROSTER_VALUE
from numerals.images import Picture, load_picture, load_pictures
from numerals.images.printed_texts import load_printed_texts
from numerals.models.activated_models import activations_changed_at
from numerals.models.user_folder import user_folder
from numerals.picture_encoding import data_url, encode_jpeg
from numerals.reading import ReadOptions
from numerals.store.urls import parse_url, sqlite_path
from numerals.web.state import State, state_of, store_of
from numerals.web.uploads import (
    PICTURE_BODY,
    RequestBody,
    parse_pictures,
    receive_body,
    with_client_filename,
)
from numerals.web.work_queue import QueueTicket, ticket_of

ROUTES = APIRouter(prefix="/v1/templates", tags=["templates"])

MAX_FORM_SIDE = 4000
"""Longer side of the picture of a form, pixels: A4 at 340 dpi. Larger uploads are reduced."""
PREVIEW_SIDE = 1600
"""Longer side of the picture of a sheet on which a template was tried, pixels."""

Name = Annotated[str, PathParameter(max_length=MAX_NAME, description="the name of the template")]
Names = Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=100)]

Roster = Annotated[
    list[Annotated[str, Field(max_length=MAX_ROSTER_VALUE)]],
    Field(min_length=1, max_length=MAX_ROSTER, examples=[["1017", "1022"]]),
]


class FieldBody(BaseModel):
    """A field, as in the TOML file."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200, examples=["total"])
    box: Annotated[list[int], Field(min_length=4, max_length=4, examples=[[300, 710, 560, 772]])]
    format: str | None = Field(None, max_length=20_000, examples=["digits:3"])
    cells: int = Field(0, ge=0, le=1000)
    required: bool = False
    unique: bool = False
    after: str | None = Field(None, max_length=200, description="previous form")
    strict: bool = False
    max_step: Annotated[str, Field(max_length=40)] | None = None
    start: Annotated[str, Field(max_length=40)] | None = None
    roster: Roster | None = Field(None, description="the values that the field may have")


class RelationBody(BaseModel):
    """A relation, as in the TOML file: ``sum`` and ``equals``, or ``less_or_equal``."""

    model_config = ConfigDict(extra="forbid")

    sum: Names | None = None
    equals: str | None = Field(None, max_length=200)
    less_or_equal: Names | None = None


class TemplateBody(BaseModel):
    """A template, and the picture that ``POST /v1/templates/detect`` has kept."""

    model_config = ConfigDict(extra="forbid")

    fields: list[FieldBody] = Field(min_length=1, max_length=MAX_FIELDS)
    relations: list[RelationBody] = Field([], max_length=MAX_RELATIONS)
    filled: bool = False
    decimal: Literal[".", ","] | None = None
    picture_id: str | None = Field(None, max_length=40, description="by default as it was")
    picture_of: str | None = Field(
        None, max_length=MAX_NAME, description="a template whose picture is copied"
    )


@ROUTES.get("", summary="List templates")
async def list_templates(request: Request) -> list[dict[str, Any]]:
    """Return the templates by name; ``error`` says why one cannot be used."""
    folder = _folder_of(request)
    summaries = await ticket_of(request).run(folder.summaries)
    return [vars(summary) for summary in summaries]


@ROUTES.post(
    "/detect",
    summary="Suggest the fields of a form",
    openapi_extra={"requestBody": PICTURE_BODY},
)
async def detect(
    request: Request,
    page: Annotated[int, Query(ge=1, le=10_000, description="page of a PDF or TIFF")] = 1,
    turn: Annotated[
        Literal["auto", "0", "90", "180", "270"],
        Query(description="clockwise rotation of the form in the picture, degrees"),
    ] = "auto",
    dpi: Annotated[int, Query(ge=72, le=400, description="resolution of PDF pages")] = 200,
) -> dict[str, Any]:
    """Straighten and keep the picture of a form; return its id and the suggested boxes."""
    state, ticket, folder = state_of(request), ticket_of(request), _folder_of(request)
    body = await receive_body(request, ticket)
    quarters = None if turn == "auto" else int(turn)
    return await ticket.run(_detect, state, ticket, folder, body, page, quarters, dpi)


@ROUTES.get(
    "/pictures/{id}",
    summary="Get a picture that detect has kept",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def draft_picture(request: Request, id: Annotated[str, PathParameter(max_length=40)]) -> Any:
    """Return the straightened form, PNG."""
    folder = _folder_of(request)
    return _png(await ticket_of(request).run(folder.picture, id))


@ROUTES.get("/{name}", summary="Get a template")
async def get_template(request: Request, name: Name) -> dict[str, Any]:
    """Return the fields and relations of a template, and the size of its picture."""
    return await ticket_of(request).run(_describe, _folder_of(request), name)


@ROUTES.get(
    "/{name}/picture",
    summary="Get the picture of a template",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def picture(request: Request, name: Name) -> Any:
    """Return the form, PNG."""
    folder = _folder_of(request)
    return _png(await ticket_of(request).run(folder.reference_png, name))


@ROUTES.get(
    "/{name}/archive",
    summary="Download a template",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
async def archive(request: Request, name: Name) -> Any:
    """Return the TOML file and the picture, for ``numerals read --template``, as a ZIP file."""
    content = await ticket_of(request).run(_folder_of(request).archive, name)
    return Response(content, media_type="application/zip")


@ROUTES.put("/{name}", summary="Save a template")
async def save(request: Request, name: Name, template: TemplateBody) -> dict[str, Any]:
    """Save the fields and relations under a name, and the picture if there is a new one."""
    values = template.model_dump(exclude_defaults=True, exclude={"picture_id", "picture_of"})
    folder, ticket = _folder_of(request), ticket_of(request)
    await ticket.run(folder.save, name, values, template.picture_id, template.picture_of)
    return await ticket.run(_describe, folder, name)


@ROUTES.delete("/{name}", summary="Delete a template", status_code=204)
async def delete(request: Request, name: Name) -> None:
    """Delete a template and its picture."""
    await ticket_of(request).run(_folder_of(request).delete, name)


@ROUTES.post(
    "/{name}/try",
    summary="Read one filled-in form",
    openapi_extra={"requestBody": PICTURE_BODY},
)
async def try_template(
    request: Request,
    name: Name,
    script: Annotated[str, Query(max_length=40, description="script of the digits")] = "latin",
) -> dict[str, Any]:
    """Read the first page that shows the form; return its values, and the picture as a data URL.

    Nothing is stored.
    """
    state, ticket, folder = state_of(request), ticket_of(request), _folder_of(request)
    body = await receive_body(request, ticket)
    return await ticket.run(_try, state, ticket, folder, name, body, script)


def templates_folder(state: State) -> Path:
    """Return the folder of the templates, beside the store."""
    url = state.settings.store
    path = None if url is None else sqlite_path(parse_url(url))
    return (user_folder() if path is None else path.parent) / "templates"


def _folder_of(request: Request) -> TemplateFolder:
    store_of(request)  # without a store, nothing may be stored
    return TemplateFolder(templates_folder(state_of(request)))


def _png(content: bytes) -> Response:
    return Response(content, headers={"Cache-Control": "no-store"}, media_type="image/png")


def _detect(
    state: State,
    ticket: QueueTicket,
    folder: TemplateFolder,
    body: RequestBody,
    page: int,
    turn: int | None,
    dpi: int,
) -> dict[str, Any]:
    upload = parse_pictures(body)[0]
    limits = state.settings.limits
    try:
        picture = load_picture(
            upload.content, page=page, resolution=dpi, max_side=MAX_FORM_SIDE, limits=limits
        )
    except NumeralsError as error:
        raise with_client_filename(error, upload) from error
    ticket.check()
    gray = straighten(np.asarray(picture.pixels, np.uint8), turn)
    ticket.check()
    boxes = suggest_boxes(gray)
    ticket.check()
    is_as_printed = np.array_equal(gray, picture.pixels)
    texts = load_printed_texts(upload.content, page=page, limits=limits) if is_as_printed else []
    labels = name_by_labels([box.box for box in boxes], texts, gray.shape)
    return {
        "picture_id": folder.add_picture(gray),
        "width": gray.shape[1],
        "height": gray.shape[0],
        "pages": picture.n_pages,
        "filled": has_writing(gray, boxes),
        "boxes": [
            box.to_dict() | {"label": label} for box, label in zip(boxes, labels, strict=True)
        ],
    }


def _describe(folder: TemplateFolder, name: str) -> dict[str, Any]:
    template = folder.load(name)
    height, width = template.reference.shape
    return {"name": name, "width": width, "height": height, **template_values(template)}


def _try(
    state: State,
    ticket: QueueTicket,
    folder: TemplateFolder,
    name: str,
    body: RequestBody,
    script: str,
) -> dict[str, Any]:
    upload = parse_pictures(body)[0]
    state.readers.reader(ReadOptions(script))  # refuses unknown scripts
    path = folder.path(name)
    reader = _form_reader(path, path.stat().st_mtime_ns, script, activations_changed_at())
    refused: FormError | None = None
    try:
        pages = load_pictures(upload.content, max_side=MAX_SCAN_SIDE, limits=state.settings.limits)
        for picture in pages:
            ticket.check()
            try:
                return _to_response(reader.read(picture), picture)
            except FormError as error:
                refused = refused or error
    except NumeralsError as error:
        raise with_client_filename(error, upload) from error
    assert refused is not None  # a file has at least one page
    raise with_client_filename(refused, upload)


@lru_cache(maxsize=4)
def _form_reader(path: Path, modified_at: int, script: str, activated_at: object) -> FormReader:
    """Return a reader of forms; another one after the template or the active model changed."""
    return FormReader(load_template(path), make_field_reader(script), check=matches_format)


def _to_response(form: FormResult, picture: Picture) -> dict[str, Any]:
    shown = _reduce(np.asarray(picture.pixels, np.uint8))
    return {
        "page": picture.number,
        "width": picture.width,
        "height": picture.height,
        "agreement": round(form.agreement, 4),
        "fields": [field.to_dict() for field in form.fields],
        "relations": [relation.to_dict() for relation in form.relations],
        "doubtful": list(form.doubtful()),
        "picture": data_url(encode_jpeg(shown)),
    }


def _reduce(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    factor = PREVIEW_SIDE / max(gray.shape)
    if factor >= 1:
        return gray
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
