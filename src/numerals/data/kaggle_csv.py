"""CSV of pixels: a digit a line. Written as Kaggle has it: ``label,pixel0,...,pixel783``.

Read with or without names in the first line, the label first or last, a column that numbers the
rows, pixels 0..255 or 0..1, separated by commas, semicolons, tabs or spaces.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from numerals.data.csv_columns import Columns, are_pixel_names, clean_cell, find_columns, is_header
from numerals.data.csv_values import Block, column_of_pixel, parse_block, split_line
from numerals.data.data_files import MAX_BYTES, compressed, open_bytes, read_head
from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions, delimiter_of
from numerals.data.label_values import Labels, labels_of_texts, no_labels, to_labels
from numerals.data.named_arrays import digits_of_arrays
from numerals.data.pixel_arrays import find_scale, scale_message
from numerals.data.zipped import is_zip, open_member, read_member_head
from numerals.errors import DataError
from numerals.files import open_for_replace
from numerals.records import Digits

_MAX_LINE = 1 << 22  # bytes; 1024x1024 pixels at four bytes each
_BLOCK = 1 << 22  # bytes parsed at once
_SAMPLE = 500  # lines from which it is told what the columns are
_HEAD = 1 << 16  # bytes from which the format is told
_MIN_COLUMNS = 17  # 4x4 pixels and a label; fewer numbers a line are no pictures
_DELIMITERS = "\t;,|"


def read_kaggle_csv(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from a CSV of pixels, plain, gzip, or alone in a zip archive.

    Parameters
    ----------
    path : str or Path
        The file. Square pictures of any size.
    options : ReadOptions
        What the columns and pixels are, where the file does not tell.

    Returns
    -------
    Digits
        Labels of -1 where there is no column of labels.

    Raises
    ------
    DataError
        If it cannot be told what the columns are, if a line lacks a cell, or if a pixel is no
        number or not in the range of the others; the message names the line.
    DataNotFoundError
        If there is no such file.
    """
    path = Path(path)
    with _open(path, options.split) as stream:
        delimiter, columns, block, line_number = _read_start(path, stream, options)
        blocks = list(_read_blocks(path, stream, columns, delimiter, block, line_number))
    pixels = _join_pixels(path, blocks, columns)
    if options.scale is None:
        _check_scale(path, pixels, blocks, columns)
    images = pixels.reshape(-1, columns.side, columns.side)
    labels = _join_labels(path, blocks, columns, len(images))
    return digits_of_arrays(path, images, labels, options, columns.notes)


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
    """Tell whether a file's first line names pixels, or is a row of numbers."""
    head = read_member_head(path, _HEAD) if is_zip(path) else read_head(path, _HEAD)
    line = head.split(b"\n")[0].decode("utf-8-sig", errors="replace")
    cells = [clean_cell(cell) for cell in split_line(line, _find_delimiter(line))]
    if len(head) == _HEAD and len(line) > _HEAD // 2:
        cells = cells[:-1]  # cut short
    if are_pixel_names(cells):
        return True
    return len(cells) >= _MIN_COLUMNS and (_n_numbers(cells) >= len(cells) - 2 or is_header(cells))


@contextlib.contextmanager
def _open(path: Path, split: str) -> Iterator[IO[bytes]]:
    with open_member(path, split) if is_zip(path) else open_bytes(path) as stream:
        yield stream


def _find_delimiter(line: str) -> str:
    """Return the separator of a line: a comma may be a decimal one if there are semicolons."""
    found = [delimiter for delimiter in _DELIMITERS if line.count(delimiter)]
    if not found:
        return " " if line.strip().count(" ") else ","
    return next((delimiter for delimiter in found if line.count(delimiter) > 2), found[0])


def _n_numbers(cells: list[str]) -> int:
    return sum(
        cell.replace(".", "", 1).replace("-", "").replace("e", "").isdigit() for cell in cells
    )


