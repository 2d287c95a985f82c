"""Read pages whose text is known and compare the result with it."""

from collections.abc import Iterator, Sequence

from numerals.errors import DataError
from numerals.evaluation import PageOutcome, PageTruth, align_lines
from numerals.evaluation.page_truth import keep_only_digits
from numerals.reading import Reader, read_file


def read_pages(
    reader: Reader, truth: Sequence[PageTruth], *, only_digits: bool = False
) -> Iterator[PageOutcome]:
    """Read each picture and align the lines read with the true lines.

    Parameters
    ----------
    reader : Reader
    truth : sequence of PageTruth
    only_digits : bool, default=False
        Whether to compare only digits, without spaces and signs.

    Yields
    ------
    PageOutcome

    Raises
    ------
    DataError
        If a picture cannot be read.
    """
    for page in truth:
        result = read_file(reader, page.path, str(page.path))
        if result.errors:
            raise DataError(f"{result.errors[0]}; the CSV names a picture that cannot be read")
        lines = [line for read_page in result.pages for line in read_page.lines]
        pair = keep_only_digits(page.lines, lines) if only_digits else (page.lines, lines)
        yield PageOutcome(page, result.pages, align_lines(*pair))
