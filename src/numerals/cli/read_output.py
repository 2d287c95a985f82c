"""What ``numerals read`` prints: results in, their form on stdout, how many were read out."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from numerals.cli.console import say, say_json
from numerals.csv_cells import SafeWriter
from numerals.printable import printable

if TYPE_CHECKING:
    from numerals.reading import FileResult


def choose_writer(
    as_json: bool, as_csv: bool, join: bool, table: bool, *, many: bool
) -> Callable[[Iterator["FileResult"]], int]:
    """Return what prints results and counts those that were read without error."""
    if as_json:
        return _write_json
    if as_csv:
        return _write_csv
    if join:
        return _write_joined
    if table:
        return partial(_write_tables, many=many)
    return _write_prefixed if many else _write_text


def _write_json(results: Iterator["FileResult"]) -> int:
    n_read = 0
    for result in results:
        say_json(result.to_dict())
        n_read += result.error is None
    return n_read


def _write_csv(results: Iterator["FileResult"]) -> int:
    from numerals.output.rows import CSV_COLUMNS, page_rows

    table = SafeWriter(sys.stdout)
    table.writerow(CSV_COLUMNS)
    n_read = 0
    for result in results:
        for page in result.pages:
            table.writerows(page_rows(replace(page, source=result.source)))
        n_read += result.error is None
    return n_read


def _write_tables(results: Iterator["FileResult"], *, many: bool) -> int:
    """Write the rows of tables; of several files each row begins with the file's name."""
    from numerals.output.rows import table_rows

    out = SafeWriter(sys.stdout)
    n_read = 0
    for result in results:
        for page in result.pages:
            out.writerows([result.source, *row] if many else row for row in table_rows(page))
        n_read += result.error is None
    return n_read


def _write_text(results: Iterator["FileResult"]) -> int:
    n_read = 0
    for result in results:
        for text in _rows(result):
            say(text)
        n_read += result.error is None
    return n_read


def _write_prefixed(results: Iterator["FileResult"]) -> int:
    n_read = 0
    for result in results:
        for text in _rows(result):
            say(f"{printable(result.source)}: {text}")
        n_read += result.error is None
    return n_read


def _rows(result: "FileResult") -> Iterator[str]:
    """Yield the rows of text; what is not accepted is not passed as read."""
    from numerals.records import text_rows

    for page in result.pages:
        yield from text_rows(page.lines, [line.answer for line in page.lines])


def _write_joined(results: Iterator["FileResult"]) -> int:
    from numerals.reading import DOUBT

    n_read, texts = 0, []
    for result in results:
        answers = (line.answer for page in result.pages for line in page.lines)
        texts.append("".join(answers) or DOUBT)
        n_read += result.error is None
    say("".join(texts))
    return n_read
