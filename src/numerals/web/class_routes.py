"""Routes of ``numerals serve --class``: pupils join and draw; the teacher's board shows the class.

Pupils need the code of the class instead of the service's access token, so that they can neither
read what others drew nor use the rest of the service. The board's routes are below ``/v1`` and
need the token.
"""

import hmac
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, field_validator
from starlette.exceptions import HTTPException

from numerals.classroom.class_digits import to_digits
from numerals.classroom.journal import MAX_DRAWINGS, MAX_NAME, ClassJournal, Drawing
from numerals.data import write_digits
from numerals.ink.uniform_background import stretch_mask
from numerals.picture_encoding import data_url
from numerals.web.class_comparison import compare_with_mnist
from numerals.web.class_state import Classroom
from numerals.web.page_routes import PAGE
from numerals.web.reading_routes import classify_digits
from numerals.web.state import State, state_of
from numerals.web.uploads import MAX_SIDE, parse_rows, to_model_input
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(tags=["class"])

_MEDIA_TYPES = {"npz": "application/octet-stream", "csv": "text/csv; charset=utf-8"}
_MAX_NEW = 500  # drawings in one response of the board


class Join(BaseModel):
    """A pupil who joins."""

    code: str = Field(max_length=20, description="the code of the class", examples=["K7QM2P"])
    name: str = Field("", max_length=MAX_NAME, description="a nickname", examples=["Ana"])

    @field_validator("name")
    @classmethod
    def _drop_unprintable(cls, name: str) -> str:
        # Emoji of several characters hold joiners, which cannot be printed.
        return "".join(c for c in name if c.isprintable()).strip()


class NewDrawing(BaseModel):
    """A drawing of a pupil."""

    writer: int = Field(ge=1, le=1_000_000, description="the pupil's number")
    key: str = Field(max_length=64, description="the pupil's key, from joining")
    position: int = Field(
        ge=0, lt=MAX_DRAWINGS, description="which of the pupil's drawings, from 0"
    )
    label: int = Field(ge=0, le=9, description="the digit that was asked for")
    image: list[list[int]] = Field(max_length=MAX_SIDE, description="rows of pixels, ink bright")


@ROUTES.get("/class", include_in_schema=False)
async def pupil_page() -> Response:
    """Return the page on which pupils draw."""
    return FileResponse(PAGE / "class.html", media_type="text/html; charset=utf-8")


@ROUTES.get("/board", include_in_schema=False)
async def board_page() -> Response:
    """Return the page that shows the class."""
    return FileResponse(PAGE / "board.html", media_type="text/html; charset=utf-8")


@ROUTES.post("/class/join", summary="Join the class")
async def join(request: Request, body: Join) -> dict[str, Any]:
    """Return the pupil's number and key, if the code is that of the class."""
    classroom = _classroom_of(request)
    if not hmac.compare_digest(
        body.code.strip().upper().encode(), classroom.journal.record.code.encode()
    ):
        raise HTTPException(403, "this is not the code of the class; look at the board")
    writer = await ticket_of(request).run(classroom.journal.add_writer, body.name)
    return {"writer": writer, "key": classroom.journal.key_of(writer), "class": classroom.name}


@ROUTES.post("/class/drawings", summary="Add a drawing to the class")
async def add_drawing(request: Request, body: NewDrawing) -> dict[str, Any]:
    """Store a drawing, and return what the model reads. Sending it again replaces it."""
    classroom = _classroom_of(request)
    if not hmac.compare_digest(body.key.encode(), classroom.journal.key_of(body.writer).encode()):
        raise HTTPException(403, "the key is not that of this pupil; join the class again")
    image = parse_rows(body.image, "image")
    return await ticket_of(request).run(_add, state_of(request), classroom.journal, body, image)