def _read_start(
    path: Path, stream: IO[bytes], options: ReadOptions
) -> tuple[str, Columns, bytes, int]:
    """Return separator and columns, and the first lines after the names with their number."""
    block = _read_lines(stream).removeprefix(b"\xef\xbb\xbf")
    block += _read_lines(stream) if block.count(b"\n") < 2 else b""  # names alone do not tell
    first = block.split(b"\n", 1)[0].decode("utf-8", errors="replace")
    delimiter = delimiter_of(options.delimiter) if options.delimiter else _find_delimiter(first)
    start = b"\n".join(block.split(b"\n", _SAMPLE)[:_SAMPLE])
    lines = start.decode("utf-8", errors="replace").splitlines()
    rows = [split_line(line, delimiter) for line in lines if line.strip()] or [[""]]
    if not rows[0][-1].strip() and len(rows[0]) > 1:
        rows = [row[:-1] for row in rows]  # a separator at the end of each line
    columns = find_columns(path, rows, options.label_column)
    if not columns.has_header:
        return delimiter, columns, block, 1
    return delimiter, columns, block.split(b"\n", 1)[1], 2


def _read_lines(stream: IO[bytes]) -> bytes:
    block = stream.read(_BLOCK)
    block += stream.readline(_MAX_LINE) if block else b""
    return block if block.endswith(b"\n") or not block else block + b"\n"


def _read_blocks(
    path: Path, stream: IO[bytes], columns: Columns, delimiter: str, block: bytes, line_number: int
) -> Iterator[Block]:
    n_bytes = 0
    while block:
        parsed = parse_block(path, block, columns, delimiter, line_number)
        line_number += block.count(b"\n")
        n_bytes += parsed.pixels.nbytes
        if n_bytes > MAX_BYTES:
            raise DataError(f"{path}: more than {MAX_BYTES:,} bytes of pixels; split the file")
        yield parsed
        block = _read_lines(stream)


def _join_pixels(
    path: Path, blocks: list[Block], columns: Columns
) -> npt.NDArray[np.uint8] | npt.NDArray[np.float32]:
    """Return the pixels of all lines; uint8 only if all are whole numbers from 0 to 255."""
    parts = [block.pixels for block in blocks] or [np.zeros((0, columns.side**2), np.uint8)]
    if any(part.dtype != np.uint8 for part in parts):
        parts = [part.astype(np.float32) for part in parts]
    return np.concatenate(parts)


def _join_labels(path: Path, blocks: list[Block], columns: Columns, n_images: int) -> Labels:
    if columns.label is None:
        return no_labels(n_images)
    parts = [block.labels for block in blocks]
    if all(isinstance(part, np.ndarray) for part in parts):
        values = np.concatenate([np.asarray(part) for part in parts] or [np.zeros(0, np.int32)])
        return to_labels(path, "labels", values, n_images)
    texts = [
        str(label)
        for part in parts
        for label in (part if isinstance(part, list) else part.tolist())
    ]
    return labels_of_texts(path, "labels", texts)


def _check_scale(
    path: Path,
    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.float32],
    blocks: list[Block],
    columns: Columns,
) -> None:
    """Name the pixel that keeps the scale from being told."""
    if pixels.dtype == np.uint8 or not pixels.size:
        return
    low, high = float(pixels.min()), float(pixels.max())
    fractions = pixels % 1 != 0
    if find_scale(low, high, whole=not fractions.any()):
        return
    if low >= 0 and high <= 255:
        odd = int(fractions.argmax())
    else:
        odd = int(pixels.argmin() if low < 0 else pixels.argmax())
    row, index = divmod(odd, pixels.shape[1])
    line = np.concatenate([block.lines for block in blocks])[row]
    value = f"{pixels.ravel()[odd]:g}"
    raise DataError(
        f"{path}, line {line}, column {column_of_pixel(columns, index) + 1}: found {value!r};"
        f" {scale_message(low, high)}"
    )
