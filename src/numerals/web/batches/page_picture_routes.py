"""Routes of the pages of a batch as pictures that browsers can show."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from numerals.errors import ImageError, NotStoredError
from numerals.images import Picture, load_picture
from numerals.picture_encoding import encode_jpeg, encode_png
from numerals.store.batch_items import Item
from numerals.web.batches.batch_options import BatchOptions
from numerals.web.batches.batch_routes import BatchId, parse_batch_id
from numerals.web.batches.item_routes import ItemId
from numerals.web.batches.page_reading import THUMBNAIL_SIDE, make_thumbnail
from numerals.web.state import batches_of, state_of
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["batches"])

MIN_SIDE, MAX_SIDE = 64, 4096
"""Range of the longer side of a page's picture, pixels."""
_JPEG_QUALITY = 88
_MAX_PNG_PIXELS = 250_000  # smaller pictures are sent without loss
_CACHE = {"Cache-Control": "private, max-age=86400"}  # the content of an item never changes
_IMAGES: dict[int | str, Any] = {200: {"content": {"image/jpeg": {}, "image/png": {}}}}


@ROUTES.get(
    "/batches/{id}/items/{item}/pages/{page}/picture",
    summary="Get a page of a file as a picture",
    response_class=Response,
    responses=_IMAGES,
)
async def page_picture(
    request: Request,
    id: BatchId,
    item: ItemId,
    page: Annotated[int, Path(ge=1, le=100_000, description="number of the page, from 1")],
    side: Annotated[
        int, Query(ge=MIN_SIDE, le=MAX_SIDE, description="maximum width and height, pixels")
    ] = 1600,
) -> Response:
    """Return a page of a picture, PDF, TIFF or HEIC file as JPEG or PNG.

    The header ``X-Scale`` has the pixels of the page, to which boxes refer, per pixel of the
    picture.
    """
    service = batches_of(request)
    limits = state_of(request).settings.batch_limits
    batch_id, item_id = parse_batch_id(id), parse_batch_id(item)

    def render() -> Response:
        found = service.items.get(batch_id, item_id)
        if found.n_pages is not None and page > found.n_pages:
            raise NotStoredError(f"{found.name} has {found.n_pages} pages, not {page}")
        path = service.files.path(found)
        tag = f'"{found.sha256[:32]}-{page}-{side}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**_CACHE, "ETag": tag})
        resolution = BatchOptions(**service.batches.get(batch_id).options).dpi
        try:
            picture = load_picture(
                path, page=page, resolution=resolution, color=True, max_side=side, limits=limits
            )
        except ImageError as error:
            raise error.with_message(_without_path(str(error), str(path), found)) from error
        return picture_response(picture, tag)

    return await ticket_of(request).run(render)


@ROUTES.get(
    "/batches/{id}/items/{item}/thumbnail",
    summary="Get a small picture of a file",
    response_class=Response,
    responses=_IMAGES,
)
async def thumbnail(request: Request, id: BatchId, item: ItemId) -> Response:
    """Return the first page of a file, small and upright, JPEG."""
    service = batches_of(request)
    limits = state_of(request).settings.batch_limits
    batch_id, item_id = parse_batch_id(id), parse_batch_id(item)

    def render() -> Response:
        found = service.items.get(batch_id, item_id)
        path = service.files.path(found)
        stored = service.files.thumbnail_path(found)
        if stored.is_file():
            return Response(stored.read_bytes(), 200, _CACHE, "image/jpeg")
        try:
            picture = load_picture(path, max_side=2 * THUMBNAIL_SIDE, resolution=72, limits=limits)
        except ImageError as error:
            raise error.with_message(_without_path(str(error), str(path), found)) from error
        # It is stored when the file is read; until then its pages may have to be turned.
        headers = {"Cache-Control": "private, max-age=5"}
        return Response(make_thumbnail(picture.pixels), 200, headers, "image/jpeg")

    return await ticket_of(request).run(render)


def picture_response(picture: Picture, tag: str) -> Response:
    """Return a picture as JPEG or PNG, with its ETag and scale."""
    height, width = picture.pixels.shape[:2]
    headers = {**_CACHE, "ETag": tag, "X-Scale": f"{picture.scale:.6g}"}
    if height * width <= _MAX_PNG_PIXELS:
        return Response(encode_png(picture.pixels), 200, headers, "image/png")
    return Response(encode_jpeg(picture.pixels, _JPEG_QUALITY), 200, headers, "image/jpeg")


def _without_path(message: str, path: str, item: Item) -> str:
    return message.replace(path, item.name)
