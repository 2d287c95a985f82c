"""Which files a command line means: files, folders and patterns, in natural order."""

import glob
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from numerals.errors import ImageError

SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .apng .tif .tiff .bmp .webp .gif .heic .heif .hif .pdf".split()
)
"""What a picture's name ends in, lower case; for folders only, as files are told by content."""


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
    found = {path: None for pattern in patterns for path in _expand(str(pattern))}
    return sorted(found, key=lambda path: [natural_key(part) for part in path.parts])


def _expand(pattern: str) -> Iterator[Path]:
    try:
        if Path(pattern).exists():
            yield from _files(Path(pattern))
            return
        # not Path.glob: it refuses absolute patterns and matches hidden files, unlike a shell
        matches = glob.glob(pattern, recursive=True) if glob.has_magic(pattern) else []  # noqa: PTH207
        for match in matches:
            yield from _files(Path(match), must_hold=False)
    except (OSError, ValueError) as error:
        raise ImageError(f"{pattern}: cannot be searched ({error}); check the path") from error
    if not matches:
        what = "matches no file" if glob.has_magic(pattern) else "no such file or folder"
        raise ImageError(f"{pattern}: {what}; check the spelling, and the folder you are in")


def _files(path: Path, must_hold: bool = True) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = [file for file in path.rglob("*") if _is_picture(file, path)]
    if must_hold and not files:
        raise ImageError(
            f"{path}: no pictures in this folder; known are {' '.join(sorted(SUFFIXES))}"
        )
    return files


def _is_picture(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and file.suffix.lower() in SUFFIXES and file.is_file()
