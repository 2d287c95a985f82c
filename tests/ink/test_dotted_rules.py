import cv2
import numpy as np
import pytest

from numerals.ink import find_field_ink
from numerals.ink.component_labels import LabeledComponents
from numerals.ink.dotted_rules import erase_dotted_rules


def page():
    """Return paper with a 1 and a 2 made of straight strokes, and space below."""
    gray = np.full((200, 600), 225, np.uint8)
    cv2.line(gray, (120, 60), (120, 120), 40, 7, cv2.LINE_AA)
    corners = np.array([(200, 63), (235, 63), (200, 118), (238, 118)], np.int32)
    cv2.polylines(gray, [corners], False, 40, 7, cv2.LINE_AA)
    return gray


def dot(gray, x, y, radius=3):
    cv2.circle(gray, (round(x), round(y)), radius, 50, -1, cv2.LINE_AA)


def erase(gray):
    mask = np.where(gray < 150, 255, 0).astype(np.uint8)
    erased, ink = erase_dotted_rules(gray, LabeledComponents(mask), 60.0)
    return erased, ink.mask


@pytest.mark.parametrize("slope", [0.0, 0.08, -0.06])
def test_a_dotted_base_line_is_erased_and_writing_is_kept(slope):
    bare = page()
    gray = bare.copy()
    for x in range(40, 560, 18):
        if abs(x - 130) > 20:  # a stroke hides some dots
            dot(gray, x, 155 + slope * x)
    erased, mask = erase(gray)
    assert np.abs(erased.astype(int) - bare).max() < 40
    np.testing.assert_array_equal(mask, np.where(bare < 150, 255, 0))


def test_dots_are_erased_from_a_field():
    gray = page()
    for x in range(40, 560, 18):
        dot(gray, x, 150)
    found = find_field_ink(gray)
    assert found.gray[140:160].min() > 180
    assert [len(line.components) for line in found.lines] == [2]


def test_points_of_a_number_are_kept():
    gray = page()
    for x in (150, 165, 260, 275, 290):  # uneven and few
        dot(gray, x, 118)
    erased, mask = erase(gray)
    assert erased is gray and mask[118, 150] == 255


def test_scattered_specks_are_kept():
    rng, gray = np.random.default_rng(0), page()
    for x, y in rng.uniform((20, 130), (580, 190), (25, 2)):
        dot(gray, x, y)
    erased, _ = erase(gray)
    assert erased is gray


def test_a_dot_that_touches_a_stroke_is_kept():
    gray = page()
    for x in range(40, 560, 20):
        dot(gray, x, 122)  # touches the foot of the 1 and the 2
    _, mask = erase(gray)
    assert mask[100:123, 118:123].any() and mask[116:121, 200:238].all()
    assert not mask[115:130, 300:].any()


def test_small_rings_beside_large_writing_are_kept():
    gray = page()
    for x in range(40, 560, 24):
        cv2.circle(gray, (x, 155), 5, 50, 2, cv2.LINE_AA)
    erased, _ = erase(gray)
    assert erased is gray
