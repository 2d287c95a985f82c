"""The ink of a region: its digits, without rules, dust and ink of other numbers."""

import cv2
import numpy as np
import pytest
from page_maps import blank_maps, paint, region

from numerals.page.region_ink import find_region_ink

BOXES = [(200, 80, 225, 120), (240, 80, 265, 120), (280, 80, 305, 120)]
REGION = region(252, 100, 106, 42)


def drawn(boxes=BOXES):
    """Return a page with blocks, and maps in which they are numbers."""
    gray, maps = np.full((400, 800), 230, np.uint8), blank_maps()
    for x_min, y_min, x_max, y_max in boxes:
        gray[y_min:y_max, x_min:x_max] = 40
        paint(maps.number_ink, (x_min, y_min, x_max, y_max))
    return gray, maps


def found_boxes(line):
    return np.array(sorted(component.box for component in line.components))


def test_each_digit_is_a_component_at_its_position():
    gray, maps = drawn()
    line = find_region_ink(gray, REGION, maps)
    np.testing.assert_allclose(found_boxes(line), BOXES, atol=2)
    assert line.height == pytest.approx(40, abs=3)
    assert line.purity == pytest.approx(1, abs=0.05)
    assert (line.score, line.is_printed) == (REGION.score, False)


def test_the_frame_is_that_of_the_region():
    gray, maps = drawn()
    frame = find_region_ink(gray, region(252, 100, 106, 42, angle=5), maps).frame
    assert frame.left < 199 and frame.right > 305
    assert frame.slope == pytest.approx(np.tan(np.radians(5)))
    assert frame.center_y + frame.slope * (252 - frame.left) == pytest.approx(100)


def test_blank_paper_gives_no_line():
    gray, maps = drawn([])
    assert find_region_ink(gray, REGION, maps) is None


def test_a_region_outside_the_picture_gives_no_line():
    gray, maps = drawn()
    assert find_region_ink(gray, region(-300, 100), maps) is None


def test_a_rule_is_erased_and_crossing_strokes_are_kept():
    gray, maps = drawn()
    cv2.line(gray, (0, 126), (799, 126), 60, 3)
    cv2.line(gray, (326, 0), (326, 399), 60, 3)
    paint(maps.mark_ink, (0, 124, 800, 130))
    paint(maps.mark_ink, (324, 0, 330, 400))
    np.testing.assert_allclose(found_boxes(find_region_ink(gray, REGION, maps)), BOXES, atol=3)


def test_ink_above_and_beside_a_region_is_ignored():
    others = [(200, 20, 300, 50), (420, 80, 445, 120)]
    gray, maps = drawn(BOXES + others)
    assert len(find_region_ink(gray, REGION, maps).components) == 3


def test_dust_is_ignored():
    gray, maps = drawn()
    gray[100:102, 232:234] = 40
    assert len(find_region_ink(gray, REGION, maps).components) == 3


def test_ink_of_words_lowers_the_purity():
    gray, maps = drawn()
    x_min, y_min, x_max, y_max = BOXES[2]
    paint(maps.number_ink, (x_min - 2, y_min, x_max + 3, y_max), 0.0)
    paint(maps.other_ink, (x_min - 2, y_min, x_max + 3, y_max))
    line = find_region_ink(gray, REGION, maps)
    assert line.purity == pytest.approx(2 / 3, abs=0.08)


def test_the_height_is_close_to_the_height_of_the_region():
    tall = [(200, 80, 225, 120), (240, 40, 252, 160)]  # a long stroke
    gray, maps = drawn(tall)
    assert find_region_ink(gray, region(230, 100, 60, 40), maps).height <= 1.4 * 40
