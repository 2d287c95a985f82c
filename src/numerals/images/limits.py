"""How much a picture may ask of the machine, checked before anything is allocated."""

from dataclasses import dataclass

from numerals.errors import ImageTooLargeError

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The most that one source may hold.

    Attributes
    ----------
    file_bytes : int
        Bytes of the file, or of the stream.
    pixels : int
        Pixels of a page, as its header states them.
    pages : int
        Pages of a PDF or TIFF.
    """

    file_bytes: int = 256 * MIB
    pixels: int = 120_000_000
    pages: int = 2000

    def check_file(self, n_bytes: int) -> None:
        """Raise `ImageTooLargeError` for a file beyond `file_bytes`."""
        if n_bytes > self.file_bytes:
            raise ImageTooLargeError(
                f"has more than the {self.file_bytes / MIB:,.3g} MiB allowed; "
                "save it smaller, or split it"
            )

    def check_pixels(self, width: int, height: int, advice: str = "save it smaller") -> None:
        """Raise `ImageTooLargeError` for a picture beyond `pixels`."""
        if width * height > self.pixels:
            raise ImageTooLargeError(
                f"is {width} x {height} pixels, more than the {self.pixels:,} allowed; {advice}"
            )

    def check_pages(self, n_pages: int) -> None:
        """Raise `ImageTooLargeError` for a document beyond `pages`."""
        if n_pages > self.pages:
            raise ImageTooLargeError(f"has more than the {self.pages} pages allowed; split it")


DEFAULT_LIMITS = Limits()
