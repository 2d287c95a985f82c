"""Walk through the folders below a folder, visiting each real folder once despite links."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from numerals.images.natural_order import natural_key

Visited = set[tuple[int, int]]
"""Devices and inodes of the folders that were visited."""
FOLDER_MARK = "/"
"""What the names of folders end with, among those of files."""


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
    visited: Visited = set()
    pending, pending_links = deque([top]), deque[str]()
    while pending or pending_links:
        folder = (pending or pending_links).popleft()
        try:
            if not _is_first_visit(folder, visited):
                continue
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


def _is_first_visit(folder: str, visited: Visited) -> bool:
    status = Path(folder).stat()
    identity = (status.st_dev, status.st_ino)
    is_first = identity not in visited
    visited.add(identity)
    return is_first


def walk_files(top: str, visited: Visited | None = None) -> Iterator[str]:
    """Yield the paths of all files below a folder, in the natural order of the paths.

    Only the names in the current folder and in those above it are held in memory. Links, hidden and
    unreadable files are treated as by `walk_folders`; the files of linked folders come last.

    Parameters
    ----------
    top : str
        A folder.
    visited : set, optional
        Folders that are not listed; those that are listed are added.

    Raises
    ------
    OSError
        If `top` cannot be read.
    """
    visited = set() if visited is None else visited
    links = deque[str]()

    def list_folder(folder: str) -> list[str]:
        try:
            return _list_marked(folder, links) if _is_first_visit(folder, visited) else []
        except OSError:
            if folder == top:
                raise
            return []

    yield from walk_tree(top, list_folder)
    while links:
        yield from walk_tree(links.popleft(), list_folder)


def walk_tree(
    top: str, list_folder: Callable[[str], Iterable[str]], separator: str = os.sep
) -> Iterator[str]:
    """Yield the paths of all files of a tree, in the natural order of the paths.

    Parameters
    ----------
    top : str
    list_folder : callable
        Takes the path of a folder; returns names of its files and folders, the latter followed by
        `FOLDER_MARK`.
    separator : str
        Between the names of a path.
    """

    def open_folder(folder: str) -> Iterator[tuple[str, str]]:
        names = sorted(list_folder(folder), key=lambda n: natural_key(n.removesuffix(FOLDER_MARK)))
        prefix = folder if folder.endswith(separator) else folder + separator
        return ((prefix, name) for name in names)

    opened = [open_folder(top)]
    while opened:
        prefix, name = next(opened[-1], ("", ""))
        if not name:
            opened.pop()
        elif name.endswith(FOLDER_MARK):
            opened.append(open_folder(prefix + name.removesuffix(FOLDER_MARK)))
        else:
            yield prefix + name


def _list_marked(folder: str, links: deque[str]) -> list[str]:
    """Return the names of files and, marked, of folders; append the paths of linked folders."""
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                target = Path(entry.path)
                if target.is_dir():
                    links.append(entry.path)
                elif target.is_file():
                    names.append(entry.name)
            elif entry.is_dir():
                names.append(entry.name + FOLDER_MARK)
            elif entry.is_file():
                names.append(entry.name)
    return names
