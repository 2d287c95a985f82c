"""Walk through the folders below a folder, visiting each real folder once despite links."""

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path


def walk_folders(top: str) -> Iterator[tuple[str, list[str]]]:
    """Yield a folder and all folders below it, each with the names of its files.

    Links to folders are followed after all real folders, so that a folder is yielded with its own
    path rather than that of a link. Circular links are visited once. Hidden and unreadable files
    and folders are skipped. The search does not recurse, so its depth is not limited.

    Parameters
    ----------
    top : str
        A folder.

    Yields
    ------
    path, names : str, list of str

    Raises
    ------
    OSError
        If `top` cannot be read.
    """
    visited: set[tuple[int, int]] = set()
    pending, pending_links = deque([top]), deque[str]()
    while pending or pending_links:
        folder = (pending or pending_links).popleft()
        try:
            status = Path(folder).stat()
            identity = (status.st_dev, status.st_ino)
            if identity in visited:
                continue
            visited.add(identity)
            names, folders, links = _list_folder(folder)
        except OSError:
            if folder == top:
                raise
            continue
        pending += folders
        pending_links += links
        yield folder, names


def _list_folder(folder: str) -> tuple[list[str], list[str], list[str]]:
    """Return the names of the files of a folder, and the paths of its folders and folder links."""
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
