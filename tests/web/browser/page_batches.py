"""Batches that tests make through the API, and drops of files on the page."""

import time
from pathlib import Path

import cv2
import numpy as np

# File name and column of the selected cell of a batch's table.
SELECTED = """() => {
  const cell = document.getElementById("selected-cell");
  const row = cell.closest(".table-row");
  return [row.querySelector(".file-label").textContent, [...row.children].indexOf(cell)];
}"""


def make_batch(request, server: str, pictures: dict[str, np.ndarray | bytes], **settings) -> str:
    """Create a batch of pictures, wait until they are read, and return its id."""
    batch = request.post(f"{server}/v1/batches", data={"name": "Test", **settings}).json()["id"]
    for name, picture in pictures.items():
        content = picture if isinstance(picture, bytes) else encoded_png(picture)
        file = {"name": name, "mimeType": "image/png", "buffer": content}
        answer = request.post(f"{server}/v1/batches/{batch}/items", multipart={"files": file})
        assert answer.ok, answer.text()
    wait_until_read(request, server, batch)
    return str(batch)


def encoded_png(picture: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".png", picture)[1])


def wait_until_read(request, server: str, batch: str, seconds: float = 120) -> dict:
    """Wait until all files of a batch are read; return the batch."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = request.get(f"{server}/v1/batches/{batch}").json()
        if state["state"] == "done":
            return dict(state)
        time.sleep(0.1)
    raise AssertionError(f"the batch is not read after {seconds} s: {state}")


def drop(page, paths: list[Path], x: float = 600, y: float = 400) -> None:
    """Drop files and folders on the page, as from a file manager."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": x, "y": y, "data": data}
        session.send("Input.dispatchDragEvent", event)
