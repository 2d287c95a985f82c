"""Stored readings -> a folder of plain files: JSON lines, and a PNG of each page and line kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numerals.errors import StoreError
from numerals.files import PRIVATE_FILE, PRIVATE_FOLDER, partial_file
from numerals.private_files import write_private
from numerals.store.manage import Selection, export_readings
from numerals.store.store import Store

READINGS_FILE = "readings.jsonl"


def write_readings(store: Store, folder: Path, selection: Selection | None = None) -> int:
    """Write ``readings.jsonl``, a reading a line, and beside it ``pages/`` and ``lines/``.

    Folder and files are the user's alone. ``readings.jsonl`` is there once all is written.

    Parameters
    ----------
    store : Store
    folder : Path
        One that does not exist yet, or is empty.
    selection : Selection, optional

    Returns
    -------
    int
        How many readings there are.

    Raises
    ------
    StoreError
        If the folder holds something, or cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StoreError(f"{folder}: already holds something; name a new folder")
        for made in (folder, folder / "pages", folder / "lines"):
            made.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with (
            partial_file(folder / READINGS_FILE, PRIVATE_FILE) as partial,
            partial.open("w", encoding="utf-8") as stream,
        ):
            n_written = 0
            for each in _with_files(export_readings(store, selection), folder):
                stream.write(json.dumps(each) + "\n")
                n_written += 1
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"{folder}: cannot be written ({reason}); name another place") from error
    return n_written


def _with_files(readings: Iterator[dict[str, Any]], folder: Path) -> Iterator[dict[str, Any]]:
    """Yield readings with the names of files in place of their pictures."""
    for each in readings:
        for page in each["pages"]:
            name = f"pages/{each['id']}-{page['page']}.png"
            page["picture"] = _write(page["picture"], folder, name)
        for line in each["lines"]:
            line["crop"] = _write(line["crop"], folder, f"lines/{line['id']}.png")
        yield each


def _write(content: bytes | None, folder: Path, name: str) -> str | None:
    if content is None:
        return None
    write_private(folder / name, content)
    return name
