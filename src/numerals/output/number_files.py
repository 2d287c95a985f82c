"""Write numbers to CSV and Parquet files, row by row in flat memory."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from numerals.csv_cells import SafeWriter
from numerals.extras import requires_extra
from numerals.output.number_rows import NUMBER_COLUMNS, NumberRow, row_values
from numerals.printable import json_text

_ROWS_PER_GROUP = 5_000  # of a Parquet file; they are in memory


class NumberWriter(Protocol):
    """A file of numbers that is being written."""

    def write(self, rows: Iterable[NumberRow]) -> None:
        """Append rows."""

    def close(self) -> None:
        """Complete the file."""


class CsvNumberWriter:
    """Writes numbers as CSV with the `NUMBER_COLUMNS`; alternatives are JSON.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._table = SafeWriter(self._file)
        self._table.writerow(NUMBER_COLUMNS)

    def write(self, rows: Iterable[NumberRow]) -> None:
        """Append rows, and pass them to the operating system."""
        for row in rows:
            self._table.writerow(_to_cell(value) for value in text_values(row).values())
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def text_values(row: NumberRow) -> dict[str, Any]:
    """Return the values of a row for people: alternatives as JSON, and few decimals."""
    values = row_values(row)
    alternatives = {text: round(confidence, 4) for text, confidence in row.alternatives}
    values["alternatives"] = json_text(alternatives) if alternatives else None
    if row.confidence is not None:
        values["confidence"] = round(row.confidence, 6)
    return values


def _to_cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


class ParquetNumberWriter:
    """Writes numbers as Parquet with the schema of `number_schema`.

    Parameters
    ----------
    path : Path

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """

    def __init__(self, path: Path) -> None:
        with requires_extra("batch", "writing Parquet"):
            from pyarrow.parquet import ParquetWriter

        from numerals.output.number_table import number_schema

        self._writer = ParquetWriter(path, number_schema(), compression="zstd")
        self._rows: list[NumberRow] = []

    def write(self, rows: Iterable[NumberRow]) -> None:
        """Append rows."""
        self._rows += rows
        if len(self._rows) >= _ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        from numerals.output.number_table import to_table

        self._writer.write_table(to_table(self._rows))
        self._rows.clear()

    def close(self) -> None:
        """Write the remaining rows and the footer, without which the file cannot be read."""
        try:
            if self._rows:
                self._flush()
        finally:
            self._writer.close()
