"""Maps as the page network outputs them, drawn by hand; boxes are in pixels of the picture."""

import numpy as np

from numerals.models.page_model import CORE_HEIGHT, PageMaps
from numerals.page.regions import Region

SCALE = 4
HEIGHT, WIDTH = 400, 800


def blank_maps(height=HEIGHT, width=WIDTH):
    """Return maps of a blank picture."""
    shape = (height // SCALE, width // SCALE)
    zeros = [np.zeros(shape, np.float32) for _ in range(6)]
    turns = np.zeros((4, *shape), np.float32)
    turns[0] = 1
    return PageMaps(*zeros, turns=turns, scale=float(SCALE))


def paint(values, box, value=1.0):
    """Set a box of a map to a value."""
    x_min, y_min, x_max, y_max = (round(v / SCALE) for v in box)
    values[y_min:y_max, x_min:x_max] = value


def draw_number(maps, box, *, core=0.95, ink=1.0, printed=False):
    """Draw the core of a number, and its ink."""
    x_min, y_min, x_max, y_max = box
    height, inset = y_max - y_min, 0.15 * (y_max - y_min)
    margin = (1 - CORE_HEIGHT) / 2 * height
    inner = (x_min + inset, y_min + margin, x_max - inset, y_max - margin)
    paint(maps.printed if printed else maps.written, inner, core)
    paint(maps.print_ink if printed else maps.number_ink, box, ink)


def region(x, y, width=80.0, height=40.0, *, angle=0.0, score=0.9, printed=False):
    """Return a region around a center."""
    return Region(x, y, width, height, angle, score, printed, height / SCALE)
