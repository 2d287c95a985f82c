"""A line that is in doubt is read in several frames, and the likeliest text over all counts."""

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
PART = Component((50, 80, 75, 120), np.full((40, 25), 255, np.uint8))

CUT = partial(cut_strip, GRAY)


def line(*, framed=True):
    frame = LineFrame(40, 300, 100, 0.0, 44.0) if framed else None
    return InkLine((PART,), 40.0, frame)


def reading(text, confidence):
    if text is None:
        return None
    decoded = Decoded(text, -1.0, ((0, 0),) * len(text), (0.9,) * len(text), ((),) * len(text))
    return StripReading(decoded, (1.0,) * len(text), Line(text, confidence, (0, 0, 0, 0)))


@pytest.fixture
def scripted(monkeypatch):
    """Return a function that sets what is read, strip by strip, and counts the strips."""

    def script(*answers):
        left, seen = list(answers), []

        def read_strips(model, strips, number_format=None):
            seen.append(len(strips))
            return [reading(*left.pop(0)) for _ in strips]

        monkeypatch.setattr(frame_voting, "read_strips", read_strips)
        return seen

    return script


def test_what_is_sure_is_read_once(scripted):
    seen = scripted(("12", 0.99), ("34", 0.98))
    found = read_in_frames(None, CUT, [line(), line()])
    assert [one.reading.line.text for one in found] == ["12", "34"]
    assert seen == [2, 0] or seen == [2]
    assert found[0].frame == line().frame


def test_only_what_is_in_doubt_is_read_again(scripted):
    seen = scripted(("12", 0.99), ("34", 0.6), ("34", 0.9), ("34", 0.9), ("34", 0.9))
    first, second = read_in_frames(None, CUT, [line(), line()])
    assert seen == [2, 3]  # two other heights, and the frame that fits its parts
    assert first.reading.line.confidence == pytest.approx(0.99)
    assert second.reading.line.confidence == pytest.approx((0.6 + 3 * 0.9) / 4)


def test_the_likeliest_text_over_all_frames_counts(scripted):
    scripted(("17", 0.9), ("11", 0.8), ("11", 0.7), ("11", 0.6))
    [found] = read_in_frames(None, CUT, [line()])
    assert found.reading.line.text == "11"
    assert found.reading.line.confidence == pytest.approx((0.8 + 0.7 + 0.6) / 4)


def test_places_are_taken_from_the_frame_that_reads_it_best(scripted):
    scripted(("17", 0.9), ("11", 0.7), ("11", 0.8), ("11", 0.6))
    [found] = read_in_frames(None, CUT, [line()])
    assert found.frame.height == pytest.approx(1.2 * 44)
    np.testing.assert_array_equal(found.strip, cut_strip(GRAY, found.frame))


def test_frames_in_which_nothing_is_read_lower_the_confidence(scripted):
    scripted(("5", 0.9), (None, 0), (None, 0), ("5", 0.9))
    [found] = read_in_frames(None, CUT, [line()])
    assert found.reading.line.confidence == pytest.approx(0.45)


def test_where_nothing_is_read_in_any_frame_there_is_nothing(scripted):
    scripted((None, 0), (None, 0), (None, 0), (None, 0))
    assert read_in_frames(None, CUT, [line()]) == [None]


def test_a_line_without_a_frame_is_read_where_its_parts_lie(scripted):
    seen = scripted(("5", 0.5), ("5", 0.5), ("5", 0.5))
    [found] = read_in_frames(None, CUT, [line(framed=False)])
    assert seen == [1, 2]
    assert found.reading.line.text == "5"


def test_no_lines_are_no_readings(scripted):
    scripted()
    assert read_in_frames(None, CUT, []) == []


@pytest.mark.parametrize("slope", [0.0, 0.15, -0.2])
@pytest.mark.parametrize("left", [60.0, 210.0])
def test_a_strip_is_cut_as_out_of_the_whole_page(slope, left):
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
def test_a_strip_may_reach_beyond_the_page(frame):
    strip = cut_strip(GRAY, frame)
    assert strip.shape[0] == 40 and strip.max() < 60
