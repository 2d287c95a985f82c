"""The journal of a class: a file to which each pupil and each drawing is appended.

A line of the file is one event as JSON. An event is on the disk when the method that adds it
returns; a last line that was cut off by a crash is ignored. One process at a time adds events.
"""

import base64
import contextlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError, NotStoredError, OptionError
from numerals.files import PRIVATE_FILE, write_atomic
from numerals.private_files import locked, make_private_folder

SIDE = 28
"""Side of a drawing, pixels."""
N_LABELS = 10
MAX_WRITERS = 500
"""Maximum number of pupils of a class."""
MAX_DRAWINGS = 200
"""Maximum number of drawings of a pupil."""
MAX_NAME = 30
"""Maximum length of a pupil's name, characters."""

_CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look like another one
_CODE_LENGTH = 6


@dataclass(frozen=True, eq=False)
class Drawing:
    """One digit that a pupil drew.

    Attributes
    ----------
    id : int
        Number of the drawing in the class, from 1; it is not used again.
    writer : int
        Number of the pupil, from 1.
    position : int
        Number of the drawing among those of its writer, from 0. A later drawing with the same
        position replaces an earlier one.
    label : int
        The digit that the pupil was asked to draw.
    image : ndarray of uint8, shape (28, 28)
        Ink bright, centred as in MNIST.
    answer : str
        What the model read; empty for no digit.
    """

    id: int
    writer: int
    position: int
    label: int
    image: npt.NDArray[np.uint8]
    answer: str


