"""Load real pictures of one number each (cheque amounts, log-book cells) as page samples."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.synthesis.page_camera import SAMPLE_SIDE, PageSample
from numerals.synthesis.page_canvas import NUMBER, UNKNOWN
from numerals.synthesis.page_colors import read_rgb

_Rng = np.random.Generator
_Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class NumberCrop:
    """A picture of one number, and the number's box in pixels; None if unknown."""

    path: Path
    box: _Box | None


def load_number_crops(folder: Path) -> list[NumberCrop]:
    """Find the training pictures of ``strings/orand`` and ``strings/meza``.

    Parameters
    ----------
    folder : Path
        Such as ``strings`` of the data sets.
    """
    boxes = _load_digit_boxes(folder / "orand_digit_boxes.json")
    crops = []
    for name in ("orand", "meza"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["split"] == "train" and any(c.isdigit() for c in row["text"]):
                    path = folder / row["file"]
                    crops.append(NumberCrop(path, boxes.get(path.stem)))
    return crops


def _load_digit_boxes(path: Path) -> dict[str, _Box]:
    """Return the box around the digits of each picture, by the stem of its file name."""
    label = json.loads(path.read_text(encoding="utf-8"))
    names = {image["id"]: image["file_name"].split("_png")[0] for image in label["images"]}
    boxes: dict[str, _Box] = {}
    for annotation in label["annotations"]:
        x, y, width, height = annotation["bbox"]
        box = (int(x), int(y), int(x + width), int(y + height))
        name = names[annotation["image_id"]]
        old = boxes.get(name, box)
        boxes[name] = (
            min(old[0], box[0]),
            min(old[1], box[1]),
            max(old[2], box[2]),
            max(old[3], box[3]),
        )
    return boxes


def make_crop_sample(
    rng: _Rng, crops: Sequence[NumberCrop], digit_height: float
) -> PageSample | None:
    """Return a random picture as a sample; its edge pixels are repeated around it.

    Parameters
    ----------
    rng : numpy.random.Generator
    crops : sequence of NumberCrop
    digit_height : float, pixels
        Height of the number in the sample, unless the picture is too large for it.

    Returns
    -------
    PageSample or None
        None if the box of the number is unknown and no component of ink is found.
    """
    crop = crops[int(rng.integers(len(crops)))]
    picture = read_rgb(crop.path)
    box = crop.box or _find_number(picture)
    if box is None:
        return None
    height, width = picture.shape[:2]
    factor = digit_height / max(1, box[3] - box[1])
    factor = min(factor, SAMPLE_SIDE / width, SAMPLE_SIDE / height)
    left = rng.uniform(0, SAMPLE_SIDE - factor * width)
    top = rng.uniform(0, SAMPLE_SIDE - factor * height)
    if factor < 0.5:
        picture = np.asarray(cv2.blur(picture, (round(0.5 / factor) * 2 - 1,) * 2), np.uint8)
    to_sample = np.array([[factor, 0, left], [0, factor, top]])
    size = (SAMPLE_SIDE, SAMPLE_SIDE)
    image = cv2.warpAffine(
        picture, to_sample, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    corners = np.array([[box[i], box[j]] for i, j in ((0, 1), (2, 1), (2, 3), (0, 3))])
    quad = (corners * factor + (left, top)).astype(np.float32)
    blank = np.zeros(size, np.uint8)
    kinds = np.full(size, UNKNOWN, np.uint8)
    gray = cv2.cvtColor(np.asarray(image, np.uint8), cv2.COLOR_RGB2GRAY)
    x0, y0 = np.maximum(quad[0], 0).astype(int)
    x1, y1 = quad[2].astype(int)
    inside = gray[y0:y1, x0:x1]
    if inside.size:
        level, _ = cv2.threshold(inside, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        kinds[y0:y1, x0:x1][inside < level] = NUMBER
    return PageSample(np.asarray(image, np.uint8), kinds, [quad], [], blank, blank, [""])


def _find_number(rgb: npt.NDArray[np.uint8]) -> _Box | None:
    """Return the box of the dark components that do not touch the picture's edge."""
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    _, mask = cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    n, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = gray.shape
    boxes = [
        (x, y, x + w, y + h)
        for x, y, w, h, _ in stats[1:n].tolist()
        if x > 0 and y > 0 and x + w < width and y + h < height and h > 0.2 * height
    ]
    if not boxes:
        return None
    edges = np.array(boxes)
    low, high = edges[:, :2].min(axis=0).tolist(), edges[:, 2:].max(axis=0).tolist()
    return (low[0], low[1], high[0], high[1])
