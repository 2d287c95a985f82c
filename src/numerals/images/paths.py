"""Which files a command line means: files, folders and patterns, in natural order."""

import errno
import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from numerals.errors import ImageError
from numerals.images.source_bytes import shown_name
from numerals.images.walk import walk

SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .apng .tif .tiff .bmp .webp .gif .heic .heif .hif .pdf".split()
)
"""What a picture's name ends in, lower case; for folders only, as files are told by content."""


_SEPARATORS = ("/", "\\") if os.sep == "\\" else ("/",)
_SEPARATOR = f"([{re.escape(''.join(_SEPARATORS))}])"


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key by which ``"2.jpg"`` comes before ``"10.jpg"``.

    Parameters
    ----------
    name : str
        A file's name; upper and lower case count alike.

    Returns
    -------
    tuple
        To be compared with other keys only.

    Examples
    --------
    >>> sorted(["10.jpg", "2.jpg", "1.jpg"], key=natural_key)
    ['1.jpg', '2.jpg', '10.jpg']
    """
    chunks = re.split("([0-9]+)", name.casefold())  # text and digits by turns
    digits = [chunk.lstrip("0") for chunk in chunks[1::2]]
    key = [(0, chunk) for chunk in chunks]
    key[1::2] = [(len(number), number) for number in digits]  # longer is larger
    return (*key, (0, name))


def picture_paths(patterns: Sequence[str | Path]) -> list[Path]:
    """Find the files that paths, folders and patterns mean.

    Parameters
    ----------
    patterns : sequence of str or Path
        Files (of any name), folders (searched through for known suffixes, hidden files left out)
        and patterns such as ``"scans/*.jpg"`` or ``"**/*.png"``, for shells that do not expand
        them.

    Returns
    -------
    list of Path
        Each file once, in natural order of the names.

    Raises
    ------
    ImageError
        For a path that does not exist, a folder without pictures, or a pattern without matches.
    """
    found = {path: None for pattern in patterns for path in _expand(os.fspath(pattern))}
    return sorted(found, key=lambda path: [natural_key(part) for part in path.parts])


def _expand(pattern: str) -> Iterator[Path]:
    if not pattern:
        raise ImageError("the path is empty; name a file or a folder, . for the one you are in")
    shown = shown_name(pattern)
    try:
        if _exists(pattern):
            yield from _files(pattern)
            return
        matches = list(_matches(pattern)) if glob.has_magic(pattern) else []
        for match in matches:
            yield from _files(match, must_hold=False)
    except ImageError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{shown}: cannot be searched ({reason}); check the path") from error
    if matches:
        return
    if shown == "<data URL>":
        raise ImageError(f"{shown}: is no path; save the picture, or give it to numerals.read")
    what = "matches no file" if glob.has_magic(pattern) else "no such file or folder"
    raise ImageError(f"{shown}: {what}; check the spelling, and the folder you are in")


def _exists(pattern: str) -> bool:
    try:
        return Path(pattern).exists()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # Python 3.11 and 3.12 raise it
            return False
        raise


def _matches(pattern: str) -> Iterator[str]:
    """Match as ``glob.glob`` does, but ``**`` enters each real folder once, links or not."""
    before, stars, after = _split_at_stars(pattern)
    if not stars:
        # not Path.glob: it refuses absolute patterns and matches hidden files, unlike a shell
        yield from glob.iglob(pattern)  # noqa: PTH207
        return
    for top in glob.iglob(before) if before else ["."]:  # noqa: PTH207
        for folder, names in walk(top) if Path(top).is_dir() else ():
            inside = Path(folder)
            if after:
                yield from _matches(str(Path(glob.escape(str(inside)), after)))
            else:
                yield from (str(inside / name) for name in names)


def _split_at_stars(pattern: str) -> tuple[str, bool, str]:
    """Return what comes before the first part that is ``**``, whether there is one, and the rest.

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


def _files(path: str, must_hold: bool = True) -> list[Path]:
    if not Path(path).is_dir():
        return [Path(path)]
    files = [
        Path(folder, name)
        for folder, names in walk(path)
        for name in names
        if Path(name).suffix.lower() in SUFFIXES and Path(folder, name).is_file()
    ]
    if must_hold and not files:
        raise ImageError(
            f"{path}: no pictures in this folder; known are {' '.join(sorted(SUFFIXES))}"
        )
    return files
