"""Expand paths, folders and patterns to image files in natural order."""

import errno
import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from numerals.errors import ImageError
from numerals.images.folder_walk import Visited, walk_files, walk_folders
from numerals.images.natural_order import natural_key
from numerals.images.source_bytes import shown_name

SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .apng .tif .tiff .bmp .webp .gif .heic .heif .hif .pdf".split()
)
"""Suffixes of image files in folders, lower case. Files given by path may have any name."""


_SEPARATORS = ("/", "\\") if os.sep == "\\" else ("/",)
_SEPARATOR = f"([{re.escape(''.join(_SEPARATORS))}])"


def picture_paths(patterns: Sequence[str | Path]) -> list[Path]:
    """Return the image files of paths, folders and patterns.

    Parameters
    ----------
    patterns : sequence of str or Path
        Files of any name, folders (searched recursively for known suffixes, without hidden files),
        and patterns such as ``"scans/*.jpg"`` or ``"**/*.png"``, for shells that do not expand
        them.

    Returns
    -------
    list of Path
        Each file once, in natural order of the names.

    Raises
    ------
    ImageError
        For a path that does not exist, a folder without image files, or a pattern without matches.
    """
    names = {name: None for pattern in patterns for name in list_pictures(os.fspath(pattern))}
    return [Path(name) for name in sorted(names, key=_path_key)]


def _path_key(path: str) -> str:
    return "\0".join(map(natural_key, Path(path).parts))


def list_pictures(pattern: str, visited: Visited | None = None) -> Iterator[str]:
    """Yield the image files of one path, folder or pattern, without holding them in memory.

    Parameters
    ----------
    pattern : str
        As for `picture_paths`.
    visited : set, optional
        Folders that are not searched; those that are searched are added.

    Yields
    ------
    str
        Paths in natural order.

    Raises
    ------
    ImageError
        As by `picture_paths`; but a folder whose files were all visited before may be empty.
    """
    visited = set() if visited is None else visited
    if not pattern:
        raise ImageError("the path is empty; name a file or folder, or . for the current folder")
    shown = shown_name(pattern)
    try:
        if _exists(pattern):
            yield from _files(pattern, visited)
            return
        matches = sorted(set(_matches(pattern)), key=_path_key) if glob.has_magic(pattern) else []
        for match in matches:
            yield from _files(match, visited, allow_empty=True)
    except ImageError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{shown}: cannot be searched ({reason}); check the path") from error
    if matches:
        return
    if shown == "<data URL>":
        raise ImageError(
            f"{shown}: expected a path; save the image as a file, or pass the URL to numerals.read"
        )
    problem = "matches no file" if glob.has_magic(pattern) else "no such file or folder"
    raise ImageError(f"{shown}: {problem}; check the spelling and the current folder")


def _exists(pattern: str) -> bool:
    try:
        return Path(pattern).exists()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # Python 3.11 and 3.12 raise it
            return False
        raise


def _matches(pattern: str) -> Iterator[str]:
    """Match as ``glob.glob`` does, but ``**`` visits each real folder once despite links."""
    before, stars, after = _split_at_stars(pattern)
    if not stars:
        # Unlike a shell, Path.glob refuses absolute patterns and matches hidden files.
        yield from glob.iglob(pattern)  # noqa: PTH207
        return
    for top in glob.iglob(before) if before else ["."]:  # noqa: PTH207
        for folder, names in walk_folders(top) if Path(top).is_dir() else ():
            inside = Path(folder)
            if after:
                yield from _matches(str(Path(glob.escape(str(inside)), after)))
            else:
                yield from (str(inside / name) for name in names)


def _split_at_stars(pattern: str) -> tuple[str, bool, str]:
    """Split a pattern at its first part ``**``.

    Returns
    -------
    before : str
    has_stars : bool
        Whether there is such a part.
    after : str

    Examples
    --------
    >>> _split_at_stars("scans/**/*.png")
    ('scans/', True, '*.png')
    """
    parts = re.split(_SEPARATOR, pattern)
    if "**" not in parts:
        return pattern, False, ""
    at = parts.index("**")
    after = at + 1
    while after < len(parts) and parts[after] in ("**", "", *_SEPARATORS):
        after += 1
    return "".join(parts[:at]), True, "".join(parts[after:])


def _files(path: str, visited: Visited, allow_empty: bool = False) -> Iterator[str]:
    """Yield a file itself, or the image files below a folder."""
    if not Path(path).is_dir():
        yield str(Path(path))
        return
    n_files, n_visited = 0, len(visited)
    for file in walk_files(str(Path(path)), visited):
        if is_picture_name(file):
            n_files += 1
            yield str(Path(file))
    if n_files == 0 and len(visited) > n_visited and not allow_empty:
        raise ImageError(
            f"{path}: no pictures in this folder, expected files that end in"
            f" {' '.join(sorted(SUFFIXES))}; check the path"
        )


def is_picture_name(name: str) -> bool:
    """Return whether a file name has one of the `SUFFIXES`."""
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - ten times as fast
