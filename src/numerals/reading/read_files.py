"""Read files, and return errors beside the pages that could be read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numerals.errors import NumeralsError
from numerals.images import ALL_PAGES, DEFAULT_LIMITS, Limits, PageRange, Picture, Source
from numerals.page.grayscale import to_grayscale
from numerals.reading.reader import Reader, pictures_for
from numerals.records import Page


@dataclass(frozen=True)
class FileResult:
    """Result of reading one file.

    Attributes
    ----------
    source : str
        Name of the file.
    pages : tuple of Page
        Pages that were read.
    errors : tuple of NumeralsError
        Errors of the pages that could not be read, or of the file.
    """

    source: str
    pages: tuple[Page, ...]
    errors: tuple[NumeralsError, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts of the lines of all pages."""
        return tuple(line.text for page in self.pages for line in page.lines)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        pages = [page.to_dict() for page in self.pages]
        for page in pages:
            del page["source"]
        result: dict[str, Any] = {"source": self.source, "pages": pages}
        return result | ({"error": "; ".join(map(str, self.errors))} if self.errors else {})


def read_files(reader: Reader, paths: Iterable[Path]) -> Iterator[FileResult]:
    """Read files one after the other.

    Parameters
    ----------
    reader : Reader
    paths : iterable of Path

    Yields
    ------
    FileResult
        One for each path, in order; files that cannot be read have an error.
    """
    for path in paths:
        yield read_file(reader, path, str(path))


def read_file(
    reader: Reader,
    source: Source,
    name: str,
    *,
    pages: PageRange = ALL_PAGES,
    limits: Limits = DEFAULT_LIMITS,
    on_page: Callable[[Page, Picture], None] | None = None,
) -> FileResult:
    """Read the pages of one file. A page that cannot be decoded does not stop the others.

    Parameters
    ----------
    reader : Reader
    source : path, bytes or binary file object
    name : str
        Name of the file in the result.
    pages : PageRange
        First and last page to read; by default all.
    limits : Limits
        Limits above which a file is rejected.
    on_page : callable, optional
        Called with each page and the picture that it was read from, in grayscale. Exceptions that
        it raises stop reading.
    """
    read_pages: list[Page] = []
    errors: list[NumeralsError] = []
    try:
        for picture in pictures_for(reader.options, source, limits, pages, errors.append):
            page = reader.read_picture(picture)
            read_pages.append(page)
            if on_page is not None:
                on_page(page, replace(picture, pixels=to_grayscale(picture.pixels)))
    except NumeralsError as error:
        errors.append(error)
    return FileResult(name, tuple(read_pages), tuple(errors))
