"""Name and write annotated pictures."""

from collections.abc import Collection, Sequence
from itertools import chain, count
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.files import atomic_file, report_write_errors
from numerals.records import Page

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}


def annotated_picture_paths(
    source: str, pages: Sequence[Page], out: Path, taken: Collection[Path] | None = None
) -> list[Path]:
    """Return the paths of the annotated pictures of a file, one for each page.

    Parameters
    ----------
    source : str
        The file that was read.
    pages : sequence of Page
    out : Path
        If it has the suffix of a picture and there is one page of one file, the file to write;
        otherwise the folder to write into.
    taken : collection of Path, optional
        If several files are read, the paths of the pictures of the files before this one, which are
        not used again. By default there is one file.
    """
    is_picture = out.suffix.lower() in _SUFFIXES and not out.is_dir()
    if is_picture and len(pages) == 1 and taken is None:
        return [out]
    folder = out.with_suffix("") if is_picture else out
    name = Path(source).name.replace(".", "-")
    for stem in chain([name], (f"{name}-{i}" for i in count(2))):
        numbers = [f"-{page.number}" if len(pages) > 1 else "" for page in pages]
        paths = [folder / f"{stem}{number}.png" for number in numbers]
        if not taken or not set(paths) & set(taken):
            return paths
    raise AssertionError  # count() does not end


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
