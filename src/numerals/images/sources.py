"""Load pictures from paths, bytes, file objects, arrays or Pillow images, a page at a time."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import IO, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.errors import ImageError
from numerals.images.decode import Document, ImageDocument, open_image, sniff
from numerals.images.decode_errors import translate_decode_errors
from numerals.images.limits import DEFAULT_LIMITS, Limits
from numerals.images.pdf import PdfDocument
from numerals.images.raster import DecodeOptions, Raster, array_to_raster
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
"""Types of objects that pictures are loaded from."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One decoded, upright page.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (height, width) or (height, width, 3)
        Gray, or RGB if requested; bright paper and dark ink as photographed. Read-only.
    source : str
        The file name as given, or ``"<bytes>"``, ``"<data URL>"``, ``"<array>"``,
        ``"<image>"``, ``"<stdin>"``.
    number : int
        Page number, from 1.
    n_pages : int
        Number of pages of the source.
    scale : float
        Pixels of the original per pixel of `pixels`; 1.0 if it was not reduced.
    width, height : int, pixels
        Size of the upright original.
    reload : callable (int) -> ndarray, optional
        Decodes a reduced page again in gray, with the given maximum of width and height in pixels.
        The last result is cached. Raises ImageError if the source can no longer be read.
    """

    pixels: npt.NDArray[np.uint8]
    source: str
    number: int
    n_pages: int
    scale: float
    width: int
    height: int
    reload: Callable[[int], npt.NDArray[np.uint8]] | None = field(default=None, repr=False)


class PageRange(NamedTuple):
    """Pages of a source, from `first` to `last`, which is None for the last page."""

    first: int = 1
    last: int | None = None


ALL_PAGES = PageRange()

MAX_FAILED_PAGES = 3
"""Number of pages in a row that may fail before a source is given up: a page of a PDF may take its
time limit first."""


def load_pictures(
    source: Source,
    *,
    pages: PageRange = ALL_PAGES,
    resolution: float = 200,
    color: bool = False,
    max_side: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
    on_error: Callable[[ImageError], None] | None = None,
) -> Iterator[Picture]:
    """Decode a source lazily, page by page.

    Parameters
    ----------
    source : path, bytes, binary file object, data URL, ndarray or PIL.Image.Image
        JPEG, PNG, TIFF, BMP, WebP, GIF, HEIC or PDF, detected by content. A file object is read
        from its current position and need not be seekable. An array has shape (height, width) or
        (height, width, channels) and a dtype and range that `numerals.images.array_pixels` lists.
    pages : PageRange
        First and last page to decode; by default all.
    resolution : float, dots per inch
        Resolution at which PDF pages are rendered.
    color : bool
        RGB instead of gray.
    max_side : int, pixels, optional
        Maximum of width and height; larger images are reduced to it, JPEG during decoding.
    limits : Limits
        Sizes above which a source is refused before memory is allocated.
    on_error : callable (ImageError), optional
        Called with the error of a page that cannot be decoded; the pages after it are decoded. By
        default the error is raised, and so is that of the last of `MAX_FAILED_PAGES` in a row.

    Yields
    ------
    Picture
        One for each page of a PDF or TIFF; one for other sources, animations included.

    Raises
    ------
    ImageError
        If the source or the next page cannot be decoded; earlier pages have been yielded. If there
        is no first page of the range.
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
    with translate_decode_errors(shown_name(name)):
        options = DecodeOptions(resolution, color, max_side, limits)
        content = _read_content(source, limits)
    first, n_failed = pages.first, 0
    while True:
        try:
            for picture in _decode_pages(content, name, PageRange(first, pages.last), options):
                yield picture
                n_failed = 0
            return
        except ImageError as error:
            n_failed += 1
            if on_error is None or error.page is None or n_failed == MAX_FAILED_PAGES:
                raise
            on_error(error)
            if error.page >= min(filter(None, (pages.last, error.n_pages))):
                return
            first = error.page + 1  # in a new document: the failure may have ended its process


def _decode_pages(
    content: "_Content", name: str, pages: PageRange, options: DecodeOptions
) -> Iterator[Picture]:
    with translate_decode_errors(shown_name(name)):
        document = _open(content, options)
    with closing(document):
        _check_page(name, pages.first, document.n_pages)
        for number in range(pages.first, min(pages.last or document.n_pages, document.n_pages) + 1):
            yield _reloadable(_read(document, name, number), content, options)


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
        Page number, from 1.

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
    [picture] = load_pictures(
        source,
        pages=PageRange(page, page),
        resolution=resolution,
        color=color,
        max_side=max_side,
        limits=limits,
    )
    return picture


def _check_page(name: str, page: int, n_pages: int) -> None:
    if not 1 <= page <= n_pages:
        error = ImageError(
            f"{shown_name(name)}: got page={page}, expected 1 to {n_pages}; choose an existing page"
        )
        error.page, error.n_pages = page, n_pages
        raise error


def count_pages(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> int:
    """Return the number of pages of a source, without decoding them.

    Raises
    ------
    ImageError
        If the source cannot be opened, or has too many pages.
    """
    with translate_decode_errors(shown_name(source_name(source))):
        document = _open(_read_content(source, limits), DecodeOptions(limits=limits))
    with closing(document):
        return document.n_pages


def _read(document: Document, name: str, number: int) -> Picture:
    n_pages, shown = document.n_pages, shown_name(name)
    where = shown if n_pages == 1 else f"{shown}, page {number} of {n_pages}"
    try:
        with translate_decode_errors(where):
            raster = document.read_page(number)
    except ImageError as error:
        error.page, error.n_pages = number, n_pages
        raise
    pixels = np.ascontiguousarray(raster.pixels).view()
    pixels.flags.writeable = False
    scale = max(raster.width, raster.height) / max(pixels.shape[:2])
    return Picture(pixels, name, number, n_pages, scale, raster.width, raster.height)


class _ArrayDocument:
    n_pages = 1

    def __init__(self, array: npt.NDArray[Any], options: DecodeOptions) -> None:
        self._array = array
        self._options = options

    def read_page(self, number: int) -> Raster:
        return array_to_raster(self._array, self._options)

    def close(self) -> None:
        """Do nothing; the array belongs to the caller."""


_Content: TypeAlias = bytes | npt.NDArray[Any] | Image.Image


def _read_content(source: Source, limits: Limits) -> _Content:
    """Return the content of a source; a stream can be read only once."""
    if isinstance(source, np.ndarray | Image.Image):
        return source
    data = read_source(source, limits)
    if not data:
        raise ImageError("is empty; check that it was saved or copied completely")
    return data


def _open(content: _Content, options: DecodeOptions) -> Document:
    if isinstance(content, np.ndarray):
        return _ArrayDocument(np.asarray(content), options)
    if isinstance(content, Image.Image):
        return ImageDocument(content, options, owned=False)
    file_format = sniff(content)
    if file_format == "PDF":
        return PdfDocument(content, options)
    return open_image(content, file_format, options)


def _reloadable(picture: Picture, content: _Content, options: DecodeOptions) -> Picture:
    """Add `reload` to a picture that was reduced."""
    if picture.scale <= 1:
        return picture

    @lru_cache(maxsize=1)
    def reload(max_side: int) -> npt.NDArray[np.uint8]:
        with translate_decode_errors(shown_name(picture.source)):
            document = _open(content, replace(options, color=False, max_side=max_side))
        with closing(document):
            return _read(document, picture.source, picture.number).pixels

    return replace(picture, reload=reload)
