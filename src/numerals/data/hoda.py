"""HODA ``.cdb``: bilevel digits of varying size, each row as run lengths.

Little-endian. A header of 1024 bytes: year, month, day, height and width of all pictures (0 where
each record states its own), the number of records, 128 numbers of records by label, the image type
at 522. Then the records: 0xff, label, width and height, byte count, and each row as runs that
alternate background and ink until the row is full.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.data.data_files import read_all, read_head
from numerals.errors import DataError
from numerals.ink import to_mnist
from numerals.records import Digits
from numerals.scripts import SCRIPTS
from numerals.untrusted import reads_untrusted

_HEADER_BYTES = 1024
_MAX_FILE_BYTES = 1 << 28
_MAX_RECORDS = 300_000  # the largest published file has 60,000


@dataclass(frozen=True)
class HodaRecord:
    """One digit as the file holds it.

    Attributes
    ----------
    label : int
        The digit.
    width, height : int, pixels
        Size of the picture.
    runs : bytes
        Run lengths, row by row.
    """

    label: int
    width: int
    height: int
    runs: bytes

    def to_bitmap(self) -> npt.NDArray[np.uint8]:
        """Return the picture, shape (height, width), ink 255."""
        runs = np.frombuffer(self.runs, np.uint8).astype(np.int64)
        filled = np.cumsum(runs)
        pixels_before = np.arange(1, self.height + 1) * self.width  # up to the end of each row
        row_ends = np.searchsorted(filled, pixels_before)
        if row_ends[-1] != runs.size - 1 or not np.array_equal(filled[row_ends], pixels_before):
            raise ValueError("runs that do not end with the rows")
        runs_per_row = np.diff(row_ends, prepend=-1)
        first_runs = np.repeat(row_ends - runs_per_row + 1, runs_per_row)
        ink = ((np.arange(runs.size) - first_runs) % 2).astype(np.uint8) * np.uint8(255)
        return np.repeat(ink, runs).reshape(self.height, self.width)


def read_hoda(path: str | Path) -> Digits:
    """Read a ``.cdb`` file, each digit fitted to 28x28 as MNIST does it.

    Parameters
    ----------
    path : str or Path
        Such as ``Test 20000.cdb``.

    Returns
    -------
    Digits
        In the file's order.

    Raises
    ------
    DataError
        If the file is cut short, or is not bilevel.
    DataNotFoundError
        If there is no such file.

    References
    ----------
    Khosravi, Kabir: Introducing a very large dataset of handwritten Farsi digits and a study on
    their varieties. Pattern Recognition Letters 28 (2007). Research and non-commercial use only.
    """
    return digits_of_records(Path(path), read_hoda_records(path))


@reads_untrusted()
def read_hoda_records(path: str | Path) -> list[HodaRecord]:
    """Read the records of a ``.cdb`` file without decoding their pictures.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    list of HodaRecord

    Raises
    ------
    DataError
        If the file is cut short, longer than it says, or not bilevel.
    """
    path = Path(path)
    content = read_all(path, max_bytes=_MAX_FILE_BYTES)
    if len(content) < _HEADER_BYTES:
        raise DataError(f"{path}: {len(content)} bytes; expected a header of {_HEADER_BYTES}")
    height, width, n_records = struct.unpack_from("<4xBBI", content)
    if content[522] != 0:
        raise DataError(f"{path}: image type {content[522]}; only bilevel ones (0) are read")
    try:
        records = list(_records(content, height, width, n_records))
    except (struct.error, IndexError, ValueError) as error:
        raise DataError(
            f"{path}: found {error}; expected {n_records:,} records: the file is damaged, or no"
            " HODA .cdb: fetch or copy it again"
        ) from error
    return records


def digits_of_records(path: Path, records: list[HodaRecord]) -> Digits:
    """Decode records and fit each to 28x28.

    Parameters
    ----------
    path : Path
        The file that they come from, for messages and the name.
    records : list of HodaRecord
        What to decode.

    Returns
    -------
    Digits
    """
    images = np.zeros((len(records), 28, 28), np.uint8)
    for index, record in enumerate(records):
        try:
            images[index] = to_mnist(record.to_bitmap())
        except (ValueError, IndexError) as error:
            raise DataError(f"{path}: record {index}: {error}; the file is damaged") from error
    labels = np.array([record.label for record in records], np.int64)
    return Digits(images, labels, SCRIPTS["persian"], name=path.stem, script="persian")


def is_hoda(path: Path) -> bool:
    """Tell whether a file has a ``.cdb`` header."""
    head = read_head(path, _HEADER_BYTES + 1)
    return path.suffix.lower() == ".cdb" and len(head) > _HEADER_BYTES and head[-1] == 0xFF


def _records(content: bytes, height: int, width: int, n_records: int) -> Iterator[HodaRecord]:
    own_size = height == 0 or width == 0
    position = _HEADER_BYTES
    for index in range(n_records):
        if index == _MAX_RECORDS:  # of four bytes each there could be tens of millions
            raise ValueError(f"more than {_MAX_RECORDS:,} records, which is too many")
        start, label = content[position], content[position + 1]
        if start != 0xFF or label > 9:
            raise ValueError(f"record {index} begins {start:#x}, label {label}")
        position += 2
        if own_size:
            width, height = content[position], content[position + 1]
            position += 2
        (n_bytes,) = struct.unpack_from("<H", content, position)
        position += 2 + n_bytes
        if position > len(content) or width == 0 or height == 0:
            raise ValueError(f"record {index} cut short or empty")
        yield HodaRecord(label, width, height, content[position - n_bytes : position])
    if position != len(content):
        raise ValueError(f"{len(content) - position:,} bytes after the last record")
