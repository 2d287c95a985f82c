"""Ink masks made of blocks, with known positions, to compose canvases from."""

from pathlib import Path

import numpy as np
import pytest

from numerals.synthesis.ink_masks import InkMask, WritingPool
from numerals.synthesis.page_camera import SAMPLE_SIDE, PageSample
from numerals.synthesis.page_canvas import CANVAS_SIDE, NUMBER, Canvas
from numerals.synthesis.page_cells import Pen

PEN = Pen(np.zeros(3, np.float32), 1.0, 30.0)


def block_mask(n_digits: int) -> InkMask:
    """Return the mask of a number whose digits are blocks, 40 pixels high."""
    ink = np.zeros((40, 30 * n_digits - 8), np.uint8)
    for i in range(n_digits):
        ink[:, 30 * i : 30 * i + 22] = 255
    return InkMask(ink, 40.0, "8" * n_digits)


def block_pool() -> WritingPool:
    """Return a pool of block masks, with a font of Matplotlib for print."""
    matplotlib = pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    font = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    numbers = [block_mask(n) for n in (1, 2, 3, 4)]
    return WritingPool(numbers, numbers, [block_mask(5)], [block_mask(1)], [font])


def blank_canvas() -> Canvas:
    """Return a white canvas."""
    return Canvas(np.ones((CANVAS_SIDE, CANVAS_SIDE, 3), np.float32))


def composed(add, seed, pool) -> Canvas:
    """Return a canvas after calling a composer on it."""
    canvas = blank_canvas()
    add(canvas, np.random.default_rng(seed), pool, PEN)
    return canvas


def box_quad(x_min, y_min, x_max, y_max):
    """Return the corners of a box, clockwise from the top left."""
    return np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]], np.float32)


def sample_of(*boxes, printed=()) -> PageSample:
    """Return a sample with filled boxes as numbers."""
    side = (SAMPLE_SIDE, SAMPLE_SIDE)
    image, kinds = np.full((*side, 3), 255, np.uint8), np.zeros(side, np.uint8)
    for x_min, y_min, x_max, y_max in boxes:
        image[y_min:y_max, x_min:x_max] = 20
        kinds[y_min:y_max, x_min:x_max] = NUMBER
    blank = np.zeros(side, np.uint8)
    quads = [[box_quad(*box) for box in some] for some in (boxes, printed)]
    return PageSample(image, kinds, *quads, blank, blank.copy(), [""] * len(boxes))
