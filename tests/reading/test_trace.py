"""A trace collects intermediate results, and does not change the reading."""

import numpy as np
import pytest

import numerals
from numerals.images import load_picture
from numerals.reading.reader import loading_options
from numerals.reading.trace import ReadingTrace


def read(reader, image, trace=None):
    return reader.read_picture(load_picture(image, **loading_options(reader.options)), trace)


@pytest.mark.parametrize("layout", ["page", "table", "field", "digit"])
def test_reading_is_the_same_with_a_trace(draw, layout):
    reader = numerals.Reader(layout=layout)
    image = draw("417" if layout != "digit" else "7")
    assert read(reader, image) == read(reader, image, ReadingTrace())


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_every_line_is_found_in_the_trace(draw, turns):
    reader, trace = numerals.Reader(), ReadingTrace()
    page = read(reader, np.ascontiguousarray(np.rot90(draw("1234567"), turns)), trace)
    assert page.text == "1234567"
    traced = trace.find(page.lines[0])
    assert traced.framed.strip.shape[0] == 40
    assert traced.framed.reading.decoded.text == "1234567"
    assert trace.page_ink.maps is not None


def test_line_of_another_page_is_not_found(draw):
    reader, trace = numerals.Reader(), ReadingTrace()
    read(reader, draw("417"), trace)
    other = read(reader, draw("31984"))
    assert trace.find(other.lines[0]) is None


def test_frames_have_probabilities(draw):
    reader, trace = numerals.Reader(layout="field"), ReadingTrace()
    read(reader, draw("31984"), trace)
    (line,) = trace.lines
    proba = np.exp(line.framed.reading.log_proba)
    assert np.allclose(proba.sum(axis=1), 1, atol=1e-3)
