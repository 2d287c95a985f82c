"""Expand paths, folders and patterns to image files in natural order."""

import errno
import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from numerals.errors import ImageError
from numerals.images.folder_walk import walk_folders
from numerals.images.source_bytes import shown_name

SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .apng .tif .tiff .bmp .webp .gif .heic .heif .hif .pdf".split()
)
"""Suffixes of image files in folders, lower case. Files given by path may have any name."""


_SEPARATORS = ("/", "\\") if os.sep == "\\" else ("/",)
_SEPARATOR = f"([{re.escape(''.join(_SEPARATORS))}])"


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key that orders ``"2.jpg"`` before ``"10.jpg"``.

    Parameters
    ----------
    name : str
        A file name; case is ignored.

    Returns
    -------
    tuple
        Comparable with other keys of this function.

    Examples
    --------
    >>> sorted(["10.jpg", "2.jpg", "1.jpg"], key=natural_key)
    ['1.jpg', '2.jpg', '10.jpg']
    """
    chunks = re.split("([0-9]+)", name.casefold())  # text and digits alternate
    digits = [chunk.lstrip("0") for chunk in chunks[1::2]]
    key = [(0, chunk) for chunk in chunks]
    key[1::2] = [(len(number), number) for number in digits]  # more digits, larger number
    return (*key, (0, name))


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
    paths = {path: None for pattern in patterns for path in _expand(os.fspath(pattern))}
    return sorted(paths, key=lambda path: [natural_key(part) for part in path.parts])


def _expand(pattern: str) -> Iterator[Path]:
    if not pattern:
        raise ImageError("the path is empty; name a file or folder, or . for the current folder")
    shown = shown_name(pattern)
    try:
        if _exists(pattern):
            yield from _files(pattern)
            return
        matches = list(_matches(pattern)) if glob.has_magic(pattern) else []
        for match in matches:
            yield from _files(match, allow_empty=True)
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


def _files(path: str, allow_empty: bool = False) -> list[Path]:
    """Return a file itself, or the image files below a folder."""
    if not Path(path).is_dir():
        return [Path(path)]
    files = [
        Path(folder, name)
        for folder, names in walk_folders(path)
        for name in names
        if Path(name).suffix.lower() in SUFFIXES and Path(folder, name).is_file()
    ]
    if not files and not allow_empty:
        raise ImageError(
            f"{path}: no pictures in this folder, expected files that end in"
            f" {' '.join(sorted(SUFFIXES))}; check the path"
        )
    return files
