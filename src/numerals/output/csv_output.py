"""Write readings as CSV that spreadsheets can open."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from numerals.csv_cells import SafeWriter
from numerals.output.rows import CSV_COLUMNS, page_rows, table_rows

if TYPE_CHECKING:
    from numerals.reading import FileResult


def write_csv(results: Iterable["FileResult"], stream: TextIO) -> None:
    """Write a header, then a row for each line of writing.

    Parameters
    ----------
    results : iterable of FileResult
    stream : text stream
    """
    writer = SafeWriter(stream)
    writer.writerow(CSV_COLUMNS)
    for result in results:
        for page in result.pages:
            writer.writerows(page_rows(replace(page, source=result.source)))


def write_table_csv(
    results: Iterable["FileResult"], stream: TextIO, *, with_file_names: bool = False
) -> None:
    """Write the rows of the first table of each page.

    Parameters
    ----------
    results : iterable of FileResult
    stream : text stream
    with_file_names : bool, default=False
        Whether the first value of each row is the file's name.
    """
    writer = SafeWriter(stream)
    for result in results:
        prefix = [result.source] if with_file_names else []
        for page in result.pages:
            writer.writerows([*prefix, *row] for row in table_rows(page))
