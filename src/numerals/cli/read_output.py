"""Print the results of ``numerals read``, or write them to a file."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from numerals.cli.console import warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from numerals.batch.units import UnitResult
    from numerals.forms import Template
    from numerals.reading import FileResult

    Write = Callable[[Iterator[FileResult], TextIO], None]


class CurrentStdout:
    """Text stream that follows `sys.stdout`, which a progress bar replaces while it is shown."""

    @property
    def encoding(self) -> str | None:
        """Encoding of the stream; None if it has none."""
        return getattr(sys.stdout, "encoding", None)

    def write(self, text: str) -> int:
        """Write a text."""
        return sys.stdout.write(text)

    def flush(self) -> None:
        """Write buffered text."""
        sys.stdout.flush()


def print_results(
    results: Iterator["UnitResult"],
    *,
    as_json: bool,
    as_csv: bool,
    join: bool,
    table: bool,
    many: bool,
) -> None:
    """Print results.

    Parameters
    ----------
    results : iterator of UnitResult
        Of files, not of forms.
    as_json, as_csv, join, table : bool
        The options of these names; at most one is true.
    many : bool
        Whether there are several files, whose names are then printed with their results.
    """
    write = _choose_format(as_json, as_csv, join, table, many=many)
    files = (result.file for result in results if result.file is not None)
    write(files, cast("TextIO", CurrentStdout()))


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


def write_results(
    results: Iterator["UnitResult"], out: Path, template: "Template | None", min_confidence: float
) -> None:
    """Write results to a file, and print their counts to stderr.

    Parameters
    ----------
    results : iterator of UnitResult
    out : Path
        The file; its suffix determines the format.
    template : Template, optional
        The form, of which each page is one.
    min_confidence : float in [0, 1]
        Numbers with a lower confidence are doubtful.
    """
    from numerals.batch.output_file import open_output_file
    from numerals.files import partial_path

    try:
        with open_output_file(out, template, min_confidence) as file:
            for result in results:
                file.write(result)
    except BaseException:
        if partial_path(out).exists():
            warn(f"the results so far are in {partial_path(out)}; {out} was not written")
        raise
    warn(f"{file.counts} -> {out}")
