"""Strips are cut from the original where digits are smaller in the working copy than in a strip."""

import cv2
import numpy as np
import pytest

from numerals.errors import ImageError
from numerals.images import load_picture
from numerals.ink import PageInk
from numerals.ink.line_frame import LineFrame
from numerals.ink.skew import compose_maps, rotate_to_level, undo_quarter_turns
from numerals.reading.frame_voting import cut_strip
from numerals.reading.strip_source import StripSource

SCALE = 4
SMALL = LineFrame(100, 190, 80, 0.0, 10.0)  # pixels of the working copy
LARGE = LineFrame(100, 190, 80, 0.0, 40.0)


def original():
    """Return a page with digits 40 pixels high, centered at (580, 320)."""
    gray = np.full((800, 1200), 225, np.uint8)
    cv2.putText(gray, "8351409", (400, 340), cv2.FONT_HERSHEY_SIMPLEX, 1.9, 40, 4, cv2.LINE_AA)
    return gray


def opened(gray, scale=SCALE):
    """Return a reduced page and its ink, without lines."""
    picture = load_picture(gray, color=True, max_side=max(gray.shape) // scale)
    copy = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY)
    return picture, PageInk((), 1.0, copy, luminance=copy)


def likeness(one, other):
    """Return the correlation of two strips."""
    assert one.shape == other.shape
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def sharp():
    """Return the strip of the page at full resolution."""
    # Frames are in pixel centers: 100 of the copy is 4 * (100 + 0.5) - 0.5.
    return cut_strip(original(), LineFrame(401.5, 761.5, 321.5, 0.0, 40.0))


def test_small_digits_are_cut_from_the_original():
    picture, ink = opened(original())
    strip = StripSource(ink, picture).cut(SMALL)
    as_copy = likeness(cut_strip(ink.gray, SMALL), sharp())
    assert 1 - likeness(strip, sharp()) < 0.5 * (1 - as_copy)


def test_large_digits_are_cut_from_the_copy():
    picture, ink = opened(original())
    source = StripSource(ink, picture)
    np.testing.assert_array_equal(source.cut(LARGE), cut_strip(ink.gray, LARGE))


def test_a_picture_that_was_not_reduced_is_cut_from_the_copy():
    picture, ink = opened(original(), scale=1)
    strip = StripSource(ink, picture).cut(SMALL)
    assert picture.reload is None
    np.testing.assert_array_equal(strip, cut_strip(ink.gray, SMALL))


def test_small_digits_of_a_page_that_was_reduced_after_detection():
    """Digits that are much smaller than the others on their page keep their resolution."""
    full, _ = opened(original(), scale=1)
    _, reduced = opened(original())
    matrix = np.diag([SCALE, SCALE, 1.0])
    ink = PageInk((), 1.0, reduced.gray, unturn_matrix=matrix, luminance=reduced.gray)
    assert ink.pixel_size == pytest.approx(SCALE) and full.reload is None
    assert likeness(StripSource(ink, full).cut(SMALL), sharp()) > 0.97


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_rotated_by_quarter_turns(quarters):
    """The picture is rotated, and its working copy was rotated back."""
    picture, _ = opened(np.ascontiguousarray(np.rot90(original(), -quarters)))
    lying = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY)
    copy, undo = undo_quarter_turns(lying, quarters)
    ink = PageInk((), 1.0, copy, 90.0 * quarters, compose_maps(undo, np.eye(3)), luminance=copy)
    assert likeness(StripSource(ink, picture).cut(SMALL), sharp()) > 0.97


@pytest.mark.parametrize("angle", [-8.0, 5.0])
def test_a_page_with_corrected_skew(angle):
    picture, straight = opened(original())
    copy, undo = rotate_to_level(straight.gray, angle)
    ink = PageInk((), 1.0, copy, angle, compose_maps(undo, np.eye(3)), luminance=copy)
    to_copy = cv2.invertAffineTransform(undo)
    left, right = (to_copy @ np.array([x, 80.0, 1.0]) for x in (100.0, 190.0))
    slope = (right[1] - left[1]) / (right[0] - left[0])
    frame = LineFrame(left[0], right[0], left[1], slope, 10.0)
    with_original = StripSource(ink, picture).cut(frame)
    blurred = cut_strip(ink.gray, frame)
    assert likeness(with_original, blurred) > 0.85  # the same position
    assert (
        cv2.Laplacian(with_original, cv2.CV_32F).std()
        > 1.2 * cv2.Laplacian(blurred, cv2.CV_32F).std()
    )


def test_bright_ink_on_a_dark_page():
    picture, ink = opened(255 - original())
    dark = np.asarray(255 - ink.gray, np.uint8)
    ink = PageInk((), 1.0, dark, luminance=dark, is_inverted=True)
    assert likeness(StripSource(ink, picture).cut(SMALL), sharp()) > 0.97


def test_erased_areas_are_cut_from_the_copy():
    picture, ink = opened(original())
    painted = ink.gray.copy()
    painted[60:100, 130:150] = 225
    changed = PageInk((), 1.0, painted, luminance=ink.gray)
    source = StripSource(changed, picture)
    np.testing.assert_array_equal(source.cut(SMALL), cut_strip(painted, SMALL))
    elsewhere = LineFrame(100, 190, 170, 0.0, 10.0)
    assert source.cut(elsewhere).shape == cut_strip(painted, elsewhere).shape


def test_an_original_that_cannot_be_decoded_again_is_not_used(caplog):
    picture, ink = opened(original())

    def fail(max_side):
        raise ImageError("gone")

    object.__setattr__(picture, "reload", fail)
    strip = StripSource(ink, picture).cut(SMALL)
    np.testing.assert_array_equal(strip, cut_strip(ink.gray, SMALL))
    assert "gone" in caplog.text


@pytest.mark.parametrize(
    "frame",
    [LineFrame(-40, 30, 2, 0.0, 9.0), LineFrame(280, 340, 199, 0.1, 9.0)],
    ids=["top left", "bottom right"],
)
def test_a_strip_may_extend_beyond_the_page(frame):
    picture, ink = opened(np.full((800, 1200), 230, np.uint8))
    strip = StripSource(ink, picture).cut(frame)
    assert strip.shape == cut_strip(ink.gray, frame).shape and strip.max() < 60
