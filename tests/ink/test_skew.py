"""Skew estimation on drawn blocks, and rotation with maps back to the original."""

import cv2
import numpy as np
import pytest

from numerals.ink.skew import compose_maps, find_skew, rotate_to_level, undo_quarter_turns


def blocks(angle=0.0, n_lines=5, side=700):
    """Draw rows of blocks, ink 255, that fall to the right by an angle in degrees."""
    mask = np.zeros((side, side), np.uint8)
    for y in np.linspace(220, side - 240, n_lines).astype(int):
        for x in range(190, side - 190, 40):
            cv2.rectangle(mask, (x, y), (x + 22, y + 30), 255, -1)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), -angle, 1.0)
    return cv2.warpAffine(mask, turn, (side, side))


@pytest.mark.parametrize("angle", [-15, -7.5, -1, 0, 2, 9, 15])
def test_the_skew_of_rows_is_estimated(angle):
    found = find_skew(blocks(angle))
    assert abs(found.angle - angle) <= 0.75
    assert found.rows > 1.2


def test_columns_are_sharp_where_writing_runs_down_the_page():
    upright, turned = blocks(), np.rot90(blocks())
    assert find_skew(upright).rows > find_skew(upright).columns
    assert find_skew(np.ascontiguousarray(turned)).columns > find_skew(upright).columns


def test_a_page_without_ink_has_no_skew():
    assert find_skew(np.zeros((300, 200), np.uint8)).angle == 0


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_quarter_turns_are_undone_with_a_map_back(quarters):
    page = np.arange(6 * 9, dtype=np.uint8).reshape(6, 9)
    given = np.ascontiguousarray(np.rot90(page, -quarters))  # clockwise
    turned, back = undo_quarter_turns(given, quarters)
    np.testing.assert_array_equal(turned, page)
    x, y = back @ (4.5, 2.5, 1.0)  # the center of the pixel in row 2, column 4
    assert given[int(y), int(x)] == page[2, 4]


@pytest.mark.parametrize("angle", [-12, 4, 15])
def test_skew_is_corrected_with_a_map_back(angle):
    given = 255 - blocks(angle)
    turned, back = rotate_to_level(given, angle)
    assert abs(find_skew(255 - turned).angle) <= 0.75
    rows, columns = np.nonzero(turned < 60)
    x, y = back @ (columns[0], rows[0], 1.0)
    assert given[round(y), round(x)] < 160


def test_composed_maps_lead_back_to_the_original():
    given = 255 - np.ascontiguousarray(np.rot90(blocks(6.0), -1))
    upright, undo_quarters = undo_quarter_turns(given, 1)
    level, undo_skew = rotate_to_level(upright, 6.0)
    back = compose_maps(undo_skew, undo_quarters)
    rows, columns = np.nonzero(level < 60)
    for i in (0, len(rows) // 2, len(rows) - 1):
        x, y, w = back @ (columns[i], rows[i], 1.0)
        assert w == 1 and given[round(y), round(x)] < 160


def test_color_pages_are_rotated_like_grayscale_pages():
    gray = 255 - blocks(4.0)
    rgb = np.repeat(gray[..., None], 3, axis=2)
    for turn, by in ((rotate_to_level, 4.0), (undo_quarter_turns, 3)):
        (one, back), (other, same_back) = turn(gray, by), turn(rgb, by)
        np.testing.assert_array_equal(other, np.repeat(one[..., None], 3, axis=2))
        np.testing.assert_array_equal(back, same_back)
