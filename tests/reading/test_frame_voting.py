"""Lines with low confidence are read in several frames; the most probable text is chosen."""

from functools import partial

import cv2
import numpy as np
import pytest

from numerals.ink import Component, InkLine
from numerals.ink.line_frame import LineFrame
from numerals.ink.line_image import to_line_image
from numerals.reading import frame_voting
from numerals.reading.ctc import Decoded
from numerals.reading.frame_voting import cut_strip, read_in_frames
from numerals.reading.strip_reader import StripReading
from numerals.records import Line

GRAY = np.full((200, 400), 230, np.uint8)
COMPONENT = Component((50, 80, 75, 120), np.full((40, 25), 255, np.uint8))

CUT = partial(cut_strip, GRAY)


def line(*, framed=True):
    frame = LineFrame(40, 300, 100, 0.0, 44.0) if framed else None
    return InkLine((COMPONENT,), 40.0, frame)


def reading(text, confidence):
    if text is None:
        return None
    decoded = Decoded(text, -1.0, ((0, 0),) * len(text), (0.9,) * len(text), ((),) * len(text))
    return StripReading(decoded, (1.0,) * len(text), Line(text, confidence, (0, 0, 0, 0)))


@pytest.fixture
def set_readings(monkeypatch):
    """Return a function that sets the readings of the strips, and counts the strips."""

    def script(*answers):
        left, n_strips = list(answers), []

        def read_strips(model, strips, number_format=None):
            n_strips.append(len(strips))
            return [reading(*left.pop(0)) for _ in strips]

        monkeypatch.setattr(frame_voting, "read_strips", read_strips)
        return n_strips

    return script


def test_confident_lines_are_read_once(set_readings):
    n_strips = set_readings(("12", 0.99), ("34", 0.98))
    found = read_in_frames(None, CUT, [line(), line()])
    assert [one.reading.line.text for one in found] == ["12", "34"]
    assert n_strips == [2, 0] or n_strips == [2]
    assert found[0].frame == line().frame


def test_only_lines_with_low_confidence_are_read_again(set_readings):
    n_strips = set_readings(("12", 0.99), ("34", 0.6), ("34", 0.9), ("34", 0.9), ("34", 0.9))
    first, second = read_in_frames(None, CUT, [line(), line()])
    assert n_strips == [2, 3]  # two other heights, and the frame fitted to the components
    assert first.reading.line.confidence == pytest.approx(0.99)
    assert second.reading.line.confidence == pytest.approx((0.6 + 3 * 0.9) / 4)


def test_the_text_with_the_highest_mean_confidence_is_chosen(set_readings):
    set_readings(("17", 0.9), ("11", 0.8), ("11", 0.7), ("11", 0.6))
    [found] = read_in_frames(None, CUT, [line()])
    assert found.reading.line.text == "11"
    assert found.reading.line.confidence == pytest.approx((0.8 + 0.7 + 0.6) / 4)


def test_the_frame_of_the_most_confident_reading_is_returned(set_readings):
    set_readings(("17", 0.9), ("11", 0.7), ("11", 0.8), ("11", 0.6))
    [found] = read_in_frames(None, CUT, [line()])
    assert found.frame.height == pytest.approx(1.2 * 44)
    np.testing.assert_array_equal(found.strip, cut_strip(GRAY, found.frame))


def test_frames_without_a_reading_lower_the_confidence(set_readings):
    set_readings(("5", 0.9), (None, 0), (None, 0), ("5", 0.9))
    [found] = read_in_frames(None, CUT, [line()])
    assert found.reading.line.confidence == pytest.approx(0.45)


def test_no_reading_in_any_frame_gives_none(set_readings):
    set_readings((None, 0), (None, 0), (None, 0), (None, 0))
    assert read_in_frames(None, CUT, [line()]) == [None]


def test_a_line_without_a_frame_uses_its_components(set_readings):
    n_strips = set_readings(("5", 0.5), ("5", 0.5), ("5", 0.5))
    [found] = read_in_frames(None, CUT, [line(framed=False)])
    assert n_strips == [1, 2]
    assert found.reading.line.text == "5"


def test_no_lines_give_no_readings(set_readings):
    set_readings()
    assert read_in_frames(None, CUT, []) == []


@pytest.mark.parametrize("slope", [0.0, 0.15, -0.2])
@pytest.mark.parametrize("left", [60.0, 210.0])
def test_a_strip_equals_the_one_cut_from_the_whole_page(slope, left):
    gray = np.full((400, 700), 220, np.uint8)
    cv2.putText(gray, "83514", (150, 230), cv2.FONT_HERSHEY_SIMPLEX, 3, 40, 6, cv2.LINE_AA)
    frame = LineFrame(left, left + 260, 200, slope, 30.0)
    whole = to_line_image(gray, frame, extend_edges=True)
    assert np.abs(cut_strip(gray, frame).astype(int) - whole).max() <= 2


@pytest.mark.parametrize(
    "frame",
    [LineFrame(-30, 80, 5, 0.0, 40.0), LineFrame(350, 460, 198, 0.1, 40.0)],
    ids=["top left", "bottom right"],
)
def test_a_strip_may_extend_beyond_the_page(frame):
    strip = cut_strip(GRAY, frame)
    assert strip.shape[0] == 40 and strip.max() < 60
