"""UCI's optical recognition of handwritten digits: a line is 64 counts of 0 to 16, then a digit."""

from pathlib import Path

import numpy as np

from numerals.data.data_files import read_all, read_head
from numerals.errors import DataError
from numerals.records import Digits
from numerals.untrusted import reads_untrusted

_SIDE = 8
_HIGHEST = 16
_MAX_FILE_BYTES = 1 << 26


@reads_untrusted()
def read_uci_digits(path: str | Path) -> Digits:
    """Read ``optdigits.tra`` or ``optdigits.tes``.

    Parameters
    ----------
    path : str or Path
        The file, plain or gzip.

    Returns
    -------
    Digits
        8x8; the counts 0..16 are scaled to 0..255.

    Raises
    ------
    DataError
        If a line is not 65 whole numbers in range.
    DataNotFoundError
        If there is no such file.

    References
    ----------
    Alpaydin, Kaynak: Optical Recognition of Handwritten Digits. UCI Machine Learning Repository.
    """
    path = Path(path)
    lines = read_all(path, max_bytes=_MAX_FILE_BYTES).decode("latin1").splitlines()
    rows = [_parse_line(path, n, line) for n, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise DataError(f"{path}: the file is empty; expected 65 numbers a line")
    values = np.array(rows, np.int64)
    images = np.rint(values[:, :-1] * (255 / _HIGHEST)).astype(np.uint8)
    return Digits(images.reshape(-1, _SIDE, _SIDE), values[:, -1], name=path.stem)


def is_uci(path: Path) -> bool:
    """Tell whether a file's first line is 65 numbers."""
    cells = read_head(path, 1024).split(b"\n")[0].strip().split(b",")
    return len(cells) == _SIDE**2 + 1 and all(cell.isdigit() for cell in cells)


def _parse_line(path: Path, line_number: int, line: str) -> list[int]:
    cells = line.split(",")
    fits = len(cells) == _SIDE**2 + 1 and all(c.strip().isdecimal() and len(c) < 4 for c in cells)
    values = [int(cell) for cell in cells] if fits else []
    if not fits or max(values[:-1]) > _HIGHEST or values[-1] > 9:
        raise DataError(
            f"{path}, line {line_number}: expected 64 whole numbers from 0 to {_HIGHEST}, then a"
            f" digit; found {len(cells)} cells, {line[:40]!r}"
        )
    return values
