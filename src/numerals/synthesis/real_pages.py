"""Load real pages with their labels, and crop canvases from them.

The folder is ``training-pages`` of the data sets (see its README). It holds JPEG files; a labelled
one has a JSON file of line polygons and texts beside it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from numerals.synthesis.page_canvas import (
    CANVAS_SIDE,
    MARK,
    NUMBER,
    PRINT,
    UNKNOWN,
    WRITING,
    Canvas,
    PlacedNumber,
    box_to_quad,
)
from numerals.synthesis.page_colors import read_rgb

_Rng = np.random.Generator
_Mask = npt.NDArray[np.uint8]

_WITH_NUMBERS = (  # pages whose lines with only a number are labelled as such
    "lectaurep-random",
    "lectaurep-dufour",
    "lectaurep-riant",
    "lectaurep-mariages",
    "cremma-mss-18-artillery",
    "bagnes-r72",
    "peraire",
)
_WITHOUT_NUMBERS = (  # pages with labelled lines, none of which is only a number
    "not_numbers/celestine",
    "not_numbers/copiste-d-un-jour",
    "not_numbers/cremma-mss-19",
    "not_numbers/cremma-mss-20",
    "not_numbers/hdbpmn",
    "not_numbers/peraire",
    "forms/fondue-art-catalogues",
    "forms/tapuscorpus",
    "scenes/hdbpmn-photos",
    "labelled_pages/timeus",
)
_UNLABELLED = (  # pages without numbers and without labels
    "not_numbers/zxing-codes",
    "not_numbers/testament-poilus",
    "forms/my-receipts",
    "forms/omrchecker",
    "forms/ocropy-tests",
    "forms/textract-samples",
    "scenes/page-dewarp",
)
_SUDOKUS = "forms/sudoku-newspaper"
_TEXTURES = ("scenes/textures", "scenes/zxing-textures", "scenes/synthdog")

_MIN_CONTRAST = 28  # of 255: pixels darker than their surroundings by more count as ink
_INK_MARGIN = 9  # pixels: side of the square around ink within which the kind is unknown


@dataclass(frozen=True, eq=False)
class RealPage:
    """A picture with its labelled lines; `lines` is None if the page is unlabelled."""

    path: Path
    lines: Sequence[Mapping[str, Any]] | None
    is_printed: bool


@dataclass(frozen=True, eq=False)
class RealPages:
    """Real pages with and without numbers, newspaper sudokus, and textures of surfaces."""

    with_numbers: Sequence[RealPage]
    without_numbers: Sequence[RealPage]
    sudokus: Sequence[Path]
    textures: Sequence[Path]


def load_real_pages(folder: Path) -> RealPages:
    """Find the training pages in a folder.

    Parameters
    ----------
    folder : Path
        Such as ``training-pages`` of the data sets.

    Raises
    ------
    FileNotFoundError
        If the folder holds no labelled pages.
    """
    with_numbers = [
        page for name in _WITH_NUMBERS for page in _load_labelled(folder / "labelled_pages" / name)
    ]
    if not with_numbers:
        raise FileNotFoundError(
            f"{folder}: no labelled pages; expected labelled_pages/*/*.json: set NUMERALS_DATA to "
            "the folder of the data sets"
        )
    without = [page for name in _WITHOUT_NUMBERS for page in _load_labelled(folder / name)]
    without += [
        RealPage(path, None, is_printed=name.startswith("forms"))
        for name in _UNLABELLED
        for path in sorted((folder / name).glob("*.jpg"))
    ]
    textures = [path for name in _TEXTURES for path in sorted((folder / name).glob("*.jpg"))]
    return RealPages(with_numbers, without, sorted((folder / _SUDOKUS).glob("*.json")), textures)


def _load_labelled(folder: Path) -> list[RealPage]:
    return [
        RealPage(
            path.with_suffix(".jpg"),
            json.loads(path.read_text(encoding="utf-8"))["lines"],
            is_printed=folder.parent.name == "forms",
        )
        for path in sorted(folder.glob("*.json"))
    ]


def crop_page(rng: _Rng, pages: Sequence[RealPage], *, has_numbers: bool) -> Canvas:
    """Return a square crop of a random real page at a random scale, with its labels.

    Parameters
    ----------
    rng : numpy.random.Generator
    pages : sequence of RealPage
    has_numbers : bool
        Whether the pages are labelled with numbers.
    """
    page = pages[int(rng.integers(len(pages)))]
    picture = read_rgb(page.path)
    height, width = picture.shape[:2]
    factor = float(np.exp(rng.uniform(np.log(0.7), np.log(2.0 if has_numbers else 1.6))))
    side = min(int(CANVAS_SIDE / factor), height, width)
    lines = page.lines or []
    for _ in range(6):  # prefer a crop with a number
        x, y = int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1))
        if not has_numbers or any(_starts_in(line, x, y, side) for line in lines):
            break
    factor = CANVAS_SIDE / side
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    crop = cv2.resize(
        picture[y : y + side, x : x + side], (CANVAS_SIDE, CANVAS_SIDE), interpolation=method
    )
    canvas = Canvas(np.asarray(crop, np.float32) / np.float32(255))
    is_ink = _find_ink(np.asarray(crop, np.uint8))
    near_ink = cv2.dilate(is_ink, np.ones((_INK_MARGIN, _INK_MARGIN), np.uint8))
    near_ink = np.asarray(near_ink, np.uint8)
    cells = CANVAS_SIDE // canvas.occupied.shape[0]
    canvas.occupied |= near_ink.reshape(CANVAS_SIDE // cells, cells, -1, cells).any(axis=(1, 3))
    canvas.unlabelled_print[near_ink > 0] = 1
    if page.lines is None:
        canvas.kinds[is_ink > 0] = PRINT if page.is_printed else UNKNOWN
        return canvas
    canvas.kinds[near_ink > 0] = UNKNOWN
    labelled = np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
    for line in page.lines:
        polygon = (_polygon(line) - (x, y)) * factor
        if (polygon.max(axis=0) < 0).any() or (polygon.min(axis=0) > CANVAS_SIDE).any():
            continue
        area = np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
        cv2.fillPoly(area, [polygon.round().astype(np.int32)], 1)
        labelled |= area
        _label_line(canvas, line, area, is_ink, page, has_numbers=has_numbers)
    if has_numbers:
        labelled = np.asarray(cv2.dilate(labelled, np.ones((11, 11), np.uint8)), np.uint8)
        canvas.unlabelled |= ((labelled == 0) & (near_ink > 0)).astype(np.uint8)
    return canvas


def _label_line(
    canvas: Canvas,
    line: Mapping[str, Any],
    area: _Mask,
    is_ink: _Mask,
    page: RealPage,
    *,
    has_numbers: bool,
) -> None:
    """Label the ink within the area of a line as a number, unknown, print or other writing."""
    n_digits = sum(c.isdigit() for c in line["text"])
    inked = (is_ink & area) > 0
    is_print = page.is_printed or line.get("line_type") == "printed"
    if has_numbers and line.get("numeric") and n_digits:
        x, y, width, height = cv2.boundingRect(inked.astype(np.uint8) if inked.any() else area)
        canvas.numbers.append(PlacedNumber(box_to_quad((x, y, x + width, y + height))))
        canvas.kinds[area > 0] = 0
        canvas.kinds[inked] = NUMBER
        canvas.unlabelled_print[area > 0] = 1
    elif n_digits > 1 or (n_digits and line.get("numeric")):  # a number among words
        grown = np.asarray(cv2.dilate(area, np.ones((5, 5), np.uint8)), np.uint8)
        (canvas.unlabelled_print if is_print else canvas.unlabelled)[grown > 0] = 1
    else:
        canvas.kinds[area > 0] = 0
        canvas.kinds[inked] = PRINT if is_print else WRITING
        canvas.unlabelled_print[area > 0] = 0


def crop_sudoku(rng: _Rng, paths: Sequence[Path]) -> Canvas:
    """Return a photographed newspaper sudoku, unfilled; its digits are printed numbers."""
    path = paths[int(rng.integers(len(paths)))]
    label = json.loads(path.read_text(encoding="utf-8"))
    picture = read_rgb(path.with_suffix(".jpg"))
    height, width = picture.shape[:2]
    corners = label.get("grid_corners")
    if corners is None:
        corners = [[0, 0], [width, 0], [width, height], [0, height]]
    points = np.array(corners, np.float32)
    low, size = points.min(axis=0), np.ptp(points, axis=0).max()
    side = size * rng.uniform(0.5, 1.3)
    start = low + rng.uniform(-0.1, 0.4, 2) * size
    factor = CANVAS_SIDE / side
    to_canvas = np.array([[factor, 0, -factor * start[0]], [0, factor, -factor * start[1]]])
    crop = cv2.warpAffine(
        picture,
        to_canvas,
        (CANVAS_SIDE, CANVAS_SIDE),
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )
    canvas = Canvas(np.asarray(crop, np.float32) / np.float32(255))
    is_ink = _find_ink(np.asarray(crop, np.uint8))
    canvas.kinds[is_ink > 0] = UNKNOWN
    canvas.occupied[:] = True
    if label.get("grid_corners") is None:
        canvas.unlabelled_print[:] = 1
        return canvas
    grid = cv2.getPerspectiveTransform(
        np.array([[0, 0], [9, 0], [9, 9], [0, 9]], np.float32),
        ((points - start) * factor).astype(np.float32),
    )
    outside = np.ones((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
    cv2.fillPoly(outside, [((points - start) * factor).round().astype(np.int32)], 0)
    canvas.unlabelled_print[outside > 0] = 1
    canvas.kinds[(outside == 0) & (is_ink > 0)] = MARK  # rules; digits are relabelled below
    _label_sudoku_digits(canvas, is_ink, label["grid"], np.asarray(grid, np.float64))
    return canvas


def _label_sudoku_digits(
    canvas: Canvas,
    is_ink: _Mask,
    rows: Sequence[Sequence[int]],
    grid: npt.NDArray[np.float64],
) -> None:
    """Label the largest component in each filled cell as a printed number.

    `grid` is the projection from cells (column, row) to pixels.
    """
    for i, row in enumerate(rows):
        for j, digit in enumerate(row):
            cell = np.array([[j + 0.15, i + 0.15], [j + 0.85, i + 0.85]], np.float32)
            (x0, y0), (x1, y1) = cv2.perspectiveTransform(cell[None], grid)[0].round().astype(int)
            if digit and 0 <= x0 < x1 <= CANVAS_SIDE and 0 <= y0 < y1 <= CANVAS_SIDE:
                _, _, stats, _ = cv2.connectedComponentsWithStats(is_ink[y0:y1, x0:x1])
                x, y, w, h = max(stats[1:, :4].tolist(), key=lambda s: s[2] * s[3], default=[0] * 4)
                box = (x0 + x, y0 + y, x0 + x + w, y0 + y + h)
                if 0.3 * (y1 - y0) < h < 0.95 * (y1 - y0):
                    canvas.add_number(box, is_printed=True)
                    window = canvas.kinds[box[1] : box[3], box[0] : box[2]]
                    window[window == MARK] = PRINT


def _find_ink(rgb: npt.NDArray[np.uint8]) -> _Mask:
    """Return a mask of the pixels that are darker than their surroundings."""
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.resize(cv2.medianBlur(small, 21), (gray.shape[1], gray.shape[0]))
    return np.asarray(cv2.subtract(ground, gray) > _MIN_CONTRAST, np.uint8)


def _polygon(line: Mapping[str, Any]) -> npt.NDArray[np.float32]:
    if "polygon" in line:
        return np.array(line["polygon"], np.float32)
    x_min, y_min, x_max, y_max = line["box"]
    return box_to_quad((x_min, y_min, x_max, y_max))


def _starts_in(line: Mapping[str, Any], x: int, y: int, side: int) -> bool:
    if not line.get("numeric"):
        return False
    left, top = _polygon(line)[0]
    return bool(x < left < x + side and y < top < y + side)
