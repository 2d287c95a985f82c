"""Open image files with Pillow (JPEG, PNG, TIFF, BMP, WebP, GIF) and pillow_heif (HEIC)."""

import io
import struct
from typing import Any, Protocol

from PIL import Image

from numerals.errors import ImageError, ImageTooLargeError, MissingExtraError
from numerals.images.limits import MIB
from numerals.images.raster import DecodeOptions, Raster, image_to_raster

IMAGE_SIGNATURES = {
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
"""Maximum size of a WebP image; its decoder needs 16 bytes per pixel."""

MAX_STRIP_BYTES = 256 * MIB
"""Maximum decompressed size of a strip or tile of a TIFF, bytes; a 32-bit image of 120 megapixels
then needs 0.8 GB in all."""

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class Document(Protocol):
    """An opened source, whose pages are decoded one at a time."""

    @property
    def n_pages(self) -> int:
        """Number of pages, at least 1."""

    def read_page(self, number: int) -> Raster:
        """Decode one page, numbered from 1."""

    def close(self) -> None:
        """Release files and processes."""


def sniff(data: bytes) -> str:
    """Detect the format of a file by its first bytes.

    Parameters
    ----------
    data : bytes
        The file, or at least its first 1024 bytes.

    Returns
    -------
    str
        The name of a Pillow format, ``"HEIC"`` or ``"PDF"``.

    Raises
    ------
    ImageError
        If the format is unknown.

    Examples
    --------
    >>> sniff(b"GIF89a...")
    'GIF'
    """
    for magic, file_format in IMAGE_SIGNATURES.items():
        if data.startswith(magic):
            return file_format
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return "HEIC"
    if b"%PDF-" in data[:1024]:  # PDF readers allow other bytes before the header
        return "PDF"
    raise ImageError(
        f"is not a picture in a known format (it starts with {_quoted(data[:12])}), expected JPEG, "
        "PNG, TIFF, BMP, WebP, GIF, HEIC or PDF; convert it"
    )


def _quoted(start: bytes) -> str:
    text = start.decode("ascii", "replace")
    return f'"{text}"' if text.isprintable() and text.isascii() else f"the bytes {start.hex(' ')}"


class ImageDocument:
    """A file with a single image, or an image that the caller opened.

    Only the first frame of an animation is read.

    Parameters
    ----------
    image : PIL.Image.Image
    options : DecodeOptions
    owned : bool
        Whether the image was opened by numerals, which may then change and close it.
    """

    n_pages = 1

    def __init__(self, image: Image.Image, options: DecodeOptions, *, owned: bool = True) -> None:
        self._image = image
        self._options = options
        self._owned = owned

    def read_page(self, number: int) -> Raster:
        """Decode the image."""
        return image_to_raster(self._image, self._options, draft=self._owned)

    def close(self) -> None:
        """Close the image, unless it belongs to the caller."""
        if self._owned:
            self._image.close()


class TiffDocument(ImageDocument):
    """A TIFF, with one page for each of its directories.

    Parameters
    ----------
    data : bytes
        The file.
    options : DecodeOptions
    """

    def __init__(self, data: bytes, options: DecodeOptions) -> None:
        n_pages = count_tiff_pages(data, max_pages=options.limits.pages + 1)
        options.limits.check_pages(n_pages)
        super().__init__(Image.open(io.BytesIO(data), formats=("TIFF",)), options)
        self.n_pages = n_pages

    def read_page(self, number: int) -> Raster:
        """Decode one page, numbered from 1."""
        self._image.seek(number - 1)
        _check_strip(self._image)
        return super().read_page(number)


def open_image(data: bytes, file_format: str, options: DecodeOptions) -> Document:
    """Open an image file without decoding its pixels.

    Parameters
    ----------
    data : bytes
        The complete file.
    file_format : str
        A result of `sniff` other than ``"PDF"``.
    options : DecodeOptions

    Returns
    -------
    Document

    Raises
    ------
    ImageTooLargeError
        If the image exceeds a limit.
    MissingExtraError
        For HEIC without its extra.
    """
    if file_format == "TIFF":
        return TiffDocument(data, options)
    if file_format == "HEIC":
        return ImageDocument(_open_heic(data, options), options)
    image = Image.open(io.BytesIO(data), formats=(file_format,))
    if file_format == "WEBP":
        _check_webp(image)
    return ImageDocument(image, options)


def _check_webp(image: Image.Image) -> None:
    if image.width * image.height > MAX_WEBP_PIXELS:
        raise ImageTooLargeError(
            f"is {image.width} x {image.height} pixels, more than the {MAX_WEBP_PIXELS:,} allowed "
            "for WebP; save it smaller, or as JPEG"
        )


def count_tiff_pages(data: bytes, max_pages: int) -> int:
    """Count the directories of a TIFF without reading their tags.

    Pillow's count raises at the first damaged page, which makes the pages before it unreadable. A
    directory outside the file is counted too, so that reading this page fails.

    Parameters
    ----------
    data : bytes
        The file, TIFF or BigTIFF.
    max_pages : int
        Number at which to stop counting.

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
    while len(seen) < max_pages:
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
    """Refuse large compressed strips and tiles, which are decompressed beside the image."""
    from PIL import TiffImagePlugin  # takes 8 ms, needed only here

    tags: Any = getattr(image, "tag_v2", {})
    if tags.get(TiffImagePlugin.COMPRESSION, 1) == 1:  # not compressed: read in place
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


def _open_heic(data: bytes, options: DecodeOptions) -> Image.Image:
    try:
        import pillow_heif
    except ImportError as error:
        raise MissingExtraError("reading HEIC", "heic") from error
    heif = pillow_heif.open_heif(io.BytesIO(data))
    options.limits.check_pixels(*heif.size)
    image: Image.Image = heif.to_pillow()  # libheif has already turned it upright
    return image
