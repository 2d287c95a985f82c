"""Parse blocks of CSV lines into labels and pixels; errors name the line."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.class_names import MAX_LABEL
from numerals.data.csv_columns import Columns, clean_cell, shorten_cell
from numerals.errors import DataError

_NEWLINE, _ZERO = b"\n0"
_MAX_CELL_DIGITS = 6  # of an integer that the fast parser reads


@dataclass(frozen=True)
class Block:
    """The parsed rows of a block of CSV lines.

    Attributes
    ----------
    pixels : ndarray of uint8, int32 or float32, shape (n_rows, n_pixels)
    labels : ndarray of int32, or list of str
        Strings if not all are plain integers; empty if there is no label column.
    lines : ndarray of int64, shape (n_rows,)
        Line number of each row in the file, from 1.
    """

    pixels: npt.NDArray[Any]
    labels: npt.NDArray[np.int32] | list[str]
    lines: npt.NDArray[np.int64]


def parse_block(
    path: Path, block: bytes, columns: Columns, delimiter: str, line_number: int
) -> Block:
    r"""Parse complete lines.

    Parameters
    ----------
    path : Path
        The file, for messages.
    block : bytes
        Lines that end in ``\n``.
    columns : Columns
    delimiter : str
        The cell separator, one character.
    line_number : int
        Number of the first line in the file.

    Returns
    -------
    Block

    Raises
    ------
    DataError
        If a line has the wrong number of cells, or a pixel that is not a number.
    """
    block = block.replace(b"\r\n", b"\n")
    values = _parse_integers(block, columns.count, delimiter.encode())
    if values is not None:
        pixels = np.delete(values, columns.others, axis=1) if columns.others else values
        labels = values[:, columns.label] if columns.label is not None else values[:0, 0]
        lines = np.arange(line_number, line_number + len(values))
        return Block(_narrow(pixels), labels, lines)
    return _parse_lines(path, block, columns, delimiter, line_number)


def split_line(line: str, delimiter: str) -> list[str]:
    """Split a line into cells; several spaces count as one, and with ``;`` a comma is decimal."""
    if delimiter == ";":
        line = line.replace(",", ".")
    return line.split() if delimiter == " " else line.split(delimiter)


def _narrow(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the pixels as uint8 if all are from 0 to 255, otherwise unchanged."""
    fits = pixels.size == 0 or (pixels.min() >= 0 and pixels.max() <= 255)
    return pixels.astype(np.uint8) if fits else pixels


def _parse_integers(block: bytes, n_columns: int, delimiter: bytes) -> npt.NDArray[np.int32] | None:
    """Parse lines that contain only integers of at most `_MAX_CELL_DIGITS` digits, or None."""
    buffer = np.frombuffer(block, np.uint8)
    is_newline = buffer == _NEWLINE
    is_end = is_newline | (buffer == delimiter[0])
    ends = np.flatnonzero(is_end)
    n_rows = int(np.count_nonzero(is_newline))
    lengths = np.diff(ends, prepend=-1) - 1
    digits = buffer - np.uint8(_ZERO)  # wraps: other characters become 10 or more
    fits = ends.size == n_rows * n_columns and bool(
        is_newline[ends[n_columns - 1 :: n_columns]].all()
    )
    if (
        not fits
        or lengths.min() < 1
        or lengths.max() > _MAX_CELL_DIGITS
        or (digits[~is_end] > 9).any()
    ):
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
    """Parse line by line, for blocks that `_parse_integers` cannot parse."""
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
            cells.pop()  # the line ends with a delimiter
        if len(cells) != columns.count:
            raise DataError(
                f"{path}, line {number}: got {len(cells)} columns, expected {columns.count} as in"
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
    if not (math.isfinite(value) and value % 1 == 0 and -1 <= value <= MAX_LABEL):
        raise DataError(
            f"{path}, line {line_number}, column {column + 1}: got {text[:40]!r}, expected a"
            f" class, an integer from 0 to {MAX_LABEL} or a name; name another column with"
            " --label-column"
        )
    return text


def _pixels(
    path: Path, line_number: int, columns: Columns, cells: list[str]
) -> npt.NDArray[np.float32]:
    try:
        values = np.array(cells, np.float64)  # NumPy parses the strings, which is fast
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
    raise DataError(
        f"{path}, line {line_number}, column {column_of_pixel(columns, index) + 1}: got"
        f" {shorten_cell(cell.strip())!r}, expected the number of a pixel; complete the line or"
        " remove it"
    )


def column_of_pixel(columns: Columns, index: int) -> int:
    """Return the column of the file that holds a pixel, from 0."""
    for other in columns.others:
        index += other <= index
    return index
