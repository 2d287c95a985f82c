"""A request's body -> the pictures or arrays that were sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from starlette.exceptions import HTTPException
from starlette.requests import Request

from numerals.errors import NumeralsError
from numerals.images import Limits, load_picture
from numerals.ink import digit_from_picture, to_mnist
from numerals.web.multipart_form import parse_files
from numerals.web.request_body import read_body
from numerals.web.work_queue import QueueTicket

MAX_IMAGES = 1000
MIN_SIDE, MAX_SIDE = 8, 256
"""Of digits that are sent as numbers, pixels."""

_LONGEST_NAME = 200
_MOST_OBJECTS = 8  # one is needed
_WORKING_SIDE = 1600  # pixels; larger pictures of one digit are reduced

E = TypeVar("E", bound=NumeralsError)
Images = list[npt.NDArray[np.uint8]]

PICTURE_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        **{
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "application/pdf")
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["picture"],
                "properties": {"picture": {"type": "string", "format": "binary"}},
            }
        },
    },
}
"""The body of a request that sends a picture, for OpenAPI."""

_PIXELS = {
    "type": "array",
    "minItems": MIN_SIDE,
    "maxItems": MAX_SIDE,
    "items": {
        "type": "array",
        "minItems": MIN_SIDE,
        "maxItems": MAX_SIDE,
        "items": {"type": "integer", "minimum": 0, "maximum": 255},
    },
}
_SEVEN = [[0] * 8, [0, 255, 255, 255, 255, 255, 255, 0], *([[0, 0, 0, 0, 0, 255, 0, 0]] * 6)]


def digits_body(key: str) -> dict[str, Any]:
    """Return the body of a request that sends digits, under ``image`` or ``images``."""
    several = key == "images"
    schema = {"type": "array", "minItems": 1, "maxItems": MAX_IMAGES, "items": _PIXELS}
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": [key],
                    "properties": {key: schema if several else _PIXELS},
                },
                "example": {key: [_SEVEN] if several else _SEVEN},
            },
            "multipart/form-data": PICTURE_BODY["content"]["multipart/form-data"],
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    }


@dataclass(frozen=True)
class Upload:
    """A file that was sent: its bytes, and what the client calls it."""

    content: bytes
    name: str


@dataclass(frozen=True)
class RequestBody:
    """A body as it was sent; a thread makes of it what it is said to be."""

    content: bytes
    content_type: str

    @property
    def media_type(self) -> str:
        """What it is said to be, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether it is said to be JSON."""
        return self.media_type == "application/json"


async def receive(request: Request, place: QueueTicket) -> RequestBody:
    """Return the body of a request."""
    content: bytes = await place.wait_for(read_body(request.receive))
    return RequestBody(content, request.headers.get("content-type", ""))


def parse_pictures(sent: RequestBody, name: str = "") -> list[Upload]:
    """Return the pictures that were sent: the raw body, called `name`, or files of a form.

    Raises
    ------
    HTTPException
        400 for a form that is none, 413 beyond its limits, 415 for a body that is said to be
        neither, 422 without a picture.
    """
    kind = sent.media_type
    if kind == "multipart/form-data":
        files = parse_files(sent.content, sent.content_type, "picture")
        if not files:
            raise HTTPException(422, "the form has no file in the field picture")
        return [Upload(content, sanitize_filename(filename)) for filename, content in files]
    if kind.startswith("image/") or kind in ("", "application/pdf", "application/octet-stream"):
        return [Upload(sent.content, sanitize_filename(name))]
    raise HTTPException(
        415,
        f"a body of {kind!r} is no picture; send image/* or application/pdf as it is, or a form "
        "(multipart/form-data) with the field picture",
    )


def sanitize_filename(name: str | None) -> str:
    """Return what a file may be called: its last part, printable, not too long."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in last if character.isprintable())
    return kept[:_LONGEST_NAME].encode("utf-8", "ignore").decode("utf-8") or "picture"


def parse_digits(content: bytes, key: str) -> Images:
    """Return the digits that a JSON body holds under ``image`` or ``images``.

    Raises
    ------
    HTTPException
        422 unless they are rectangles of whole numbers from 0 to 255, of sizes that are taken.
    """
    n_images = 1 if key == "image" else MAX_IMAGES
    # Thousands of empty lists or objects would take much more memory than their bytes do.
    if content.count(b"[") > 1 + n_images * (1 + MAX_SIDE) or content.count(b"{") > _MOST_OBJECTS:
        raise HTTPException(422, f"more lists or objects than {n_images} images of {MAX_SIDE} rows")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, f"the body is not JSON ({type(error).__name__})") from error
    found = body.get(key) if isinstance(body, Mapping) else None
    if not isinstance(found, list) or not found:
        raise HTTPException(422, f'the body must be {{"{key}": [...]}}, with at least one row')
    if key == "image":
        return [_to_pixels(found, "image")]
    if len(found) > MAX_IMAGES:
        raise HTTPException(422, f"{len(found)} images; send at most {MAX_IMAGES} in one request")
    return [_to_pixels(image, f"images[{i}]") for i, image in enumerate(found)]


def _to_pixels(rows: Any, where: str) -> npt.NDArray[np.uint8]:
    if not isinstance(rows, list) or not MIN_SIDE <= len(rows) <= MAX_SIDE:
        raise HTTPException(422, f"{where}: expected {MIN_SIDE} to {MAX_SIDE} rows of pixels")
    width = len(rows[0]) if isinstance(rows[0], list) else 0
    if not MIN_SIDE <= width <= MAX_SIDE:
        raise HTTPException(422, f"{where}: expected rows of {MIN_SIDE} to {MAX_SIDE} pixels")
    for row in rows:
        if not isinstance(row, list) or len(row) != width:
            raise HTTPException(422, f"{where}: its rows are not of one length")
        if not all(type(value) is int and 0 <= value <= 255 for value in row):
            raise HTTPException(422, f"{where}: pixels are whole numbers from 0 to 255")
    return np.array(rows, np.uint8)


def to_model_input(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a digit as 28x28, ink bright; those of another size are centred as MNIST's are."""
    return image if image.shape == (28, 28) else to_mnist(image, thicken=False)


def load_digit(upload: Upload, limits: Limits) -> npt.NDArray[np.uint8]:
    """Return the one digit that a picture shows, as 28x28."""
    try:
        picture = load_picture(upload.content, max_side=_WORKING_SIDE, limits=limits)
    except NumeralsError as error:
        raise with_client_filename(error, upload) from error
    return digit_from_picture(picture.pixels)


def with_client_filename(error: E, upload: Upload) -> E:
    """Return an error that calls the picture what the client does."""
    return error.with_message(str(error).replace("<bytes>", upload.name))
