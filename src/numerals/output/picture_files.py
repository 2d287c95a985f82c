"""Where pictures are saved, and how: whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.files import partial_file, report_write_errors
from numerals.records import Page

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}


def picture_names(source: str, pages: Sequence[Page], out: Path) -> list[Path]:
    """Return the files that the pages of `source` go to.

    Parameters
    ----------
    source : str
        The file that was read.
    pages : sequence of Page
    out : Path
        A picture's name for a single page; anything else is a folder.
    """
    if out.suffix.lower() in _SUFFIXES and len(pages) == 1 and not out.is_dir():
        return [out]
    folder = out.with_suffix("") if out.suffix.lower() in _SUFFIXES else out
    stem = Path(source).name.replace(".", "-")
    numbered = len(pages) > 1
    return [folder / f"{stem}{f'-{page.number}' if numbered else ''}.png" for page in pages]


def write_picture(pixels: npt.NDArray[np.uint8], path: Path) -> None:
    """Save RGB or grey pixels as what the path's suffix says, making its folder."""
    with report_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial_file(path) as partial:
            Image.fromarray(pixels).save(partial)
