"""Lines are read as a whole, by a model that reads blocks of ink as given texts."""

import cv2
import numpy as np
import pytest

from numerals.formats import parse_format
from numerals.ink import Component, InkLine, PageInk
from numerals.reading import keep_digits
from numerals.reading.line_reader import read_text_lines
from numerals.reading.line_text import join_with_spaces
from numerals.records import Digit, Line, Page

CHARACTERS = tuple("0123456789.,-+/:()% ")


class BlockModel:
    """Reads one character from each block of ink; its second character has a tenth of the odds.

    The line is identified by its number of blocks.
    """

    characters = CHARACTERS
    script = "latin"
    calibration = (1.0, 0.0)
    n_networks = 1
    second_characters = frozenset(CHARACTERS)

    def __init__(self, *texts, second=None):
        self.texts = {
            len(text): pair for text, *pair in zip(texts, texts, second or texts, strict=True)
        }
        self.n_seen = 0

    def log_probabilities(self, strips, network=0):
        self.n_seen += len(strips)
        return [self.columns(strip) for strip in strips]

    def columns(self, strip):
        proba = np.full((-(-strip.shape[1] // 4), len(CHARACTERS) + 1), 1e-6)
        proba[:, -1] = 1
        is_ink = (strip[10:30] > 100).any(axis=0).astype(int)
        starts = np.flatnonzero(np.diff(is_ink, prepend=0) == 1)
        ends = np.flatnonzero(np.diff(is_ink, append=0) == -1) + 1
        text, second = self.texts[len(starts)]
        for start, end, character, other in zip(starts, ends, text, second, strict=True):
            row = proba[(start + end) // 8]
            row[-1] = 1e-3
            row[CHARACTERS.index(other)] = 0.09
            row[CHARACTERS.index(character)] = 0.9
        return np.log(proba / proba.sum(axis=1, keepdims=True)).astype(np.float32)


class ModelWithTwoNetworks(BlockModel):
    """A model with a second network, which reads another text."""

    n_networks = 2

    def __init__(self, text, other):
        super().__init__(text, second=("4" * len(text),))
        self.other = BlockModel(other)

    def log_probabilities(self, strips, network=0):
        return (self.other if network else super()).log_probabilities(strips)


def draw(*lines, slope=0.0):
    """Draw blocks 40 pixels high, with a gap for each space; return the picture and the boxes."""
    gray = np.full((140 * len(lines) + 60, 900), 230, np.uint8)
    boxes = []
    for i, line in enumerate(lines):
        found = []
        for j, character in enumerate(line):
            x, y = 60 + 45 * j, round(70 + 140 * i + slope * 45 * j)
            if character != " ":
                cv2.rectangle(gray, (x, y), (x + 24, y + 40), 30, -1)
                found.append((x, y, x + 25, y + 41))
        boxes.append(found)
    return gray, boxes


def ink_of(gray, boxes):
    """Return the ink of a page with a line for each list of boxes."""
    lines = []
    for line in boxes:
        masks = [np.full((y1 - y0, x1 - x0), 255, np.uint8) for x0, y0, x1, y1 in line]
        components = [Component(box, mask) for box, mask in zip(line, masks, strict=True)]
        lines.append(InkLine(tuple(components), 41.0))
    return PageInk(tuple(lines), 1.0, gray)


def read(drawn, model, **options):
    return read_text_lines(model, ink_of(*drawn), 1.0, **options)


def test_a_second_network_reads_uncertain_lines():
    drawn = draw("777")
    agreeing, disagreeing = ModelWithTwoNetworks("777", "777"), ModelWithTwoNetworks("777", "111")
    (one,), (two,) = read(drawn, agreeing, field=True), read(drawn, disagreeing, field=True)
    assert one.text == two.text == "777"
    assert one.confidence > 0.6 > 0.2 > two.confidence
    assert disagreeing.other.n_seen == 1

    drawn = draw("7")
    (line,) = read(drawn, clear := ModelWithTwoNetworks("7", "1"), field=True)
    assert line.text == "7" and clear.other.n_seen == 0


def test_lines_are_read_from_top_to_bottom_with_boxes():
    drawn = _, boxes = draw("123", "4567")
    lines = read(drawn, BlockModel("123", "4567"))
    assert [line.text for line in lines] == ["123", "4567"]
    for line, expected in zip(lines, boxes, strict=True):
        for digit, box in zip(line.digits, expected, strict=True):
            np.testing.assert_allclose(digit.box, box, atol=3)
        assert line.box == (
            min(d.box[0] for d in line.digits),
            min(d.box[1] for d in line.digits),
            max(d.box[2] for d in line.digits),
            max(d.box[3] for d in line.digits),
        )


def test_boxes_are_correct_for_sloping_lines_in_reduced_pictures():
    gray, (boxes,) = draw("12345678", slope=0.12)
    ink = ink_of(gray, [boxes])
    (line,) = read_text_lines(BlockModel("12345678"), ink, 2.0)
    for digit, box in zip(line.digits, boxes, strict=True):
        np.testing.assert_allclose(digit.box, 2 * np.array(box), atol=10)


def test_lines_and_digits_have_probabilities():
    drawn = draw("17")
    (line,) = read(drawn, BlockModel("17", second=["70"]))
    assert line.confidence == pytest.approx(0.82, abs=0.02)
    assert line.digits[0].confidence == pytest.approx(0.91, abs=0.02)
    assert line.digits[0].alternatives[0][0] == "7"
    assert {text for text, _ in line.alternatives[:2]} == {"77", "10"}
    assert sum(p for _, p in line.alternatives) + line.confidence <= 1.001


def test_a_wide_gap_is_read_as_a_space():
    drawn = draw("12   34")
    (line,) = read(drawn, BlockModel("1234"))
    assert line.text == "12 34"
    assert len(line.digits) == 4


def test_the_best_reading_that_satisfies_the_format_is_chosen():
    drawn = draw("71")
    model = BlockModel("71", second=["17"])
    (free,) = read(drawn, model)
    assert (free.text, free.accepted) == ("71", None)
    (fitting,) = read(drawn, model, number_format=parse_format("range:10-20"))
    assert (fitting.text, fitting.accepted, fitting.changed) == ("11", True, True)
    assert "71" in dict(fitting.alternatives)
    assert fitting.to_dict()["changed"] is True
    (same,) = read(drawn, model, number_format=parse_format("range:70-79"))
    assert (same.text, same.accepted, same.changed) == ("71", True, False)


def test_an_invalid_reading_is_not_accepted():
    drawn = draw("71")
    (line,) = read(drawn, BlockModel("71"), number_format=parse_format("digits:5"))
    assert (line.text, line.accepted) == ("71", False)


def test_no_reading_gives_no_line():
    class Blind(BlockModel):
        def columns(self, strip):
            columns = np.full((strip.shape[1] // 4, len(CHARACTERS) + 1), -20.0, np.float32)
            columns[:, -1] = 0
            return columns

    drawn = draw("71")
    assert read(drawn, Blind("71")) == []


def test_spaces_are_distinguished_from_uneven_gaps():
    spans = [(0, 20), (25, 45), (90, 110), (114, 130)]
    assert join_with_spaces("1234", spans, 26) == "12 34"
    assert join_with_spaces("1234", [(0, 9), (50, 59), (100, 109), (150, 159)], 26) == "1234"
    assert join_with_spaces("1", [(0, 9)], 26) == "1"


def test_signs_can_be_dropped():
    box = (0, 0, 1, 1)
    digits = tuple(Digit(c, 0.9, box) for c in "1.5-")
    alternatives = (("15-", 0.1), ("1.6-", 0.05), ("7", 0.01))
    page = Page((Line("1.5-", 0.8, box, digits, alternatives), Line("-", 0.9, box)), 9, 9)
    (line,) = keep_digits(page).lines
    assert (line.text, [d.text for d in line.digits]) == ("15", ["1", "5"])
    assert line.confidence == pytest.approx(0.9)
    assert line.alternatives == (("16", 0.05), ("7", 0.01))


def test_uncertain_lines_are_read_again():
    class OnSecondThoughts(BlockModel):
        def columns(self, strip):
            columns = super().columns(strip)
            if self.n_seen > 2:
                is_written = columns[:, CHARACTERS.index("1")] > -3
                columns[is_written, CHARACTERS.index("1")] -= np.log(300)
            return columns

    model = OnSecondThoughts("5", "1", second="57")
    model.texts = {1: ("5", "5"), 2: ("11", "77")}
    drawn = draw("5", "11")
    assert [line.text for line in read(drawn, model, field=True)] == ["5", "77"]
    assert model.n_seen == 3  # two lines, and one of them again
