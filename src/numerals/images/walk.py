"""Files and folders below a folder, each real folder once, whatever the links in it lead to."""

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path


def walk(top: str) -> Iterator[tuple[str, list[str]]]:
    """Yield a folder and all that are below it, each with the names of its files.

    Links to folders are followed, after the folders themselves, so that a folder goes by its own
    name rather than a link's. Links that lead around in a circle end where they began. Hidden
    files and folders are left out, as are those that may not be read. Nothing recurses: the depth
    does not matter.

    Parameters
    ----------
    top : str
        A folder.

    Yields
    ------
    path, names : str, list of str
    """
    seen: set[tuple[int, int]] = set()
    waiting, linked = deque([top]), deque[str]()
    while waiting or linked:
        folder = (waiting or linked).popleft()
        try:
            if _is_seen(folder, seen):
                continue
            names, folders, links = _look_into(folder)
        except OSError:
            if folder == top:
                raise
            continue
        waiting += folders
        linked += links
        yield folder, names


def _is_seen(folder: str, seen: set[tuple[int, int]]) -> bool:
    status = Path(folder).stat()
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        return True
    seen.add(identity)
    return False


def _look_into(folder: str) -> tuple[list[str], list[str], list[str]]:
    """Return the names of a folder's files, and the paths of its folders and links to folders."""
    names, folders, links = [], [], []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            if not entry.is_dir():
                names.append(entry.name)
            elif entry.is_symlink():
                links.append(entry.path)
            else:
                folders.append(entry.path)
    return names, folders, links
