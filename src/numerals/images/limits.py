"""Limits of the size of images, checked before memory is allocated."""

from dataclasses import dataclass

from numerals.errors import ImageTooLargeError

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Maximum sizes of one source.

    Attributes
    ----------
    file_bytes : int
        Size of the file or stream, bytes.
    pixels : int
        Pixels of a page, as declared by its header.
    pages : int
        Pages of a PDF or TIFF.
    """

    file_bytes: int = 256 * MIB
    pixels: int = 120_000_000
    pages: int = 2000

    def check_file(self, n_bytes: int) -> None:
        """Raise `ImageTooLargeError` if a file has more than `file_bytes`."""
        if n_bytes > self.file_bytes:
            raise ImageTooLargeError(
                f"has more than the {self.file_bytes / MIB:,.3g} MiB allowed; "
                "save it smaller, or split it"
            )

    def check_pixels(self, width: int, height: int, advice: str = "save it smaller") -> None:
        """Raise `ImageTooLargeError` if an image has more than `pixels`."""
        if width * height > self.pixels:
            raise ImageTooLargeError(
                f"is {width} x {height} pixels, more than the {self.pixels:,} allowed; {advice}"
            )

    def check_pages(self, n_pages: int) -> None:
        """Raise `ImageTooLargeError` if a document has more than `pages`."""
        if n_pages > self.pages:
            raise ImageTooLargeError(f"has more than the {self.pages} pages allowed; split it")


DEFAULT_LIMITS = Limits()