class ClassRecord:
    """What the events of a journal result in.

    Attributes
    ----------
    code : str
        The code that pupils need to join; empty in a new class.
    secret : str
        Signs the pupils' keys.
    names : dict of int to str
        Number of each pupil -> name.
    last_id : int
        The highest number of a drawing so far, replaced and removed ones included.
    """

    def __init__(self) -> None:
        self.code = self.secret = ""
        self.names: dict[int, str] = {}
        self.last_id = 0
        self._drawings: dict[tuple[int, int], Drawing] = {}

    @property
    def drawings(self) -> list[Drawing]:
        """The drawings, oldest first."""
        return sorted(self._drawings.values(), key=lambda drawing: drawing.id)

    def find(self, writer: int, position: int) -> Drawing:
        """Return the drawing at a position."""
        return self._drawings[writer, position]

    def apply(self, event: dict[str, Any]) -> None:
        """Apply one event; raise ValueError, KeyError or TypeError if it is not valid."""
        kind = event["event"]
        if kind == "class":
            self.code, self.secret = str(event["code"]), str(event["secret"])
            self.last_id = int(event.get("last_id", 0))
        elif kind == "writer":
            self.names[int(event["writer"])] = str(event["name"])
        elif kind == "drawing":
            drawing = _to_drawing(event, int(event.get("id", self.last_id + 1)))
            self.last_id = max(self.last_id, drawing.id)
            if drawing.writer not in self.names:
                raise ValueError("writer")
            self._drawings[drawing.writer, drawing.position] = drawing
        elif kind == "remove":
            for key in [k for k, each in self._drawings.items() if each.id == event["drawing"]]:
                del self._drawings[key]
        else:
            raise ValueError("event")

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the events of a journal without replaced and removed drawings."""
        yield {
            "event": "class",
            "code": self.code,
            "secret": self.secret,
            "last_id": self.last_id,
        }
        for writer, name in self.names.items():
            yield {"event": "writer", "writer": writer, "name": name}
        for drawing in self.drawings:
            yield _to_event(drawing)


class ClassJournal:
    """The journal of one class, open for writing by this process only. Threads may share it.

    Opening it deletes the pixels of replaced and removed drawings from the file.

    Parameters
    ----------
    path : Path
        It is created with mode 0600 if it does not exist.

    Attributes
    ----------
    record : ClassRecord

    Raises
    ------
    OptionError
        If another journal of the class is open, such as that of another service.
    DataError
        If the file is not a journal.
    OSError
        If it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        make_private_folder(path.parent)
        self._open = contextlib.ExitStack()
        self._open.enter_context(_only_process(path))
        try:
            self._read()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let other processes open the class."""
        self._open.close()

    def _read(self) -> None:
        path = self.path
        self.record = read_class(path) if path.exists() else ClassRecord()
        if not self.record.code:
            self.record.code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
            self.record.secret = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._rewrite()

    def key_of(self, writer: int) -> str:
        """Return the key with which a pupil adds drawings; it stays the same."""
        signature = hmac.new(self.record.secret.encode(), str(writer).encode(), "sha256")
        return signature.hexdigest()[:32]

    def add_writer(self, name: str) -> int:
        """Add a pupil; return the pupil's number.

        Raises
        ------
        OptionError
            If the class is full.
        """
        with self._lock:
            writer = len(self.record.names) + 1
            if writer > MAX_WRITERS:
                raise OptionError(f"the class is full: it has {MAX_WRITERS} pupils")
            self._append({"event": "writer", "writer": writer, "name": name[:MAX_NAME]})
            return writer

    def add_drawing(
        self, writer: int, position: int, label: int, image: npt.NDArray[np.uint8], answer: str
    ) -> Drawing:
        """Add a drawing, or replace the one at its position.

        Raises
        ------
        NotStoredError
            If there is no such pupil.
        OptionError
            If `position` or `label` is out of range.
        """
        if not 0 <= position < MAX_DRAWINGS:
            raise OptionError(f"position={position} must be from 0 to {MAX_DRAWINGS - 1}")
        if not 0 <= label < N_LABELS:
            raise OptionError(f"label={label} must be from 0 to {N_LABELS - 1}")
        with self._lock:
            if writer not in self.record.names:
                raise NotStoredError(f"the class has no pupil {writer}; join it first")
            number = self.record.last_id + 1
            self._append(_to_event(Drawing(number, writer, position, label, image, answer)))
            return self.record.find(writer, position)

    def remove_drawing(self, drawing_id: int) -> None:
        """Remove a drawing.

        Raises
        ------
        NotStoredError
            If there is no such drawing.
        """
        with self._lock:
            if all(drawing.id != drawing_id for drawing in self.record.drawings):
                raise NotStoredError(f"the class has no drawing {drawing_id}")
            self._append({"event": "remove", "drawing": drawing_id})

    def drawings(self) -> list[Drawing]:
        """Return the drawings, oldest first."""
        with self._lock:
            return self.record.drawings

    def _append(self, event: dict[str, Any]) -> None:
        # The size differs if the file was deleted, or a line was cut off as the disk was full.
        if not self.path.exists() or self.path.stat().st_size != self._size:
            self._rewrite()
        line = _to_line(event)
        with self.path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._size += len(line)
        self.record.apply(event)

    def _rewrite(self) -> None:
        content = b"".join(map(_to_line, self.record.events()))
        write_atomic(self.path, content, PRIVATE_FILE)
        self._size = len(content)


@contextlib.contextmanager
def _only_process(path: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(path.with_suffix(".lock"), timeout=0))
        except TimeoutError as error:
            raise OptionError(
                f"the class {path.stem} is open in another service; stop it, or choose another "
                "name for the class"
            ) from error
        yield


def read_class(path: Path) -> ClassRecord:
    """Read the journal of a class, which another process may be writing.

    Raises
    ------
    DataError
        If the file is not a journal.
    OSError
        If it cannot be read.
    """
    record = ClassRecord()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            try:
                record.apply(json.loads(line))
            except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
                raise DataError(
                    f"{path}: line {number} is not an event of a class; restore the file, or "
                    "choose another name for the class"
                ) from error
    return record


def _to_line(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode("utf-8") + b"\n"


def _to_event(drawing: Drawing) -> dict[str, Any]:
    pixels = np.ascontiguousarray(drawing.image, np.uint8).tobytes()
    return {
        "event": "drawing",
        "id": drawing.id,
        "writer": drawing.writer,
        "position": drawing.position,
        "label": drawing.label,
        "image": base64.b64encode(pixels).decode("ascii"),
        "answer": drawing.answer,
    }


def _to_drawing(event: dict[str, Any], number: int) -> Drawing:
    pixels = np.frombuffer(base64.b64decode(event["image"], validate=True), np.uint8)
    writer, position, label = (int(event[key]) for key in ("writer", "position", "label"))
    if not 0 <= label < N_LABELS:
        raise ValueError("label")
    image = pixels.reshape(SIDE, SIDE)
    return Drawing(number, writer, position, label, image, str(event["answer"]))
