"""Path, bytes, file object, array or Pillow image -> pictures, a page at a time."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import IO, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.errors import ImageError
from numerals.images.decode import Document, ImageDocument, open_image, sniff
from numerals.images.decode_errors import explained
from numerals.images.limits import DEFAULT_LIMITS, Limits
from numerals.images.pdf import PdfDocument
from numerals.images.raster import Raster, Wanted, array_to_raster
from numerals.images.source_bytes import read_source, shown_name, source_name

Source: TypeAlias = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | IO[bytes]
    | npt.NDArray[Any]
    | Image.Image
)
"""What pictures are loaded from."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One page, decoded and upright.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (height, width) or (height, width, 3)
        Grey, or RGB if colour was asked for; paper bright, ink dark, as photographed. Read-only.
    source : str
        The file's name as given, or ``"<bytes>"``, ``"<data URL>"``, ``"<array>"``,
        ``"<image>"``, ``"<stdin>"``.
    number : int
        The page, from 1.
    n_pages : int
        How many pages the source has.
    scale : float
        Pixels of the upright original per pixel of `pixels`; 1.0 unless it was reduced.
    width, height : int, pixels
        Size of the upright original.
    reload : callable, optional
        Decodes a reduced page again in grey, the longer side limited to the given pixels, for as
        long as the source can be read. The result is kept. Raises ImageError.
    """

    pixels: npt.NDArray[np.uint8]
    source: str
    number: int
    n_pages: int
    scale: float
    width: int
    height: int
    reload: Callable[[int], npt.NDArray[np.uint8]] | None = field(default=None, repr=False)


def load_pictures(
    source: Source,
    *,
    resolution: float = 200,
    color: bool = False,
    max_side: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Picture]:
    """Decode a source page by page, lazily.

    Parameters
    ----------
    source : path, bytes, binary file object, data URL, ndarray or PIL.Image.Image
        JPEG, PNG, TIFF, BMP, WebP, GIF, HEIC or PDF, told by content. A file object is read from
        where it stands and need not be seekable. An array has shape (height, width) or
        (height, width, channels) and a dtype and range that `numerals.images.arrays` lists.
    resolution : float, dots per inch
        At which PDF pages are drawn.
    color : bool
        RGB instead of grey.
    max_side : int, pixels, optional
        Pictures with a longer side are reduced to it, JPEG while it is decoded.
    limits : Limits
        What is refused before memory is asked for.

    Yields
    ------
    Picture
        One for each page of a PDF or TIFF; one for anything else, animations included.

    Raises
    ------
    ImageError
        When the source, or the page that is next, cannot be decoded; earlier pages have been
        handed out by then.
    MissingExtraError
        For HEIC without its extra.

    Examples
    --------
    >>> import numpy as np
    >>> [picture] = load_pictures(np.zeros((20, 30), np.uint8), max_side=15)
    >>> picture.pixels.shape, picture.scale, picture.width
    ((10, 15), 2.0, 30)
    """
    name = source_name(source)
    with explained(shown_name(name)):
        wanted = Wanted(resolution, color, max_side, limits)
        content = _take(source, limits)
        document = _open(content, wanted)
    with closing(document):
        for number in range(1, document.n_pages + 1):
            yield _reloadable(_read(document, name, number), content, wanted)


def load_picture(
    source: Source,
    *,
    page: int = 1,
    resolution: float = 200,
    color: bool = False,
    max_side: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Picture:
    """Decode one page.

    Parameters
    ----------
    source, resolution, color, max_side, limits
        As for `load_pictures`.
    page : int
        Which one, from 1.

    Returns
    -------
    Picture

    Raises
    ------
    ImageError
        If there is no such page, or it cannot be decoded.
    MissingExtraError
        For HEIC without its extra.
    """
    name = source_name(source)
    with explained(shown_name(name)):
        wanted = Wanted(resolution, color, max_side, limits)
        content = _take(source, limits)
        document = _open(content, wanted)
    with closing(document):
        if not 1 <= page <= document.n_pages:
            raise ImageError(
                f"{shown_name(name)}: there is no page {page}; choose from 1 to {document.n_pages}"
            )
        return _reloadable(_read(document, name, page), content, wanted)


def _read(document: Document, name: str, number: int) -> Picture:
    n_pages, shown = document.n_pages, shown_name(name)
    with explained(shown if n_pages == 1 else f"{shown}, page {number} of {n_pages}"):
        raster = document.read_page(number)
    pixels = np.ascontiguousarray(raster.pixels).view()
    pixels.flags.writeable = False
    scale = max(raster.width, raster.height) / max(pixels.shape[:2])
    return Picture(pixels, name, number, n_pages, scale, raster.width, raster.height)


class _ArrayDocument:
    n_pages = 1

    def __init__(self, array: npt.NDArray[Any], wanted: Wanted) -> None:
        self._array = array
        self._wanted = wanted

    def read_page(self, number: int) -> Raster:
        return array_to_raster(self._array, self._wanted)

    def close(self) -> None:
        """Do nothing: the array is the caller's."""


_Content: TypeAlias = bytes | npt.NDArray[Any] | Image.Image


def _take(source: Source, limits: Limits) -> _Content:
    """Return what a source holds: it may be a stream, which is read only once."""
    if isinstance(source, np.ndarray | Image.Image):
        return source
    data = read_source(source, limits)
    if not data:
        raise ImageError("is empty; check that it was saved or copied completely")
    return data


def _open(content: _Content, wanted: Wanted) -> Document:
    if isinstance(content, np.ndarray):
        return _ArrayDocument(np.asarray(content), wanted)
    if isinstance(content, Image.Image):
        return ImageDocument(content, wanted, ours=False)
    kind = sniff(content)
    if kind == "PDF":
        return PdfDocument(content, wanted)
    return open_image(content, kind, wanted)


def _reloadable(picture: Picture, content: _Content, wanted: Wanted) -> Picture:
    """Return a picture that can be decoded at its original size, if it was reduced."""
    if picture.scale <= 1:
        return picture

    @lru_cache(maxsize=1)
    def reload(max_side: int) -> npt.NDArray[np.uint8]:
        with explained(shown_name(picture.source)):
            document = _open(content, replace(wanted, color=False, max_side=max_side))
        with closing(document):
            return _read(document, picture.source, picture.number).pixels

    return replace(picture, reload=reload)
