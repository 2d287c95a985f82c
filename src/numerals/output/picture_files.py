"""Name and write annotated pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.files import atomic_file, report_write_errors
from numerals.records import Page

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}


def annotated_picture_paths(source: str, pages: Sequence[Page], out: Path) -> list[Path]:
    """Return the paths of the annotated pictures of a file, one for each page.

    Parameters
    ----------
    source : str
        The file that was read.
    pages : sequence of Page
    out : Path
        If it has the suffix of a picture and there is one page, the file to write; otherwise the
        folder to write into.
    """
    if out.suffix.lower() in _SUFFIXES and len(pages) == 1 and not out.is_dir():
        return [out]
    folder = out.with_suffix("") if out.suffix.lower() in _SUFFIXES else out
    stem = Path(source).name.replace(".", "-")
    has_several = len(pages) > 1
    return [folder / f"{stem}{f'-{page.number}' if has_several else ''}.png" for page in pages]


def write_picture(pixels: npt.NDArray[np.uint8], path: Path) -> None:
    """Write RGB or gray pixels atomically, in the format of the path's suffix.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3) or (height, width)
    path : Path
        Its folder is created if necessary.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    with report_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as partial:
            Image.fromarray(pixels).save(partial)
