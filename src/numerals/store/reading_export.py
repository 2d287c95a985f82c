"""Export stored readings to a folder: one file of JSON lines, and PNG files of pages and lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numerals.errors import DataError
from numerals.files import atomic_folder
from numerals.private_files import make_private_folder, open_private_file, write_private_file
from numerals.store.store import Store
from numerals.store.stored_readings import Selection, export_readings

READINGS_FILE = "readings.jsonl"


def write_readings(store: Store, folder: Path, selection: Selection | None = None) -> int:
    """Write ``readings.jsonl``, one reading a line, and the folders ``pages`` and ``lines``.

    Only the user may read the files (0600) and enter the folders (0700). The folder exists only
    after everything is written.

    Parameters
    ----------
    store : Store
    folder : Path
        A folder that does not exist, or is empty.
    selection : Selection, optional

    Returns
    -------
    int
        Number of readings.

    Raises
    ------
    DataError
        If the folder is not empty, or cannot be written.
    NotStoredError
        If a selected id does not exist.
    StoreError
        If a row is damaged.
    """
    try:
        make_private_folder(folder.parent)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{folder}: cannot be written ({reason}); name another place") from error
    with atomic_folder(folder, private=True) as partial:
        for name in ("pages", "lines"):
            make_private_folder(partial / name)
        n_written = 0
        with open_private_file(partial / READINGS_FILE) as stream:
            for entry in _move_pictures_to_files(export_readings(store, selection), partial):
                stream.write(json.dumps(entry).encode() + b"\n")
                n_written += 1
    return n_written


def _move_pictures_to_files(
    readings: Iterator[dict[str, Any]], folder: Path
) -> Iterator[dict[str, Any]]:
    """Write the pictures of readings to files, and yield the readings with the names of files."""
    for entry in readings:
        for page in entry["pages"]:
            name = f"pages/{entry['id']}-{page['page']}.png"
            page["picture"] = _write_picture(page["picture"], folder, name)
        for line in entry["lines"]:
            line["crop"] = _write_picture(line["crop"], folder, f"lines/{line['id']}.png")
        yield entry


def _write_picture(content: bytes | None, folder: Path, name: str) -> str | None:
    if content is None:
        return None
    write_private_file(folder / name, content)
    return name
