import cv2
import numpy as np
import pytest

from numerals.ink.components import Pieces
from numerals.ink.grid import find_grid


def ruled(xs=(50, 200, 420, 560), ys=(40, 110, 190, 260), *, rise=0.0, thick=2):
    """Draw a table's rules, ink 255; those across rise by a share of their length."""
    mask = np.zeros((320, 640), np.uint8)
    for y in ys:
        end = y + round(rise * (xs[-1] - xs[0]))
        cv2.line(mask, (xs[0], y), (xs[-1], end), 255, thick)
    for x in xs:
        cv2.line(mask, (x, ys[0]), (x, ys[-1]), 255, thick)
    return mask


@pytest.mark.parametrize("rise", [0, 0.01])
def test_the_rules_of_a_table_are_found(rise):
    grid = find_grid(Pieces(ruled(rise=rise)))
    assert grid.shape == (3, 3)
    assert [rule.at for rule in grid.verticals] == pytest.approx([50, 200, 420, 560], abs=3)


def test_points_are_told_their_cell():
    grid = find_grid(Pieces(ruled()))
    assert grid.cell(120, 80) == (0, 0)
    assert grid.cell(300, 150) == (1, 1)
    assert grid.cell(500, 240) == (2, 2)
    assert grid.cell(20, 80) is None
    assert grid.cell(300, 300) is None


def test_a_rule_with_gaps_is_one():
    mask = ruled()
    mask[:, 300:306] = 0
    mask[150:154] = 0
    assert find_grid(Pieces(mask)).shape == (3, 3)


def test_writing_and_ruled_paper_are_no_table():
    writing = np.zeros((320, 640), np.uint8)
    cv2.putText(writing, "31415926", (40, 180), cv2.FONT_HERSHEY_SIMPLEX, 3, 255, 6)
    assert find_grid(Pieces(writing)) is None
    lines = np.zeros((320, 640), np.uint8)
    for y in range(40, 320, 60):
        cv2.line(lines, (0, y), (639, y), 255, 2)
    assert find_grid(Pieces(lines)) is None
    assert find_grid(Pieces(np.zeros((10, 10), np.uint8))) is None


def crossed(xs, ys, *, size=(600, 640)):
    """Draw rules that cross, as in a game of noughts and crosses: no border around them."""
    mask = np.zeros(size, np.uint8)
    for y in ys:
        cv2.line(mask, (40, y), (600, y), 255, 3)
    for x in xs:
        cv2.line(mask, (x, 30), (x, 570), 255, 3)
    return mask


@pytest.mark.parametrize(
    "xs, ys", [((220, 420), (210, 390)), ((150, 260, 370, 480), (160, 300, 440))]
)
def test_a_table_without_a_border_has_its_outer_cells(xs, ys):
    grid = find_grid(Pieces(crossed(xs, ys)))
    assert grid is not None and grid.shape == (len(ys) + 1, len(xs) + 1)
    assert grid.cell(80, 80) == (0, 0)
    assert grid.cell(560, 540) == (len(ys), len(xs))


def test_a_border_on_some_sides_is_one():
    mask = crossed((220, 420), (210, 390))
    cv2.line(mask, (40, 30), (600, 30), 255, 3)
    cv2.line(mask, (40, 30), (40, 570), 255, 3)
    assert find_grid(Pieces(mask)).shape == (3, 3)


def test_rules_that_end_a_little_beyond_the_border_add_no_cells():
    mask = np.zeros((600, 640), np.uint8)
    for y in (60, 210, 390, 540):
        cv2.line(mask, (50, y), (590, y), 255, 3)
    for x in (80, 220, 420, 560):
        cv2.line(mask, (x, 30), (x, 570), 255, 3)
    assert find_grid(Pieces(mask)).shape == (3, 3)
