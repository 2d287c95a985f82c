"""File bytes -> pages, through Pillow (JPEG, PNG, TIFF, BMP, WebP, GIF) and pillow_heif (HEIC)."""

import io
import struct
from typing import Any, Protocol

from PIL import Image

from numerals.errors import ImageError, ImageTooLargeError, MissingExtraError
from numerals.images.limits import MIB
from numerals.images.raster import Raster, Wanted, image_to_raster

MAGIC = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",  # BigTIFF
    b"MM\0+": "TIFF",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
}
MAX_WEBP_PIXELS = 60_000_000
"""Its decoder takes 16 bytes a pixel: two frames, their copy, and Pillow's own."""

MAX_STRIP_BYTES = 256 * MIB
"""Of a TIFF, decompressed: a 32-bit picture of 120 megapixels then takes 0.8 GB in all."""

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class Document(Protocol):
    """An opened source: pages that are decoded one at a time."""

    @property
    def n_pages(self) -> int:
        """Number of pages."""

    def read_page(self, number: int) -> Raster:
        """Decode one page, numbered from 1."""

    def close(self) -> None:
        """Free what the source holds open."""


def sniff(data: bytes) -> str:
    """Tell a file's format by its first bytes.

    Parameters
    ----------
    data : bytes
        The file, or at least its first 1024 bytes.

    Returns
    -------
    str
        A name of Pillow's, ``"HEIC"`` or ``"PDF"``.

    Raises
    ------
    ImageError
        For bytes that begin like none of them.

    Examples
    --------
    >>> sniff(b"GIF89a...")
    'GIF'
    """
    for magic, kind in MAGIC.items():
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return "HEIC"
    if b"%PDF-" in data[:1024]:  # readers allow rubbish before the header
        return "PDF"
    raise ImageError(
        f"is not a picture we know (it starts with {_quoted(data[:12])}); "
        "give JPEG, PNG, TIFF, BMP, WebP, GIF, HEIC or PDF"
    )


def _quoted(start: bytes) -> str:
    text = start.decode("ascii", "replace")
    return f'"{text}"' if text.isprintable() and text.isascii() else f"the bytes {start.hex(' ')}"


class ImageDocument:
    """A file of a single picture, or an image that the caller opened.

    Of an animation, only the first frame is read: its frames are not pages.

    Parameters
    ----------
    image : PIL.Image.Image
        The picture.
    wanted : Wanted
        Colour, size and limits.
    ours : bool
        Whether it was opened here, so that it may be changed and closed.
    """

    n_pages = 1

    def __init__(self, image: Image.Image, wanted: Wanted, *, ours: bool = True) -> None:
        self._image = image
        self._wanted = wanted
        self._ours = ours

    def read_page(self, number: int) -> Raster:
        """Decode the picture."""
        return image_to_raster(self._image, self._wanted, draft=self._ours)

    def close(self) -> None:
        """Close the image, unless it is the caller's."""
        if self._ours:
            self._image.close()


class TiffDocument(ImageDocument):
    """A TIFF, with as many pages as it has directories.

    Parameters
    ----------
    data : bytes
        The file.
    wanted : Wanted
        Colour, size and limits.
    """

    def __init__(self, data: bytes, wanted: Wanted) -> None:
        n_pages = count_tiff_pages(data, at_most=wanted.limits.pages + 1)
        wanted.limits.check_pages(n_pages)
        super().__init__(Image.open(io.BytesIO(data), formats=("TIFF",)), wanted)
        self.n_pages = n_pages

    def read_page(self, number: int) -> Raster:
        """Decode one page, numbered from 1."""
        self._image.seek(number - 1)
        _check_strip(self._image)
        return super().read_page(number)


def open_image(data: bytes, kind: str, wanted: Wanted) -> Document:
    """Open a file that holds pictures; nothing is decoded yet.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : str
        As `sniff` names it, but not ``"PDF"``.
    wanted : Wanted
        Colour, size and limits.

    Returns
    -------
    Document
    """
    if kind == "TIFF":
        return TiffDocument(data, wanted)
    if kind == "HEIC":
        return ImageDocument(_open_heic(data, wanted), wanted)
    image = Image.open(io.BytesIO(data), formats=(kind,))
    if kind == "WEBP":
        _check_webp(image)
    return ImageDocument(image, wanted)


def _check_webp(image: Image.Image) -> None:
    if image.width * image.height > MAX_WEBP_PIXELS:
        raise ImageTooLargeError(
            f"is {image.width} x {image.height} pixels, more than the {MAX_WEBP_PIXELS:,} allowed "
            "for WebP; save it smaller, or as JPEG"
        )


def count_tiff_pages(data: bytes, at_most: int) -> int:
    """Count a TIFF's directories without reading their tags.

    Pillow's own count stops with an error at the first damaged page; this one leaves the pages
    before it readable. A chain that leads out of the file counts one more, the page that will fail.

    Parameters
    ----------
    data : bytes
        The file, TIFF or BigTIFF.
    at_most : int
        Where to stop counting.

    Returns
    -------
    int
        At least 1.

    References
    ----------
    TIFF Revision 6.0, Adobe, 1992, section 2.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = 43 in data[2:4]
    count, entry, link = ("Q", 20, "Q") if big else ("H", 12, "I")
    position, seen = 8 if big else 4, set[int]()
    while len(seen) < at_most:
        try:
            (directory,) = struct.unpack_from(order + link, data, position)
            if directory == 0 or directory in seen:
                break
            seen.add(directory)
            (n_entries,) = struct.unpack_from(order + count, data, directory)
        except struct.error:
            break
        position = directory + struct.calcsize(order + count) + n_entries * entry
    return max(1, len(seen))


def _check_strip(image: Image.Image) -> None:
    """Refuse a compressed strip or tile that takes as much memory as the whole picture again."""
    from PIL import TiffImagePlugin  # 8 ms that other pictures do without

    tags: Any = getattr(image, "tag_v2", {})
    if tags.get(TiffImagePlugin.COMPRESSION, 1) == 1:  # it is read in place
        return
    width, height = image.size
    height = min(height, tags.get(TiffImagePlugin.ROWSPERSTRIP, height))
    width = tags.get(TiffImagePlugin.TILEWIDTH, width)
    height = tags.get(TiffImagePlugin.TILELENGTH, height)
    bits = sum(tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,)))
    if width * height * bits > 8 * MAX_STRIP_BYTES:
        raise ImageTooLargeError(
            f"holds {width * height * bits // 8 / MIB:,.0f} MiB in one strip, more than the "
            f"{MAX_STRIP_BYTES // MIB} allowed; save it in smaller strips, or with 8 bits"
        )


def _open_heic(data: bytes, wanted: Wanted) -> Image.Image:
    try:
        import pillow_heif
    except ImportError as error:
        raise MissingExtraError("reading HEIC", "heic") from error
    heif = pillow_heif.open_heif(io.BytesIO(data))
    wanted.limits.check_pixels(*heif.size)
    image: Image.Image = heif.to_pillow()  # already upright: its EXIF orientation is 1
    return image
