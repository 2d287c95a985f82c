"""Path, bytes, file object, array or Pillow image -> pictures, a page at a time."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.errors import ImageError
from numerals.images.decode import Document, ImageDocument, open_image, sniff
from numerals.images.failures import explained
from numerals.images.files import read_source, shown_name, source_name
from numerals.images.limits import DEFAULT_LIMITS, Limits
from numerals.images.pdf import PdfDocument
from numerals.images.pixels import Raster, Wanted, array_to_raster

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
    """

    pixels: npt.NDArray[np.uint8]
    source: str
    number: int
    n_pages: int
    scale: float
    width: int
    height: int


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
        document = _open(source, wanted)
    with closing(document):
        for number in range(1, document.n_pages + 1):
            yield _read(document, name, number)


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
        document = _open(source, wanted)
    with closing(document):
        if not 1 <= page <= document.n_pages:
            raise ImageError(
                f"{shown_name(name)}: there is no page {page}; choose from 1 to {document.n_pages}"
            )
        return _read(document, name, page)


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


def _open(source: Source, wanted: Wanted) -> Document:
    if isinstance(source, np.ndarray):
        return _ArrayDocument(np.asarray(source), wanted)
    if isinstance(source, Image.Image):
        return ImageDocument(source, wanted, ours=False)
    data = read_source(source, wanted.limits)
    if not data:
        raise ImageError("is empty; check that it was saved or copied completely")
    kind = sniff(data)
    return PdfDocument(data, wanted) if kind == "PDF" else open_image(data, kind, wanted)
