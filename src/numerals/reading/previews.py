"""Previews of the pictures of readings, for their display in notebooks.

A page that was read from a file decodes the file again when it is displayed. Pictures of other
sources are kept small, and only those of the last readings, so that many readings take no more
memory than a few.
"""

import itertools
import os
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import NumeralsError
from numerals.images import Picture, Source, load_picture
from numerals.images.raster import shrink
from numerals.page.grayscale import to_rgb
from numerals.records import Page, Preview

KEPT_SIDE = 1000
"""Maximum of width and height of a picture that is kept, pixels."""
MAX_KEPT = 8
"""Number of pictures of sources other than files that are kept, at most 3 MB each."""

_Pixels = npt.NDArray[np.uint8]

_kept: deque[tuple[int, _Pixels, float]] = deque(maxlen=MAX_KEPT)  # number, pixels, scale
_numbers = itertools.count()


@dataclass(frozen=True)
class FilePreview:
    """Decodes a page of a file again.

    Attributes
    ----------
    path : str
        Absolute path.
    page : int
        Page number, from 1.
    resolution : float, dots per inch
        At which pages of PDF files are rendered.
    size : tuple of int
        Width and height of the page when it was read, pixels.
    """

    path: str
    page: int
    resolution: float
    size: tuple[int, int]

    def __call__(self, max_side: int) -> tuple[_Pixels, float] | None:
        """Return RGB pixels and their scale, or None if the file is gone or has another size."""
        try:
            picture = load_picture(
                self.path,
                page=self.page,
                resolution=self.resolution,
                color=True,
                max_side=max_side,
            )
        except (NumeralsError, OSError):
            return None
        if (picture.width, picture.height) != self.size:
            return None
        return picture.pixels, picture.scale


@dataclass(frozen=True)
class KeptPreview:
    """Finds a picture among the last ones that were kept.

    Attributes
    ----------
    number : int
    """

    number: int

    def __call__(self, max_side: int) -> tuple[_Pixels, float] | None:
        """Return RGB pixels and their scale, or None if later pictures have replaced it."""
        found = (kept for kept in tuple(_kept) if kept[0] == self.number)
        _, pixels, scale = next(found, (None, None, 1.0))
        return None if pixels is None else (to_rgb(pixels), scale)


def with_preview(page: Page, source: Source, picture: Picture, resolution: float) -> Page:
    """Return a page that can display the picture that it was read from.

    Parameters
    ----------
    page : Page
    source : path, bytes, binary file object, data URL, NumPy array or PIL image
        What `picture` was decoded from.
    picture : Picture
    resolution : float, dots per inch
        At which pages of PDF files are rendered.
    """
    preview: Preview
    if isinstance(source, str | os.PathLike) and _is_file(source):
        size = (picture.width, picture.height)
        preview = FilePreview(str(Path(source).resolve()), picture.number, resolution, size)
    else:
        preview = KeptPreview(_keep(picture))
    lines = tuple(replace(line, preview=preview) for line in page.lines)
    return replace(page, lines=lines, preview=preview)


def _is_file(source: str | os.PathLike[str]) -> bool:
    try:
        return Path(source).is_file()
    except (OSError, ValueError):  # a data URL is too long for a path
        return False


def _keep(picture: Picture) -> int:
    """Keep a small copy of a picture and return its number."""
    number = next(_numbers)
    small = shrink(picture.pixels, KEPT_SIDE).copy()  # the caller may change an array
    scale = max(picture.width, picture.height) / max(small.shape[:2])
    _kept.append((number, small, scale))
    return number
