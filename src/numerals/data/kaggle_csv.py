"""Kaggle's CSV: a digit a line, ``label,pixel0,...,pixel783``; the test file lacks ``label``."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from numerals.data.files import MAX_BYTES, compressed, open_bytes, open_for_replace, read_head
from numerals.data.scripts import classes_for_labels
from numerals.errors import DataError
from numerals.records import Digits

_MAX_LINE = 1 << 22  # bytes; 1024x1024 pixels at four bytes each
_BLOCK = 1 << 22  # bytes parsed at once
_COMMA, _NEWLINE, _ZERO = b",\n0"


def read_kaggle_csv(path: str | Path) -> Digits:
    """Read digits from Kaggle's CSV, plain or gzip.

    Parameters
    ----------
    path : str or Path
        The file. Square pictures of any size; ``label`` or ``id`` may stand first, and a pixel's
        column may also be called by row and column (``1x1``).

    Returns
    -------
    Digits
        Labels of -1 where there is no column ``label``.

    Raises
    ------
    DataError
        If a column is missing or too many, or a value is no number from 0 to 255; the message
        names the line.
    DataNotFoundError
        If there is no such file.
    """
    path = Path(path)
    with open_bytes(path) as stream:
        first, side = _read_header(path, stream)
        n_columns = side * side + (first != "")
        pixels, label_column = [np.zeros((0, side * side), np.uint8)], [np.zeros(0, np.int64)]
        for values in _read_blocks(path, stream, n_columns, first):
            pixels.append(values[:, n_columns - side * side :].astype(np.uint8))
            label_column.append(values[:, 0].astype(np.int64))
    images = np.concatenate(pixels).reshape(-1, side, side)
    labels = np.concatenate(label_column)
    if first != "label":
        labels[:] = -1
    return Digits(images, labels, classes_for_labels(path, labels), name=path.name.split(".")[0])


def write_kaggle_csv(digits: Digits, path: str | Path) -> None:
    """Write digits as Kaggle's CSV; without the column ``label`` where none has one.

    Parameters
    ----------
    digits : Digits
        Square pictures. A label is written as its index into ``digits.classes``.
    path : str or Path
        The file to write, through gzip where its name ends in ``.gz``.

    Raises
    ------
    DataError
        If the pictures are not square: the format has no place for height and width.
    """
    path = Path(path)
    n_images, height, width = digits.images.shape
    if height != width or height == 0:
        raise DataError(f"{path}: pictures of {height}x{width}; this format holds square ones only")
    labelled = bool((digits.labels >= 0).any())
    columns = [*(["label"] if labelled else []), *(f"pixel{i}" for i in range(height * width))]
    text = [str(value) for value in range(256)]
    with open_for_replace(path) as file, compressed(file, when=path.suffix == ".gz") as stream:
        stream.write((",".join(columns) + "\n").encode())
        rows = digits.images.reshape(n_images, height * width)
        for row, label in zip(rows, digits.labels.tolist(), strict=True):
            line = ",".join(map(text.__getitem__, row.tolist()))
            stream.write(f"{label},{line}\n".encode() if labelled else f"{line}\n".encode())


def is_kaggle_csv(path: Path) -> bool:
    """Tell whether a file's first line names pixels."""
    columns = read_head(path, 64).split(b"\n")[0].split(b",")
    return any(c.strip(b'\xef\xbb\xbf" ') in (b"pixel0", b"1x1") for c in columns[:2])


def _read_header(path: Path, stream: IO[bytes]) -> tuple[str, int]:
    """Return the name of the column before the pixels, or "", and the side of a picture."""
    line = stream.readline(_MAX_LINE).decode("utf-8-sig", errors="replace")
    columns = [column.strip().strip('"') for column in line.split(",")]
    first = columns[0] if columns[0] in ("label", "id") else ""
    pixels = columns[1:] if first else columns
    side = math.isqrt(len(pixels))
    by_index = [f"pixel{i}" for i in range(side * side)]
    by_place = [f"{row}x{column}" for row in range(1, side + 1) for column in range(1, side + 1)]
    if side * side != len(pixels) or pixels not in (by_index, by_place):
        raise DataError(
            f"{path}, line 1: found {len(columns)} columns, {_shorten(line)!r}; expected label (or"
            " nothing), then pixel0, pixel1, ... of square pictures: 785 or 784 columns for 28x28"
        )
    return first, side


def _read_blocks(
    path: Path, stream: IO[bytes], n_columns: int, first: str
) -> Iterator[npt.NDArray[np.int32]]:
    line_number, n_values = 2, 0
    while block := stream.read(_BLOCK):
        block += stream.readline(_MAX_LINE)
        block = block.replace(b"\r\n", b"\n")
        block = block if block.endswith(b"\n") else block + b"\n"
        values = _parse_block(block, n_columns, first)
        if values is None:
            values = _parse_lines(path, block, n_columns, first, line_number)
        line_number += block.count(b"\n")
        n_values += values.size
        if n_values > MAX_BYTES:
            raise DataError(f"{path}: more than {MAX_BYTES:,} pixels; split it into smaller files")
        yield values


def _parse_block(block: bytes, n_columns: int, first: str) -> npt.NDArray[np.int32] | None:
    """Parse whole lines of numbers with at most three digits each; None for anything else."""
    buffer = np.frombuffer(block, np.uint8)
    is_newline = buffer == _NEWLINE
    is_end = is_newline | (buffer == _COMMA)
    ends = np.flatnonzero(is_end)
    n_rows = int(np.count_nonzero(is_newline))
    lengths = np.diff(ends, prepend=-1) - 1
    digits = buffer - np.uint8(_ZERO)  # wraps: what is no digit becomes 10 or more
    fits = ends.size == n_rows * n_columns and bool(
        is_newline[ends[n_columns - 1 :: n_columns]].all()
    )
    if not fits or lengths.min() < 1 or lengths.max() > 3 or (digits[~is_end] > 9).any():
        return None
    values = digits[ends - 1].astype(np.int32)
    values += np.where(lengths > 1, digits[ends - 2], 0).astype(np.int32) * 10
    values += np.where(lengths > 2, digits[ends - 3], 0).astype(np.int32) * 100
    values = values.reshape(n_rows, n_columns)
    return None if values[:, first != "" :].max() > 255 else values


def _parse_lines(
    path: Path, block: bytes, n_columns: int, first: str, line_number: int
) -> npt.NDArray[np.int32]:
    """Parse line by line: what `_parse_block` left, with the line's number for what is wrong."""
    rows = []
    for number, line in enumerate(block.decode("latin1").split("\n")[:-1], line_number):
        if not line.strip():
            continue
        cells = line.split(",")
        if len(cells) != n_columns:
            raise DataError(
                f"{path}, line {number}: found {len(cells)} columns, expected {n_columns} as in"
                " line 1; complete the line or remove it"
            )
        rows.append([_parse_cell(path, number, i, cell, first) for i, cell in enumerate(cells)])
    return np.array(rows, np.int32).reshape(len(rows), n_columns)


def _parse_cell(path: Path, line_number: int, column: int, cell: str, first: str) -> int:
    pixel = column > 0 or not first
    lowest, highest = (0, 255) if pixel else (-1, 0xFFFF)
    try:
        value = float(cell.strip().strip('"'))
        if first == "id" and not pixel:
            return 0
        if value.is_integer() and lowest <= value <= highest:
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise DataError(
        f"{path}, line {line_number}, column {column + 1}: found {_shorten(cell)!r}, expected a"
        f" whole number from {lowest} to {highest}"
    )


def _shorten(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else text[:40] + "..."
