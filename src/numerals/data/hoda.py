"""HODA ``.cdb`` files: bilevel digits of varying size, with run-length encoded rows.

All values are little-endian. The header has 1024 bytes: year, month, day, height and width of all
images (0 if each record states its own), the number of records, 128 record counts by label, and
the image type at offset 522. Each record has 0xff, the label, width and height, the byte count,
and the rows as runs that alternate between background and ink until the row is full.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import read_all, read_head
from numerals.errors import DataError
from numerals.ink import to_mnist
from numerals.records import Digits
from numerals.scripts import SCRIPTS
from numerals.untrusted import reads_untrusted

_HODA_HEADER_BYTES = 1024
_MAX_HODA_BYTES = 1 << 28
_MAX_RECORDS = 300_000  # the largest published file has 60,000


@dataclass(frozen=True)
class HodaRecord:
    """One record of a ``.cdb`` file.

    Attributes
    ----------
    label : int
        The digit, 0 to 9.
    width, height : int, pixels
        Size of the image.
    runs : bytes
        Run lengths in pixels, row by row.
    """

    label: int
    width: int
    height: int
    runs: bytes

    def to_bitmap(self) -> npt.NDArray[np.uint8]:
        """Return the image.

        Returns
        -------
        ndarray of uint8, shape (height, width)
            Ink is 255, background 0.

        Raises
        ------
        ValueError
            If the runs do not fill each row exactly.
        """
        runs = np.frombuffer(self.runs, np.uint8).astype(np.int64)
        filled = np.cumsum(runs)
        pixels_before = np.arange(1, self.height + 1) * self.width  # up to the end of each row
        row_ends = np.searchsorted(filled, pixels_before)
        if row_ends[-1] != runs.size - 1 or not np.array_equal(filled[row_ends], pixels_before):
            raise ValueError("the runs do not fill each row exactly")
        runs_per_row = np.diff(row_ends, prepend=-1)
        first_runs = np.repeat(row_ends - runs_per_row + 1, runs_per_row)
        ink = ((np.arange(runs.size) - first_runs) % 2).astype(np.uint8) * np.uint8(255)
        return np.repeat(ink, runs).reshape(self.height, self.width)


def read_hoda(path: str | Path) -> Digits:
    """Read a ``.cdb`` file, and scale and center each digit in 28x28 pixels as MNIST does.

    Parameters
    ----------
    path : str or Path
        A file such as ``Test 20000.cdb``.

    Returns
    -------
    Digits
        In the order of the file.

    Raises
    ------
    DataError
        If the file is truncated or not bilevel.
    DataNotFoundError
        If the file does not exist.

    References
    ----------
    Khosravi, Kabir: Introducing a very large dataset of handwritten Farsi digits and a study on
    their varieties. Pattern Recognition Letters 28 (2007). Research and non-commercial use only.
    """
    return digits_of_records(Path(path), read_hoda_records(path))


@reads_untrusted()
def read_hoda_records(path: str | Path) -> list[HodaRecord]:
    """Read the records of a ``.cdb`` file without decoding their images.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    list of HodaRecord

    Raises
    ------
    DataError
        If the file is truncated, longer than its header declares, or not bilevel.
    """
    path = Path(path)
    content = read_all(path, max_bytes=_MAX_HODA_BYTES)
    if len(content) < _HODA_HEADER_BYTES:
        raise DataError(
            f"{path}: got {len(content)} bytes, expected a header of {_HODA_HEADER_BYTES}; the file"
            " is truncated: fetch or copy it again"
        )
    height, width, n_records = struct.unpack_from("<4xBBI", content)
    if content[522] != 0:
        raise DataError(
            f"{path}: got image type {content[522]}, expected bilevel images (0); only the"
            " published HODA files can be read"
        )
    try:
        return list(_records(content, height, width, n_records))
    except (struct.error, IndexError, ValueError) as error:
        raise DataError(
            f"{path}: got {error}, expected {n_records:,} records; the file is damaged, or not a"
            " HODA .cdb file: fetch or copy it again"
        ) from error


def read_hoda_train_records(path: Path, test_path: Path) -> list[HodaRecord]:
    """Read the records of a train file whose bitmaps are not in the test file.

    The published train file repeats 30 bitmaps of the test file.
    """

    def bitmap_key(record: HodaRecord) -> tuple[int, int, bytes]:
        return record.width, record.height, record.runs

    test_bitmaps = {bitmap_key(record) for record in read_hoda_records(test_path)}
    return [record for record in read_hoda_records(path) if bitmap_key(record) not in test_bitmaps]


def digits_of_records(path: Path, records: list[HodaRecord]) -> Digits:
    """Decode records, and scale and center each in 28x28 pixels.

    Parameters
    ----------
    path : Path
        The file of the records, for messages and the name of the data set.
    records : list of HodaRecord

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If a record is damaged.
    """
    images = np.zeros((len(records), 28, 28), np.uint8)
    for index, record in enumerate(records):
        try:
            images[index] = to_mnist(record.to_bitmap())
        except (ValueError, IndexError) as error:
            raise DataError(
                f"{path}, record {index}: {error}; the file is damaged: fetch or copy it again"
            ) from error
    labels = np.array([record.label for record in records], np.int64)
    return Digits(images, labels, SCRIPTS["persian"], name=path.stem, script="persian")


def is_hoda(path: Path) -> bool:
    """Return whether a file is named ``.cdb`` and a record follows its header."""
    head = read_head(path, _HODA_HEADER_BYTES + 1)
    return path.suffix.lower() == ".cdb" and len(head) > _HODA_HEADER_BYTES and head[-1] == 0xFF


def _records(content: bytes, height: int, width: int, n_records: int) -> Iterator[HodaRecord]:
    own_size = height == 0 or width == 0
    position = _HODA_HEADER_BYTES
    for index in range(n_records):
        if index == _MAX_RECORDS:  # tens of millions of records of four bytes would fit in a file
            raise ValueError(f"more than {_MAX_RECORDS:,} records")
        start, label = content[position], content[position + 1]
        if start != 0xFF or label > 9:
            raise ValueError(f"record {index} with start byte {start:#x} and label {label}")
        position += 2
        if own_size:
            width, height = content[position], content[position + 1]
            position += 2
        (n_bytes,) = struct.unpack_from("<H", content, position)
        position += 2 + n_bytes
        if position > len(content) or width == 0 or height == 0:
            raise ValueError(f"a truncated or empty record {index}")
        yield HodaRecord(label, width, height, content[position - n_bytes : position])
    if position != len(content):
        raise ValueError(f"{len(content) - position:,} bytes after the last record")
