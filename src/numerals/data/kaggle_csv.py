"""CSV files with the pixels of one digit per line, as Kaggle uses: ``label,pixel0,...,pixel783``.

The reader accepts files with or without column names, with the label in the first or last column,
with a column of row numbers, with pixels from 0 to 255 or 0 to 1, and with cells separated by
commas, semicolons, tabs or spaces.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import MAX_DATA_BYTES, gzip_stream, open_bytes, read_head
from numerals.data.csv_columns import Columns, are_pixel_names, clean_cell, find_columns, is_header
from numerals.data.csv_values import Block, column_of_pixel, parse_block, split_line
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions, delimiter_of
from numerals.data.label_values import Labels, labels_of_texts, no_labels, to_labels
from numerals.data.named_arrays import digits_of_arrays
from numerals.data.pixel_arrays import find_scale, scale_message
from numerals.data.zipped_csv import is_zip, open_member, read_member_head
from numerals.errors import DataError
from numerals.files import open_atomic
from numerals.records import Digits

_MAX_LINE_BYTES = 1 << 22  # 1024x1024 pixels at four bytes each
_BLOCK_BYTES = 1 << 22  # parsed at once
_N_SAMPLE_LINES = 500  # from which the meaning of the columns is detected
_HEAD_BYTES = 1 << 16  # from which the format is detected
_MIN_COLUMNS = 17  # 4x4 pixels and a label; lines with fewer numbers are not images
_DELIMITERS = "\t;,|"


def read_kaggle_csv(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from a CSV of pixels.

    Parameters
    ----------
    path : str or Path
        A plain file, a gzip file, or a zip archive that contains the CSV. Each line has the
        pixels of one square image.
    options : FileOptions
        Overrides of what is detected: label column, delimiter, scale and polarity.

    Returns
    -------
    Digits
        All labels are -1 if there is no label column.

    Raises
    ------
    DataError
        If the columns cannot be identified, a line has the wrong number of cells, or a pixel is
        not a number or out of range; the message names the line.
    DataNotFoundError
        If the file does not exist.
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
    """Write digits as a CSV in Kaggle's format; if all are unlabelled, without a label column.

    Parameters
    ----------
    digits : Digits
        Square images. A label is written as its index into ``digits.classes``.
    path : str or Path
        The file to write, through gzip if its name ends in ``.gz``.

    Raises
    ------
    DataError
        If the images are not square, since the format does not store height and width.
    """
    path = Path(path)
    n_images, height, width = digits.images.shape
    if height != width or height == 0:
        raise DataError(
            f"{path}: got images of {height}x{width} pixels, expected square images; write npz"
        )
    labelled = bool((digits.labels >= 0).any())
    columns = [*(["label"] if labelled else []), *(f"pixel{i}" for i in range(height * width))]
    text = [str(value) for value in range(256)]
    with open_atomic(path) as file, gzip_stream(file, enabled=path.suffix == ".gz") as stream:
        stream.write((",".join(columns) + "\n").encode())
        rows = digits.images.reshape(n_images, height * width)
        for row, label in zip(rows, digits.labels.tolist(), strict=True):
            line = ",".join(map(text.__getitem__, row.tolist()))
            stream.write(f"{label},{line}\n".encode() if labelled else f"{line}\n".encode())


def is_kaggle_csv(path: Path) -> bool:
    """Return whether the first line of a file has pixel names or numbers."""
    head = read_member_head(path, _HEAD_BYTES) if is_zip(path) else read_head(path, _HEAD_BYTES)
    line = head.split(b"\n")[0].decode("utf-8-sig", errors="replace")
    cells = [clean_cell(cell) for cell in split_line(line, _find_delimiter(line))]
    if len(head) == _HEAD_BYTES and len(line) > _HEAD_BYTES // 2:
        cells = cells[:-1]  # possibly truncated
    if are_pixel_names(cells):
        return True
    return len(cells) >= _MIN_COLUMNS and (_n_numbers(cells) >= len(cells) - 2 or is_header(cells))


@contextlib.contextmanager
def _open(path: Path, split: str) -> Iterator[IO[bytes]]:
    with open_member(path, split) if is_zip(path) else open_bytes(path) as stream:
        yield stream


def _find_delimiter(line: str) -> str:
    """Return the delimiter of a line; if it has semicolons, commas are decimal marks."""
    candidates = [delimiter for delimiter in _DELIMITERS if line.count(delimiter)]
    if not candidates:
        return " " if line.strip().count(" ") else ","
    return next((each for each in candidates if line.count(each) > 2), candidates[0])


def _n_numbers(cells: list[str]) -> int:
    return sum(
        cell.replace(".", "", 1).replace("-", "").replace("e", "").isdigit() for cell in cells
    )


def _read_start(
    path: Path, stream: IO[bytes], options: FileOptions
) -> tuple[str, Columns, bytes, int]:
    """Return delimiter, columns, the first block of data lines and the number of its first line."""
    block = _read_lines(stream).removeprefix(b"\xef\xbb\xbf")
    block += _read_lines(stream) if block.count(b"\n") < 2 else b""  # the header is not enough
    first = block.split(b"\n", 1)[0].decode("utf-8", errors="replace")
    delimiter = delimiter_of(options.delimiter) if options.delimiter else _find_delimiter(first)
    start = b"\n".join(block.split(b"\n", _N_SAMPLE_LINES)[:_N_SAMPLE_LINES])
    lines = start.decode("utf-8", errors="replace").splitlines()
    rows = [split_line(line, delimiter) for line in lines if line.strip()] or [[""]]
    if not rows[0][-1].strip() and len(rows[0]) > 1:
        rows = [row[:-1] for row in rows]  # each line ends with a delimiter
    columns = find_columns(path, rows, options.label_column)
    if not columns.has_header:
        return delimiter, columns, block, 1
    return delimiter, columns, block.split(b"\n", 1)[1], 2


def _read_lines(stream: IO[bytes]) -> bytes:
    block = stream.read(_BLOCK_BYTES)
    block += stream.readline(_MAX_LINE_BYTES) if block else b""
    return block if block.endswith(b"\n") or not block else block + b"\n"


def _read_blocks(
    path: Path, stream: IO[bytes], columns: Columns, delimiter: str, block: bytes, line_number: int
) -> Iterator[Block]:
    n_bytes = 0
    while block:
        parsed = parse_block(path, block, columns, delimiter, line_number)
        line_number += block.count(b"\n")
        n_bytes += parsed.pixels.nbytes
        if n_bytes > MAX_DATA_BYTES:
            raise DataError(
                f"{path}: got more than {MAX_DATA_BYTES:,} bytes of pixels, which is the limit;"
                " split the file"
            )
        yield parsed
        block = _read_lines(stream)


def _join_pixels(
    path: Path, blocks: list[Block], columns: Columns
) -> npt.NDArray[np.uint8] | npt.NDArray[np.float32]:
    """Return the pixels of all lines: uint8 if all are integers from 0 to 255, else float32."""
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
    """Raise an error that names the offending pixel if the scale cannot be detected."""
    if pixels.dtype == np.uint8 or not pixels.size:
        return
    low, high = float(pixels.min()), float(pixels.max())
    fractions = pixels % 1 != 0
    if find_scale(low, high, integral=not fractions.any()):
        return
    if low >= 0 and high <= 255:
        outlier = int(fractions.argmax())
    else:
        outlier = int(pixels.argmin() if low < 0 else pixels.argmax())
    row, index = divmod(outlier, pixels.shape[1])
    line = np.concatenate([block.lines for block in blocks])[row]
    value = f"{pixels.ravel()[outlier]:g}"
    raise DataError(
        f"{path}, line {line}, column {column_of_pixel(columns, index) + 1}: got {value!r} in"
        f" {scale_message(low, high)}"
    )
