"""Augmentation of real lines: segments, spliced lines and distortion."""

import numpy as np
import pytest

from numerals.training.line_augmentation import (
    augment_line,
    augment_lines,
    cut_between_digits,
    splice_lines,
)
from numerals.training.line_samples import LineSample


def draw_bars(text, width=10):
    """Draw each digit as a bar whose brightness encodes it, with gaps of 2 pixels."""
    image = np.zeros((40, width * len(text)), np.uint8)
    for i, digit in enumerate(text):
        image[:, width * i + 1 : width * (i + 1) - 1] = 20 * int(digit) + 20
    spans = [(width * i + 1, width * (i + 1) - 1) for i in range(len(text))]
    return image, spans


def read_bars(image):
    """Return the digits of a line that `draw_bars` drew."""
    row = image[0].astype(int)
    starts = np.flatnonzero((row > 0) & (np.r_[0, row[:-1]] == 0))
    return "".join(str((value - 20) // 20) for value in row[starts])


def test_lines_are_cut_at_the_centers_of_gaps():
    image, spans = draw_bars("407")
    segments = cut_between_digits(image, "407", spans)
    assert [segment.text for segment in segments] == ["4", "0", "7"]
    assert [segment.image.shape for segment in segments] == [(40, 10)] * 3
    assert [read_bars(segment.image) for segment in segments] == ["4", "0", "7"]


def test_overlapping_digits_stay_in_one_segment():
    image, spans = draw_bars("4077")
    spans[1] = (spans[1][0], spans[2][0] + 3)
    segments = cut_between_digits(image, "4077", spans)
    assert [segment.text for segment in segments] == ["4", "07", "7"]


@pytest.mark.parametrize("spans", [[], [(0, 10)], [(0, 10)] * 4])
def test_without_a_span_for_each_digit_a_line_is_not_cut(spans):
    assert cut_between_digits(np.zeros((40, 30), np.uint8), "407", spans) == ()


def segmented_line(text):
    image, spans = draw_bars(text)
    return LineSample(image, text, False, True, cut_between_digits(image, text, spans))


def test_the_text_of_a_spliced_line_is_that_of_its_segments():
    lines, rng = [segmented_line(text) for text in ("123", "4567", "89")], np.random.default_rng(0)
    spliced = [splice_lines(lines, rng) for _ in range(50)]
    assert all(read_bars(line.image) == line.text for line in spliced)
    assert {len(line.text) for line in spliced} >= {3, 4, 5, 6, 7}
    assert len({line.text for line in spliced}) > 40
    assert all(not line.has_signs and line.is_doubtful for line in spliced)


def test_half_of_the_segmented_lines_are_spliced():
    texts = ["123", "4567", "890"]
    augmented = augment_lines([segmented_line(text) for text in texts] * 40, seed=1)
    known = {a + b for a in texts for b in ["", *texts]}
    spliced_share = np.mean([sample.text not in known for sample in augmented])
    assert 0.3 < spliced_share < 0.7


def test_lines_of_one_segment_are_not_spliced():
    image, spans = draw_bars("12")
    segments = cut_between_digits(image, "12", [spans[0], spans[0]])
    whole = LineSample(image, "12", False, True, segments)
    assert len(whole.segments) == 1
    assert {sample.text for sample in augment_lines([whole] * 20, seed=0)} <= {"12", "1212"}


def test_augmented_lines_keep_height_text_and_labels():
    image = np.random.default_rng(0).integers(0, 256, (40, 100)).astype(np.uint8)
    sample = LineSample(image, "12", has_signs=False, is_doubtful=True)
    rng = np.random.default_rng(0)
    augmented = [augment_line(sample, rng) for _ in range(20)]
    assert {each.image.shape[0] for each in augmented} == {40}
    assert len({each.image.shape[1] for each in augmented}) > 5
    assert {(each.text, each.has_signs, each.is_doubtful) for each in augmented} == {
        ("12", False, True)
    }
