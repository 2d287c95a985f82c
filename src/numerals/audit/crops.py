"""Pictures of the numbers of a sample, cut from the original files."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.audit.answers import SampleItem
from numerals.errors import DataError, NumeralsError
from numerals.files import write_atomic
from numerals.images import Source, load_picture
from numerals.picture_encoding import encode_png
from numerals.records import Box

CROPS_FOLDER = "crops"
MISSING_FILE = "missing.json"
"""Why crops are missing, by item id."""

OpenFile = Callable[[str], Source]
"""Returns the source of a file by its name in the run."""
RgbImage = npt.NDArray[np.uint8]

_CONTEXT = (1.0, 0.8)  # beside and above a number, in heights of its box
_MIN_CONTEXT = 16  # pixels
_MIN_HEIGHT = 64  # pixels of a box in its crop, which is enlarged to it
_MAX_SCALE = 4.0
_MAX_SIDE = 1600  # pixels of a crop
_BOX_COLOR = (90, 150, 230)
_BOX_MARGIN = 3  # pixels between the box and its drawn frame
_PAGE_SIDE = 1200  # pixels of a page that is shown for a number without a box


def cut_crop(pixels: RgbImage, box: Box | None, scale: float = 1.0) -> RgbImage:
    """Cut a number with some context from its page; a light frame shows which one is meant.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The page, RGB.
    box : Box or None
        Pixels of the original picture; None cuts nothing and draws nothing.
    scale : float
        Pixels of the original per pixel of `pixels`.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Small numbers are enlarged.

    Raises
    ------
    DataError
        If the box lies outside the picture.
    """
    if box is None:
        return _resize(pixels, min(1.0, _PAGE_SIDE / max(pixels.shape[:2])))
    height, width = pixels.shape[:2]
    x_min, y_min, x_max, y_max = (round(value / scale) for value in box)
    if x_min >= min(x_max, width) or y_min >= min(y_max, height) or x_max <= 0 or y_max <= 0:
        raise DataError(
            f"its box {box} is outside the picture of {width} x {height} pixels; the file has "
            "changed since it was read"
        )
    dx, dy = (max(_MIN_CONTEXT, round(share * (y_max - y_min))) for share in _CONTEXT)
    left, top = max(0, x_min - dx), max(0, y_min - dy)
    part = pixels[top : y_max + dy, left : x_max + dx]
    zoom = min(max(1.0, _MIN_HEIGHT / (y_max - y_min)), _MAX_SCALE, _MAX_SIDE / max(part.shape[:2]))
    # The frame of a number at the edge of its page is drawn into a border.
    border = 2 * _BOX_MARGIN
    crop = np.pad(_resize(part, zoom), ((border, border), (border, border), (0, 0)), "edge")
    first, last = (
        (
            round((x - left) * zoom) + border + margin,
            round((y - top) * zoom) + border + margin,
        )
        for x, y, margin in ((x_min, y_min, -_BOX_MARGIN), (x_max, y_max, _BOX_MARGIN))
    )
    cv2.rectangle(crop, first, last, _BOX_COLOR, 1, cv2.LINE_AA)
    return crop


def write_crops(
    folder: Path, items: Sequence[SampleItem], open_file: OpenFile, *, resolution: float
) -> Iterator[str]:
    """Write the crop of each item to ``crops/ID.png``, and why some are missing.

    Parameters
    ----------
    folder : Path
        Of the stage.
    items : sequence of SampleItem
        Those of one file are consecutive.
    open_file : callable
        Returns the source of a file by its name in the run.
    resolution : float, dots per inch
        At which the pages of PDF files were rendered when they were read.

    Yields
    ------
    str
        The id of each item, when it is done.
    """
    (folder / CROPS_FOLDER).mkdir(exist_ok=True)
    missing: dict[str, str] = {}
    for (file, page), group in groupby(items, key=lambda item: (item.file, item.page or 1)):
        on_page = list(group)
        try:
            picture = load_picture(open_file(file), page=page, resolution=resolution, color=True)
        except (NumeralsError, OSError) as error:
            missing |= {item.id: str(error) for item in on_page}
            yield from (item.id for item in on_page)
            continue
        for item in on_page:
            try:
                crop = cut_crop(picture.pixels, item.box, picture.scale)
                (folder / CROPS_FOLDER / f"{item.id}.png").write_bytes(encode_png(crop))
            except DataError as error:
                missing[item.id] = f"{file}: {error}"
            yield item.id
    write_atomic(folder / MISSING_FILE, json.dumps(dict(sorted(missing.items())), indent=1))


def load_missing(folder: Path) -> dict[str, str]:
    """Return why crops of a stage are missing, by item id."""
    path = folder / MISSING_FILE
    if not path.exists():
        return {}
    missing: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return missing


def _resize(pixels: RgbImage, zoom: float) -> RgbImage:
    """Return a resized copy."""
    height, width = pixels.shape[:2]
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    method = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=method)
    return np.asarray(resized, np.uint8).copy()
