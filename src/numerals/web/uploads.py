"""Parse the body of a request into pictures or arrays of digits."""

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
"""Maximum number of digits in a JSON body."""
MIN_SIDE, MAX_SIDE = 8, 256
"""Minimum and maximum height and width of a digit in a JSON body, pixels."""

_MAX_FILENAME = 200  # characters
_MAX_JSON_OBJECTS = 8  # a valid body has one
_MAX_DIGIT_PICTURE_SIDE = 1600  # pixels; larger pictures of one digit are scaled down

E = TypeVar("E", bound=NumeralsError)
Images = list[npt.NDArray[np.uint8]]

PICTURE_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        **{
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in ("image/jpeg", "image/png", "application/pdf")
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
"""OpenAPI description of a body with a picture."""

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
    """Return the OpenAPI description of a body with digits under ``image`` or ``images``."""
    is_list = key == "images"
    images = {"type": "array", "minItems": 1, "maxItems": MAX_IMAGES, "items": _PIXELS}
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": [key],
                    "properties": {key: images if is_list else _PIXELS},
                },
                "example": {key: [_SEVEN] if is_list else _SEVEN},
            },
            "multipart/form-data": PICTURE_BODY["content"]["multipart/form-data"],
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    }


@dataclass(frozen=True)
class Upload:
    """An uploaded file: its content, and its sanitized file name."""

    content: bytes
    name: str


@dataclass(frozen=True)
class RequestBody:
    """A body and its Content-Type. Worker threads parse it."""

    content: bytes
    content_type: str

    @property
    def media_type(self) -> str:
        """The content type without parameters, lowercase."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the content type is JSON."""
        return self.media_type == "application/json"


async def receive_body(request: Request, ticket: QueueTicket) -> RequestBody:
    """Receive the body of a request before the deadline of its ticket."""
    content: bytes = await ticket.wait_for(read_body(request.receive))
    return RequestBody(content, request.headers.get("content-type", ""))


def parse_pictures(body: RequestBody, name: str = "") -> list[Upload]:
    """Return the pictures in a body.

    Parameters
    ----------
    body : RequestBody
        A picture, or a form with files in the field ``picture``.
    name : str, default=""
        File name for a picture that is the whole body.

    Raises
    ------
    HTTPException
        400 if the form is malformed, 413 if it has too many parts, 415 for other content types,
        422 if the form has no picture.
    """
    media_type = body.media_type
    if media_type == "multipart/form-data":
        files = parse_files(body.content, body.content_type, "picture")
        if not files:
            raise HTTPException(422, "the form has no file in the field picture; add one")
        return [Upload(content, sanitize_filename(filename)) for filename, content in files]
    is_binary = media_type in ("", "application/pdf", "application/octet-stream")
    if media_type.startswith("image/") or is_binary:
        return [Upload(body.content, sanitize_filename(name))]
    raise HTTPException(
        415,
        f"the content type {media_type!r} is not a picture; send image/* or application/pdf, or a "
        "form (multipart/form-data) with the field picture",
    )


def sanitize_filename(name: str | None) -> str:
    """Return the last component of a path, printable and at most 200 characters long."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable())
    return printable[:_MAX_FILENAME].encode("utf-8", "ignore").decode("utf-8") or "picture"


def parse_digits(content: bytes, key: str) -> Images:
    """Return the digits in a JSON body.

    Parameters
    ----------
    content : bytes
    key : {"image", "images"}

    Returns
    -------
    list of ndarray of uint8, shape (height, width)

    Raises
    ------
    HTTPException
        422 unless the digits are rectangular arrays of integers from 0 to 255 of allowed sizes.
    """
    max_images = 1 if key == "image" else MAX_IMAGES
    max_lists = 1 + max_images * (1 + MAX_SIDE)
    # Thousands of empty lists or objects would need much more memory than their JSON text.
    if content.count(b"[") > max_lists or content.count(b"{") > _MAX_JSON_OBJECTS:
        raise HTTPException(
            422,
            f"the body has too many lists or objects; send at most {max_images} images of "
            f"{MAX_SIDE} rows",
        )
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, f"the body is not JSON ({type(error).__name__})") from error
    value = body.get(key) if isinstance(body, Mapping) else None
    if not isinstance(value, list) or not value:
        raise HTTPException(422, f'the body must be {{"{key}": [...]}}, with at least one row')
    if key == "image":
        return [parse_rows(value, "image")]
    if len(value) > MAX_IMAGES:
        raise HTTPException(422, f"got {len(value)} images; send at most {MAX_IMAGES} per request")
    return [parse_rows(image, f"images[{i}]") for i, image in enumerate(value)]


def parse_rows(rows: Any, name: str) -> npt.NDArray[np.uint8]:
    """Return the rows of pixels of one digit as an array, shape (height, width).

    Raises
    ------
    HTTPException
        422 unless it is a rectangular array of integers from 0 to 255 of an allowed size.
    """
    if not isinstance(rows, list) or not MIN_SIDE <= len(rows) <= MAX_SIDE:
        raise HTTPException(422, f"{name}: expected {MIN_SIDE} to {MAX_SIDE} rows of pixels")
    width = len(rows[0]) if isinstance(rows[0], list) else 0
    if not MIN_SIDE <= width <= MAX_SIDE:
        raise HTTPException(422, f"{name}: expected rows of {MIN_SIDE} to {MAX_SIDE} pixels")
    for row in rows:
        if not isinstance(row, list) or len(row) != width:
            raise HTTPException(422, f"{name}: expected rows of equal length")
        if not all(type(value) is int and 0 <= value <= 255 for value in row):
            raise HTTPException(422, f"{name}: expected pixels that are integers from 0 to 255")
    return np.array(rows, np.uint8)


def to_model_input(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a digit as 28x28 pixels; images of other sizes are centred like MNIST's."""
    return image if image.shape == (28, 28) else to_mnist(image, thicken=False)


def load_digit(upload: Upload, limits: Limits) -> npt.NDArray[np.uint8]:
    """Return the digit in a picture as 28x28 pixels, ink bright.

    Raises
    ------
    ImageError
        If the picture cannot be decoded.
    """
    try:
        picture = load_picture(upload.content, max_side=_MAX_DIGIT_PICTURE_SIDE, limits=limits)
    except NumeralsError as error:
        raise with_client_filename(error, upload) from error
    return digit_from_picture(picture.pixels)


def with_client_filename(error: E, upload: Upload) -> E:
    """Return an error whose message has the file name of the upload."""
    return error.with_message(str(error).replace("<bytes>", upload.name))
