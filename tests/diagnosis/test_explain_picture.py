"""Pictures are explained with the results of the reader itself."""

import cv2
import numpy as np
import pytest
from drawn_digits import drawn_seven

import numerals
from numerals.diagnosis import explain_picture
from numerals.errors import OptionError
from numerals.images import load_picture
from numerals.ink import digit_from_picture
from numerals.models import load_model
from numerals.reading.reader import loading_options


@pytest.fixture(scope="module")
def reader():
    return numerals.Reader()


def explain(reader, image, **options):
    picture = load_picture(image, **loading_options(reader.options))
    return explain_picture(reader, picture, **options)


def names(findings, kind="unusual"):
    return {finding.name for finding in findings if finding.kind == kind}


@pytest.mark.parametrize("layout", ["page", "field"])
def test_steps_of_a_line_are_those_of_the_reading(draw, layout):
    reader = numerals.Reader(layout=layout)
    image = draw("31984")
    explanation = explain(reader, image)
    assert explanation.page == reader.read(image)
    (number,) = explanation.numbers
    assert (number.kind, number.text) == ("line", "31984")
    assert [step.name for step in number.steps] == ["crop", "input", "frames", "answer"]
    frames = number.frames
    assert frames.text == "31984"
    starts = [first for first, _ in frames.spans]
    assert starts == sorted(starts)
    assert np.allclose(frames.proba.sum(axis=1), 1, atol=1e-3)
    for character, (first, last) in zip(frames.text, frames.spans, strict=True):
        column = frames.characters.index(character)
        assert frames.proba[first : last + 1, column].max() > 0.5
    strip = number.steps[1].image
    assert strip.shape[0] == 40 and -(-strip.shape[1] // frames.stride) == len(frames.proba)


def test_steps_of_a_digit_are_those_of_the_reading(reader):
    image = drawn_seven()
    (number,) = explain(reader, image).numbers
    assert (number.kind, number.text) == ("digit", "7")
    assert [step.name for step in number.steps] == ["picture", "ink", "crop", "input", "answer"]
    assert np.array_equal(number.image, digit_from_picture(image))
    proba = load_model("latin").predict_proba(number.image[None])[0]
    assert number.confidence == pytest.approx(float(proba[7]))


def test_page_explains_every_line_in_order(reader, draw):
    page = np.full((520, 600), 245, np.uint8)
    for top, left, text in ((10, 200, "31"), (180, 20, "4159"), (340, 100, "26")):
        number = draw(text, margin=12)
        page[top : top + number.shape[0], left : left + number.shape[1]] = number
    explanation = explain(reader, page)
    assert [number.text for number in explanation.numbers] == ["31", "4159", "26"]
    assert [step.name for step in explanation.steps] == ["found"]
    (second,) = explain(reader, page, line=1).numbers
    assert second.text == "4159"
    with pytest.raises(OptionError, match="no line 4: 3 found"):
        explain(reader, page, line=3)


def test_turned_page_is_explained(reader, draw):
    image = np.rot90(draw("1234567"), 2)
    explanation = explain(reader, np.ascontiguousarray(image))
    assert [number.text for number in explanation.numbers] == ["1234567"]
    assert "rotated" in explanation.steps[0].text


def test_thin_stroke_is_evened_out(reader):
    (number,) = explain(reader, drawn_seven(stroke=2)).numbers
    (finding,) = [each for each in number.findings if each.name == "stroke_width"]
    assert finding.kind == "handled"
    assert finding.text.startswith("The stroke is thinner than in")
    assert "The reader widened it" in finding.text
    assert "thicker pen" in finding.advice


def test_broad_stroke_is_unusual_and_tested(reader):
    (number,) = explain(numerals.Reader(layout="digit"), drawn_seven(stroke=64)).numbers
    (finding,) = [each for each in number.findings if each.name == "stroke_width"]
    assert finding.kind == "unusual"
    assert finding.test.startswith("Tested with strokes of typical width: the answer ")


def test_bright_ink_is_evened_out(reader):
    (number,) = explain(reader, drawn_seven(ink=255, paper=0)).numbers
    assert "polarity" in names(number.findings, "handled")


def test_faint_and_small_digits_are_found(reader, draw):
    small = cv2.resize(draw("31984"), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    faint = (255 - (255 - small.astype(float)) * 0.2).astype(np.uint8)
    (number,) = explain(numerals.Reader(layout="field"), faint).numbers
    assert {"size", "contrast"} <= names(number.findings)


def test_clear_number_has_no_unusual_photo_findings(reader, draw):
    (number,) = explain(reader, draw("31984")).numbers
    assert not names(number.findings) & {"size", "contrast", "noise", "character"}


def test_wanted_number_is_compared(reader, draw):
    (number,) = explain(reader, draw("31984"), intended="31484").numbers
    (finding,) = [each for each in number.findings if each.name == "intended"]
    assert "31484 has a probability of" in finding.text
    assert "its least probable character is the 4" in finding.text


def test_wanted_class_is_compared_with_a_digit():
    reader = numerals.Reader(layout="digit")
    zero = np.full((200, 200), 255, np.uint8)
    cv2.ellipse(zero, (100, 100), (45, 65), 0, 0, 360, 0, 14, cv2.LINE_AA)
    (number,) = explain(reader, zero, intended="1").numbers
    texts = [finding.text for finding in number.findings]
    assert any("As the digit 1 it is unusual: it has 1 closed loop, like none" in t for t in texts)
    with pytest.raises(OptionError, match="one of 0, 1, 2"):
        explain(reader, zero, intended="88")


@pytest.mark.parametrize("layout", ["page", "field", "digit"])
def test_blank_picture_is_explained(layout):
    explanation = explain(numerals.Reader(layout=layout), np.full((100, 300), 255, np.uint8))
    findings = [*explanation.findings, *(f for n in explanation.numbers for f in n.findings)]
    assert len(names(findings)) == 1
    assert explanation.page.lines == ()


def test_lines_read_digit_by_digit_are_explained(draw):
    reader = numerals.Reader(load_model("latin"), layout="field")
    (number,) = explain(reader, draw("417")).numbers
    assert (number.kind, number.text) == ("glyphs", "417")
    assert next(step for step in number.steps if step.name == "input").image.shape == (28, 84)
