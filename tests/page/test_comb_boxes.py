"""Boxes of a comb have walls of their own; cells of a table share theirs."""

import cv2
import numpy as np

from numerals.page.comb_boxes import find_combs

TOP, HEIGHT, PAPER, WALL = 100, 60, 230, 100


def page(boxes):
    """Return a page with boxes between pairs of left and right edges."""
    gray = np.full((300, 600), PAPER, np.uint8)
    for left, right in boxes:
        cv2.rectangle(gray, (left, TOP), (right, TOP + HEIGHT), WALL, 2)
    return gray


def test_separate_boxes_are_a_comb():
    [comb] = find_combs(page([(100, 160), (180, 240), (260, 320)]), 40)
    assert [round(cell[0], -1) for cell in comb.cells] == [100, 180, 260]


def test_wide_cells_that_share_a_wall_are_not_a_comb():
    assert find_combs(page([(100, 210), (210, 320)]), 40) == []


def test_a_stroke_beside_a_slanted_shared_wall_is_not_another_wall():
    """As a 1 that is written at the left edge of its cell."""
    gray = page([(100, 320)])
    cv2.line(gray, (214, TOP), (206, TOP + HEIGHT), WALL, 2)
    cv2.line(gray, (217, TOP + 15), (217, TOP + HEIGHT - 14), WALL, 2)
    assert find_combs(gray, 40) == []
