"""Write the results of a batch to one file, in the format of its suffix."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

from numerals.batch.counts import BatchCounts
from numerals.batch.units import UnitResult
from numerals.csv_cells import SafeWriter
from numerals.errors import OptionError
from numerals.files import partial_file, partial_path
from numerals.forms import ScanResult, Template, form_columns, form_row
from numerals.output.number_files import CsvNumberWriter, NumberWriter, ParquetNumberWriter
from numerals.output.workbook import FormWorkbook, NumberWorkbook
from numerals.printable import json_text


class ResultWriter(Protocol):
    """A file of results that is being written."""

    def write(self, result: UnitResult) -> None:
        """Append the result of a file."""

    def close(self) -> None:
        """Complete the file."""


class RowsFile:
    """Writes one row per number.

    Parameters
    ----------
    writer : NumberWriter
    """

    def __init__(self, writer: NumberWriter) -> None:
        self._writer = writer

    def write(self, result: UnitResult) -> None:
        """Append the numbers of a file."""
        self._writer.write(result.rows())

    def close(self) -> None:
        """Complete the file."""
        self._writer.close()


class JsonFile:
    """Writes a JSON object per file or form, as ``numerals read --json`` prints it.

    Parameters
    ----------
    stream : text stream
    min_confidence : float in [0, 1]
        Fields of forms with a lower confidence are doubtful.
    """

    def __init__(self, stream: TextIO, min_confidence: float) -> None:
        self._file, self._min_confidence = stream, min_confidence

    def write(self, result: UnitResult) -> None:
        """Append the object of a file, or those of its forms."""
        objects = [_form_object(scan, self._min_confidence) for scan in result.scans]
        if result.file is not None:
            objects.append(result.file.to_dict())
        for each in objects:
            print(json_text(each, self._file.encoding), file=self._file, flush=True)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _form_object(scan: ScanResult, min_confidence: float) -> dict[str, Any]:
    doubtful = {"doubtful": list(scan.form.doubtful(min_confidence))} if scan.form else {}
    return scan.to_dict() | doubtful


class FormCsv:
    """Writes a CSV row per form, as ``numerals read --template`` prints it.

    Parameters
    ----------
    stream : text stream
    template : Template
    min_confidence : float in [0, 1]
    """

    def __init__(self, stream: TextIO, template: Template, min_confidence: float) -> None:
        self._file, self._table = stream, SafeWriter(stream)
        self._template, self._min_confidence = template, min_confidence
        self._table.writerow(form_columns(template))

    def write(self, result: UnitResult) -> None:
        """Append the forms of a file."""
        for scan in result.scans:
            self._table.writerow(form_row(scan, self._template, self._min_confidence))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class FormXlsx:
    """Writes a row per form to a workbook.

    Parameters
    ----------
    path : Path
    template : Template
    min_confidence : float in [0, 1]
    """

    def __init__(self, path: Path, template: Template, min_confidence: float) -> None:
        columns = [name for name in form_columns(template) if name != "error"]
        self._book = FormWorkbook(path, columns)
        self._template, self._min_confidence = template, min_confidence

    def write(self, result: UnitResult) -> None:
        """Append the forms of a file."""
        for scan in result.scans:
            *row, error = form_row(scan, self._template, self._min_confidence)
            if scan.form is None:
                self._book.write_failure(scan.source, error)
            else:
                self._book.write(row, scan.form.doubtful(self._min_confidence))

    def close(self) -> None:
        """Write the file."""
        self._book.close()


class OutputFile:
    """An output file that counts what is written to it.

    Parameters
    ----------
    writer : ResultWriter
    counts : BatchCounts
    """

    def __init__(self, writer: ResultWriter, counts: BatchCounts) -> None:
        self.counts = counts
        self._writer = writer

    def write(self, result: UnitResult) -> None:
        """Append the result of a file."""
        self._writer.write(result)
        self.counts.add(result)


SUFFIXES = (".csv", ".jsonl", ".parquet", ".xlsx")
"""Suffixes of the files that can be written."""

_NUMBER_WRITERS: dict[str, Callable[[Path], NumberWriter]] = {
    ".csv": CsvNumberWriter,
    ".parquet": ParquetNumberWriter,
    ".xlsx": NumberWorkbook,
}


def check_suffix(path: Path) -> None:
    """Raise `OptionError` for a URL, or a file whose suffix is not one of `SUFFIXES`."""
    if re.match(r"\w\w+:/", str(path)) and not path.parent.is_dir():  # Path drops a slash
        raise OptionError(
            f"{path}: tables are written to this machine; name a local file, or for a run a folder "
            "of the object store"
        )
    if path.suffix.lower() not in SUFFIXES:
        *first, last = SUFFIXES
        raise OptionError(
            f"{path}: expected a file name that ends in {', '.join(first)} or {last}, or for a run "
            f"a folder, {path}/"
        )


@contextmanager
def open_output_file(
    path: Path, template: Template | None = None, min_confidence: float = 0.0
) -> Iterator["OutputFile"]:
    """Open a file for the results of a batch; it appears under its name when it is complete.

    If the block raises, KeyboardInterrupt included, the results until then stay in
    `numerals.files.partial_path`.

    Parameters
    ----------
    path : Path
        Its suffix, one of `SUFFIXES`, determines the format: CSV, Parquet and XLSX have a row per
        number, JSON lines an object per file.
    template : Template, optional
        CSV and XLSX then have a row per form, JSON lines an object per form.
    min_confidence : float in [0, 1], default=0
        Fields of forms with a lower confidence are doubtful.

    Yields
    ------
    OutputFile

    Raises
    ------
    OptionError
        If the suffix is unknown.
    MissingExtraError
        If the format needs a package that is not installed.
    DataError
        If the file cannot be written.
    """
    check_suffix(path)
    counts = BatchCounts()
    try:
        with (
            partial_file(path) as partial,
            closing(_open_writer(partial, template, min_confidence)) as writer,
        ):
            yield OutputFile(writer, counts)
    except BaseException:
        if counts.n_files == 0:
            partial_path(path).unlink(missing_ok=True)
        raise


def _open_writer(path: Path, template: Template | None, min_confidence: float) -> ResultWriter:
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        return JsonFile(_open_text(path), min_confidence)
    if template is not None and suffix == ".csv":
        return FormCsv(_open_text(path), template, min_confidence)
    if template is not None and suffix == ".xlsx":
        return FormXlsx(path, template, min_confidence)
    return RowsFile(_NUMBER_WRITERS[suffix](path))


def _open_text(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
