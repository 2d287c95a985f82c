"""UCI's handwritten digits: each line has 64 pixel counts from 0 to 16, then the label."""

from pathlib import Path

import numpy as np

from numerals.data.bounded_files import read_all, read_head
from numerals.errors import DataError
from numerals.records import Digits
from numerals.untrusted import reads_untrusted

_SIDE = 8  # pixels
_MAX_PIXEL = 16
_MAX_UCI_BYTES = 1 << 26


@reads_untrusted()
def read_uci_digits(path: str | Path) -> Digits:
    """Read ``optdigits.tra`` or ``optdigits.tes``.

    Parameters
    ----------
    path : str or Path
        A plain or gzip file.

    Returns
    -------
    Digits
        8x8 pixels; the counts 0 to 16 are scaled to 0 to 255.

    Raises
    ------
    DataError
        If a line does not have 65 integers in range.
    DataNotFoundError
        If the file does not exist.

    References
    ----------
    Alpaydin, Kaynak: Optical Recognition of Handwritten Digits. UCI Machine Learning Repository.
    """
    path = Path(path)
    lines = read_all(path, max_bytes=_MAX_UCI_BYTES).decode("latin1").splitlines()
    rows = [_parse_line(path, n, line) for n, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise DataError(f"{path}: is empty, expected 65 numbers per line; fetch or copy it again")
    values = np.array(rows, np.int64)
    images = np.rint(values[:, :-1] * (255 / _MAX_PIXEL)).astype(np.uint8)
    return Digits(images.reshape(-1, _SIDE, _SIDE), values[:, -1], name=path.stem)


def is_uci(path: Path) -> bool:
    """Return whether the first line of a file has 65 integers."""
    cells = read_head(path, 1024).split(b"\n")[0].strip().split(b",")
    return len(cells) == _SIDE**2 + 1 and all(cell.isdigit() for cell in cells)


def _parse_line(path: Path, line_number: int, line: str) -> list[int]:
    cells = line.split(",")
    fits = len(cells) == _SIDE**2 + 1 and all(c.strip().isdecimal() and len(c) < 4 for c in cells)
    values = [int(cell) for cell in cells] if fits else []
    if not fits or max(values[:-1]) > _MAX_PIXEL or values[-1] > 9:
        raise DataError(
            f"{path}, line {line_number}: got {len(cells)} cells, {line[:40]!r}, expected 64"
            f" integers from 0 to {_MAX_PIXEL}, then a digit; repair or remove the line"
        )
    return values
