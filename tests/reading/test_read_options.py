"""`ReadOptions` holds and validates all options of a reading."""

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

import numerals
from numerals.errors import FormatError, ModelError, OptionError
from numerals.forms import make_field_reader
from numerals.models import load_model
from numerals.models.line_model import line_model_path, load_line_model
from numerals.reading import AnswerOptions, Reader, ReadOptions, script_models
from numerals.reading.options import ReadChoices, parse_turn
from numerals.records import Digit, Line, Page


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"layout": "word"}, "layout='word': expected one of page, table, field, digit, digits"),
        ({"turn": 45}, "turn=45: expected 0, 90, 180 or 270 degrees"),
        ({"turn": 90, "layout": "field"}, "only a page or a table is turned"),
        ({"turn": 0, "layout": "digits"}, "only a page or a table is turned"),
        ({"resolution": 5}, "resolution=5: expected 20 to 1200"),
        ({"resolution": 2000}, "resolution=2000: expected 20 to 1200"),
        ({"number_format": "digits:1", "layout": "digit"}, "one digit has no format"),
    ],
)
def test_invalid_options_are_rejected_everywhere(choices, message):
    for door in (ReadOptions, Reader, lambda **given: numerals.read(np.zeros((9, 9)), **given)):
        with pytest.raises(OptionError, match=message):
            door(**choices)


def test_number_formats_are_validated():
    with pytest.raises(FormatError, match="digits:x"):
        ReadOptions(number_format="digits:x")
    assert ReadOptions(number_format="digits:3").format.accepts("417")


def test_options_are_compared_by_value():
    options = ReadOptions("kannada", layout="digits")
    assert options == ReadOptions("kannada", layout="digit")
    assert len({options, ReadOptions("kannada", layout="digit")}) == 1
    with pytest.raises(FrozenInstanceError):
        options.layout = "page"


def test_the_keywords_match_the_fields():
    names = [field.name for field in fields(ReadOptions)]
    assert names == ["model", *ReadChoices.__annotations__]
    with pytest.raises(TypeError, match="dpi"):
        Reader(dpi=300)


def test_options_can_be_passed_as_an_object_or_as_keywords(draw):
    options = ReadOptions(layout="field")
    assert Reader(options).options == Reader(layout="field").options == options
    assert Reader(options, layout="table").options == ReadOptions(layout="table")
    assert numerals.read(draw("417"), options).text == numerals.read(draw("417")).text == "417"


@pytest.mark.parametrize(("name", "degrees"), [("auto", None), ("0", 0), ("270", 270)])
def test_turn_names_are_parsed(name, degrees):
    assert parse_turn(name) == degrees


@pytest.mark.parametrize("name", ["45", "", "-90", "90.0"])
def test_unknown_turn_names_are_rejected(name):
    with pytest.raises(OptionError, match="expected auto, 0, 90, 180 or 270"):
        parse_turn(name)


def test_readers_with_other_options_share_the_models(draw, monkeypatch):
    loaded = []

    def count(load):
        return lambda given: loaded.append(given) or load(given)

    monkeypatch.setattr(script_models, "load_line_model", count(load_line_model))
    monkeypatch.setattr(script_models, "load_model", count(load_model))
    reader = Reader()
    others = [
        reader.with_options(ReadOptions(**choices))
        for choices in ({"layout": "field"}, {"number_format": "digits:3"}, {"layout": "digit"})
    ]
    assert [each.read(draw("417")).text for each in others[:2]] == ["417", "417"]
    assert others[2].read(draw("4", height=90)).text == "4"
    assert loaded == [line_model_path("latin"), "latin"]
    assert reader.with_options(ReadOptions("kannada")).metadata["name"] == "kannada-line"


def test_unsupported_options_are_rejected_before_reading():
    lines, digits = load_line_model(line_model_path("latin")), load_model("latin")
    with pytest.raises(ModelError, match="needs a model of digits"):
        Reader(lines, layout="digit")
    with pytest.raises(ModelError, match="needs a script with a line model"):
        Reader(digits, number_format="digits:3")
    with pytest.raises(ModelError, match="needs a script with a line model"):
        Reader(digits).with_options(ReadOptions(digits, number_format="digits:3"))


def test_forms_use_the_options(draw):
    read_field = make_field_reader(ReadOptions("latin", layout="table"))
    assert read_field(draw("417"), None)[0].text == "417"
    assert read_field(draw("417"), "digits:3")[0].accepted
    assert not read_field(draw("417"), "digits:5")[0].accepted


def test_answer_options_are_applied():
    digits = (Digit("4", 0.9, (0, 0, 5, 9)), Digit("-", 0.9, (5, 0, 9, 9)))
    page = Page((Line("4-", 0.8, (0, 0, 9, 9), digits),), 9, 9)
    assert AnswerOptions().apply(page) == page
    assert AnswerOptions(min_confidence=0.95).apply(page).text == "??"
    assert AnswerOptions(only_digits=True).apply(page).text == "4"
    assert AnswerOptions(max_error=0.1).apply(page).lines[0].answer == "?"
    assert AnswerOptions(max_error=0.5).apply(page).lines[0].answer == "4-"


@pytest.mark.parametrize("choices", [{"min_confidence": 1.5}, {"max_error": -0.1}])
def test_probabilities_outside_0_to_1_are_rejected(choices):
    with pytest.raises(OptionError, match="expected a probability from 0 to 1"):
        AnswerOptions(**choices)
