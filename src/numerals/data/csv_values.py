"""Lines of a CSV -> labels and pixels, in blocks; what cannot be parsed is named by its line."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.csv_columns import Columns, clean_cell
from numerals.errors import DataError

_NEWLINE, _ZERO = b"\n0"
_MAX_DIGITS = 6  # of a whole number that the fast parser reads
_MAX_LABEL = 0xFFFF


@dataclass(frozen=True)
class Block:
    """Some lines of a CSV.

    Attributes
    ----------
    pixels : ndarray of uint8, int32 or float32, shape (n_rows, n_pixels)
    labels : ndarray of int32, or list of str
        Text where they are not plain whole numbers; empty where there is no such column.
    lines : ndarray of int64, shape (n_rows,)
        Each row's line in the file, from 1.
    """

    pixels: npt.NDArray[Any]
    labels: npt.NDArray[np.int32] | list[str]
    lines: npt.NDArray[np.int64]


def parse_block(
    path: Path, block: bytes, columns: Columns, delimiter: str, line_number: int
) -> Block:
    r"""Parse whole lines.

    Parameters
    ----------
    path : Path
        For messages.
    block : bytes
        Lines that end in ``\n``.
    columns : Columns
        What the columns are.
    delimiter : str
        What stands between them.
    line_number : int
        The first line's number in the file.

    Raises
    ------
    DataError
        If a line has too many or too few cells, or one that is no number where a pixel belongs.
    """
    block = block.replace(b"\r\n", b"\n")
    values = _parse_whole_numbers(block, columns.count, delimiter.encode())
    if values is not None:
        pixels = np.delete(values, columns.others, axis=1) if columns.others else values
        labels = values[:, columns.label] if columns.label is not None else values[:0, 0]
        lines = np.arange(line_number, line_number + len(values))
        return Block(_narrow(pixels), labels, lines)
    return _parse_lines(path, block, columns, delimiter, line_number)


def split_line(line: str, delimiter: str) -> list[str]:
    """Return a line's cells; several spaces count as one, and beside ``;`` a comma is a point."""
    if delimiter == ";":
        line = line.replace(",", ".")
    return line.split() if delimiter == " " else line.split(delimiter)


def _narrow(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return whole numbers from 0 to 255 as uint8, others as they are."""
    fits = pixels.size == 0 or (pixels.min() >= 0 and pixels.max() <= 255)
    return pixels.astype(np.uint8) if fits else pixels


def _parse_whole_numbers(
    block: bytes, n_columns: int, delimiter: bytes
) -> npt.NDArray[np.int32] | None:
    """Parse lines of nothing but whole numbers of a few digits each; None for anything else."""
    buffer = np.frombuffer(block, np.uint8)
    is_newline = buffer == _NEWLINE
    is_end = is_newline | (buffer == delimiter[0])
    ends = np.flatnonzero(is_end)
    n_rows = int(np.count_nonzero(is_newline))
    lengths = np.diff(ends, prepend=-1) - 1
    digits = buffer - np.uint8(_ZERO)  # wraps: what is no digit becomes 10 or more
    fits = ends.size == n_rows * n_columns and bool(
        is_newline[ends[n_columns - 1 :: n_columns]].all()
    )
    if not fits or lengths.min() < 1 or lengths.max() > _MAX_DIGITS or (digits[~is_end] > 9).any():
        return None
    values = digits[ends - 1].astype(np.int32)
    for place in range(1, int(lengths.max())):
        values += (
            np.where(lengths > place, digits[ends - place - 1], 0).astype(np.int32) * 10**place
        )
    return values.reshape(n_rows, n_columns)


def _parse_lines(
    path: Path, block: bytes, columns: Columns, delimiter: str, line_number: int
) -> Block:
    """Parse line by line: what `_parse_whole_numbers` left."""
    rows: list[npt.NDArray[np.float32]] = []
    labels: list[str] = []
    lines: list[int] = []
    for number, line in enumerate(
        block.decode("utf-8", errors="replace").split("\n")[:-1], line_number
    ):
        if not line.strip():
            continue
        cells = split_line(line, delimiter)
        if len(cells) == columns.count + 1 and not cells[-1].strip():
            cells.pop()  # a separator at the end of the line
        if len(cells) != columns.count:
            raise DataError(
                f"{path}, line {number}: found {len(cells)} columns, expected {columns.count} as in"
                " line 1; complete the line or remove it"
            )
        if columns.label is not None:
            labels.append(_label(path, number, columns.label, cells[columns.label]))
        for other in reversed(columns.others):
            del cells[other]
        rows.append(_pixels(path, number, columns, cells))
        lines.append(number)
    n_pixels = columns.side**2
    pixels = np.array(rows, np.float32).reshape(len(rows), n_pixels)
    return Block(pixels, labels, np.array(lines, np.int64))


def _label(path: Path, line_number: int, column: int, cell: str) -> str:
    text = clean_cell(cell)
    try:
        value = float(text)
    except ValueError:
        return text
    if not (math.isfinite(value) and value % 1 == 0 and -1 <= value <= _MAX_LABEL):
        raise DataError(
            f"{path}, line {line_number}, column {column + 1}: found {text[:40]!r}, expected a"
            f" class: a whole number from 0 to {_MAX_LABEL} or a name; name another column with"
            " --label-column"
        )
    return text


def _pixels(
    path: Path, line_number: int, columns: Columns, cells: list[str]
) -> npt.NDArray[np.float32]:
    try:
        values = np.array(cells, np.float64)  # fast: parses texts itself
        if np.isfinite(values).all():
            return values.astype(np.float32)
    except ValueError:
        pass
    return np.array(
        [_pixel(path, line_number, columns, i, cell) for i, cell in enumerate(cells)],
        np.float32,
    )


def _pixel(path: Path, line_number: int, columns: Columns, index: int, cell: str) -> float:
    text = clean_cell(cell)
    try:
        value = float(text)
        if math.isfinite(value):
            return value
    except ValueError:
        pass
    shown = cell.strip() if len(cell.strip()) <= 40 else cell.strip()[:40] + "..."
    raise DataError(
        f"{path}, line {line_number}, column {column_of_pixel(columns, index) + 1}: found"
        f" {shown!r}, expected the number of a pixel; complete the line or remove it"
    )


def column_of_pixel(columns: Columns, index: int) -> int:
    """Return which column of the file a pixel stands in."""
    for other in columns.others:
        index += other <= index
    return index
