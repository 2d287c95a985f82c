"""``numerals read --template``: read filled-in forms and print a row of values for each."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from numerals.cli.console import check_standard_input, warn, with_progress
from numerals.csv_cells import SafeWriter
from numerals.printable import json_text

if TYPE_CHECKING:
    from numerals.forms import FormReader, ScanResult
    from numerals.reading import AnswerOptions, ReadOptions


def read_forms(
    template: Path,
    sources: Sequence[str],
    options: "ReadOptions",
    answers: "AnswerOptions",
    out: Path | None,
    *,
    as_json: bool,
) -> tuple[int, int]:
    """Read forms from files and print them, or write them to a file.

    Parameters
    ----------
    template : Path
        The TOML file that describes the form.
    sources : sequence of str
        Files of scans; ``-`` for standard input.
    options : ReadOptions
        The model, and the resolution of PDF pages.
    answers : AnswerOptions
        The minimum confidence of a field that is not doubtful.
    out : Path, optional
        The file to write; by default standard output.
    as_json : bool
        Whether to write a JSON object per form instead of a CSV row.

    Returns
    -------
    n_read, n_failed : int
        Numbers of forms.
    """
    from numerals.forms import (
        FormReader,
        load_template,
        make_field_reader,
        matches_format,
        resolve_stack,
    )

    reader = FormReader(load_template(template), make_field_reader(options), check=matches_format)
    files = with_progress(sources, len(sources), "reading")
    scans = resolve_stack(
        (scan for source in files for scan in _read_file(reader, source, options.resolution)),
        reader.template,
    )
    min_confidence = answers.min_confidence
    with _open_output(out) as target:
        if as_json:
            return _count(_write_json(scans, target, min_confidence))
        return _count(_write_csv(scans, target, reader, min_confidence))


def _read_file(reader: "FormReader", source: str, dpi: int) -> Iterator["ScanResult"]:
    from numerals.forms import read_form_file

    if source == "-":
        check_standard_input()
    opened = sys.stdin.buffer if source == "-" else Path(source)
    for scan in read_form_file(reader, opened, source, resolution=dpi):
        if scan.error:
            warn(f"error: {scan.error}")
        yield scan


@contextmanager
def _open_output(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    from numerals.files import open_atomic

    with open_atomic(out) as file:
        text = TextIOWrapper(
            file, newline="", encoding="utf-8", errors="backslashreplace", write_through=True
        )
        yield text
        text.detach()


def _count(scans: Iterator["ScanResult"]) -> tuple[int, int]:
    n_read = n_failed = 0
    for scan in scans:
        n_read += scan.error is None
        n_failed += scan.error is not None
    return n_read, n_failed


def _write_json(
    scans: Iterator["ScanResult"], target: TextIO, min_confidence: float
) -> Iterator["ScanResult"]:
    """Write each scan as a line of JSON, and yield it."""
    for scan in scans:
        values = scan.to_dict()
        if scan.form:
            values["doubtful"] = list(scan.form.doubtful(min_confidence))
        print(json_text(values, target.encoding), file=target, flush=True)
        yield scan


def _write_csv(
    scans: Iterator["ScanResult"], target: TextIO, reader: "FormReader", min_confidence: float
) -> Iterator["ScanResult"]:
    """Write each scan as a CSV row, below a header, and yield it."""
    from numerals.forms import form_columns, form_row

    table = SafeWriter(target)
    table.writerow(form_columns(reader.template))
    for scan in scans:
        table.writerow(form_row(scan, reader.template, min_confidence))
        target.flush()
        yield scan
