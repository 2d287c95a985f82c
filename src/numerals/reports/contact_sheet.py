"""Write contact sheets: pictures with some digits of each class, a row for each class."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.files import open_atomic
from numerals.picture_encoding import encode_png
from numerals.records import Digits


def write_contact_sheet(
    digits: Digits, path: str | Path, *, rows: int = 10, columns: int = 20, random_state: int = 0
) -> None:
    """Write a contact sheet to a PNG file atomically.

    Parameters
    ----------
    digits : Digits
    path : str or Path
    rows, columns, random_state : int
        As in `Digits.contact_sheet`.
    """
    write_sheet(digits.contact_sheet(rows=rows, columns=columns, random_state=random_state), path)


def write_sheet(sheet: npt.NDArray[np.uint8], path: str | Path) -> None:
    """Write a picture to a PNG file atomically.

    Parameters
    ----------
    sheet : ndarray of uint8, shape (height, width)
    path : str or Path
    """
    with open_atomic(Path(path)) as stream:
        stream.write(encode_png(sheet))