@ROUTES.get("/v1/class", summary="Show the class")
async def show_class(
    request: Request,
    after: Annotated[int, Query(ge=0, description="only drawings with a higher number")] = 0,
) -> dict[str, Any]:
    """Return the pupils, counts and new drawings. The ids of all drawings show which are gone."""
    classroom = _classroom_of(request)
    return await ticket_of(request).run(_describe, classroom, after)


@ROUTES.post("/v1/class/drawings/{drawing_id}/remove", summary="Remove a drawing")
async def remove_drawing(request: Request, drawing_id: int) -> dict[str, Any]:
    """Remove a drawing from the class."""
    await ticket_of(request).run(_classroom_of(request).journal.remove_drawing, drawing_id)
    return {"removed": drawing_id}


@ROUTES.get("/v1/class/comparison", summary="Compare the class with MNIST")
async def comparison(request: Request) -> dict[str, Any]:
    """Return accuracies of models that learn from the class and from MNIST, and mean images."""
    state, classroom = state_of(request), _classroom_of(request)
    digits = to_digits(classroom.journal.drawings(), classroom.data_set)
    return await ticket_of(request).run(compare_with_mnist, state, digits)


@ROUTES.get("/v1/class/export", summary="Download the drawings", response_class=Response)
async def export(request: Request, format: Literal["npz", "csv"] = "npz") -> Response:
    """Return the drawings as a data set without names; pupils are numbered."""
    classroom = _classroom_of(request)
    content = await ticket_of(request).run(_export, classroom, format)
    disposition = f'attachment; filename="{classroom.data_set}.{format}"'
    headers = {"Content-Disposition": disposition}
    return Response(content, media_type=_MEDIA_TYPES[format], headers=headers)


def _classroom_of(request: Request) -> Classroom:
    classroom = state_of(request).classroom
    assert classroom is not None, "the routes exist only with a class"
    return classroom


def _add(
    state: State, journal: ClassJournal, body: NewDrawing, pixels: npt.NDArray[np.uint8]
) -> dict[str, Any]:
    image = to_model_input(stretch_mask(pixels))
    if not image.any():
        raise HTTPException(422, "the drawing is empty; draw the digit first")
    read = classify_digits(state, image[None], "latin")["digits"][0]
    journal.add_drawing(body.writer, body.position, body.label, image, read["text"])
    return {"text": read["text"], "confidence": read["confidence"]}


def _describe(classroom: Classroom, after: int) -> dict[str, Any]:
    journal = classroom.journal
    drawings = journal.drawings()
    by_writer: dict[int, list[Drawing]] = {writer: [] for writer in journal.record.names}
    for drawing in drawings:
        by_writer[drawing.writer].append(drawing)
    counts = np.bincount([drawing.label for drawing in drawings], minlength=10)
    new = [drawing for drawing in drawings if drawing.id > after][-_MAX_NEW:]
    return {
        "class": classroom.name,
        "data": classroom.data_set,
        "address": classroom.pupil_address,
        "code": journal.record.code,
        "qr": classroom.qr_data_url,
        "counts": counts.tolist(),
        "ids": [drawing.id for drawing in drawings],
        "pupils": [
            {
                "writer": writer,
                "name": journal.record.names[writer],
                "count": len(own),
                "correct": sum(map(_is_correct, own)),
            }
            for writer, own in by_writer.items()
        ],
        "drawings": [
            {
                "id": drawing.id,
                "writer": drawing.writer,
                "label": drawing.label,
                "answer": drawing.answer,
                "picture": data_url(drawing.image),
            }
            for drawing in new
        ],
    }


def _is_correct(drawing: Drawing) -> bool:
    return drawing.answer == str(drawing.label)


def _export(classroom: Classroom, suffix: str) -> bytes:
    digits = to_digits(classroom.journal.drawings(), classroom.data_set)
    if not len(digits):
        raise HTTPException(422, "the class has no drawings yet")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"digits.{suffix}"
        write_digits(digits, path)
        return path.read_bytes()
