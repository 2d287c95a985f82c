"""Choose the format in which ``numerals read`` prints results."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from numerals.reading import FileResult

    Write = Callable[[Iterator[FileResult], TextIO], None]


class _CurrentStdout:
    """Text stream that follows `sys.stdout`, which a progress bar replaces while it is shown."""

    @property
    def encoding(self) -> str | None:
        return getattr(sys.stdout, "encoding", None)

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def choose_writer(
    as_json: bool, as_csv: bool, join: bool, table: bool, *, many: bool
) -> Callable[[Iterator["FileResult"]], int]:
    """Return the function that prints results and returns how many files were read without error.

    Parameters
    ----------
    as_json, as_csv, join, table : bool
        The options of these names; at most one is true.
    many : bool
        Whether there are several files, whose names are then printed with their results.
    """
    write = _choose_format(as_json, as_csv, join, table, many=many)

    def print_results(results: Iterator["FileResult"]) -> int:
        n_read = 0

        def count() -> Iterator["FileResult"]:
            nonlocal n_read
            for result in results:
                yield result
                n_read += result.error is None

        write(count(), cast("TextIO", _CurrentStdout()))
        return n_read

    return print_results


def _choose_format(as_json: bool, as_csv: bool, join: bool, table: bool, *, many: bool) -> "Write":
    from numerals.output.csv_output import write_csv, write_table_csv
    from numerals.output.json_output import write_json_lines
    from numerals.output.text_output import write_joined_text, write_text

    if as_json:
        return write_json_lines
    if as_csv:
        return write_csv
    if join:
        return write_joined_text
    if table:
        return partial(write_table_csv, with_file_names=many)
    return partial(write_text, with_file_names=many)
