import cv2
import numpy as np
import pytest

from numerals.ink.components import Pieces
from numerals.ink.dashes import join_dashes
from numerals.ink.grid import find_grid


def dashed(mask, start, end, on=24, off=14, thick=3):
    """Draw a dashed rule, across or down."""
    (x, y), (x_end, y_end) = start, end
    for at in range(x if y == y_end else y, x_end if y == y_end else y_end, on + off):
        if y == y_end:
            cv2.line(mask, (at, y), (min(at + on, x_end), y), 255, thick)
        else:
            cv2.line(mask, (x, at), (x, min(at + on, y_end)), 255, thick)


def table(rows=5, columns=3, pitch=120, **dashes):
    mask = np.zeros((rows * pitch + 100, columns * 2 * pitch + 100), np.uint8)
    bottom, right = 50 + rows * pitch, 50 + columns * 2 * pitch
    for row in range(rows + 1):
        dashed(mask, (50, 50 + row * pitch), (right, 50 + row * pitch), **dashes)
    for column in range(columns + 1):
        x = 50 + column * 2 * pitch
        dashed(mask, (x, 50), (x, bottom), **dashes)
    return mask


@pytest.mark.parametrize("dashes", [{}, {"on": 12, "off": 10, "thick": 2}, {"on": 30, "off": 12}])
def test_a_dashed_table_has_its_rows_and_columns(dashes):
    mask = table(**dashes)
    grid = find_grid(join_dashes(Pieces(mask)))
    assert grid is not None and grid.shape == (5, 3)


def test_a_rule_is_joined_from_end_to_end_even_where_a_digit_hides_some_dashes():
    mask = np.zeros((200, 700), np.uint8)
    dashed(mask, (20, 100), (680, 100))
    mask[:, 300:360] = 0
    cv2.putText(mask, "8", (295, 140), cv2.FONT_HERSHEY_SIMPLEX, 3, 255, 5)
    joined = join_dashes(Pieces(mask)).mask
    assert joined[100, 20:670].all()
    assert (joined >= mask).all()


def test_a_rule_that_leans_a_little_is_joined():
    mask = np.zeros((200, 1000), np.uint8)
    for x in range(20, 960, 38):
        cv2.line(mask, (x, 90 + x // 40), (x + 24, 90 + (x + 24) // 40), 255, 3)
    assert join_dashes(Pieces(mask)).mask[60:160, 30:950].any(axis=0).all()


@pytest.mark.parametrize(
    "places",
    [
        pytest.param([(60 * i, 100) for i in range(8)], id="few"),
        pytest.param([(200 * i, 100) for i in range(12)], id="far apart"),
        pytest.param([(60 * i, 100 + 40 * (i % 2)) for i in range(12)], id="not in a row"),
    ],
)
def test_minus_signs_are_no_rule(places):
    mask = np.zeros((200, 2600), np.uint8)
    for x, y in places:
        mask[y : y + 5, 20 + x : 50 + x] = 255
    ink = Pieces(mask)
    assert join_dashes(ink) is ink


def test_strokes_of_uneven_length_are_no_rule():
    mask, x = np.zeros((200, 1500), np.uint8), 20
    for length in (10, 60, 14, 80, 12, 70, 10, 90, 14, 60, 12, 80):
        mask[100:105, x : x + length] = 255
        x += length + 20
    ink = Pieces(mask)
    assert join_dashes(ink) is ink


def test_a_blank_page_stays_as_it_is():
    ink = Pieces(np.zeros((50, 60), np.uint8))
    assert join_dashes(ink) is ink
