import numpy as np
import pytest

from numerals.data import load_digits
from numerals.ink import InkLine, PageInk, Part
from numerals.reading import Reader
from numerals.reading.script_detection import AUTO, installed_scripts, script_proba, single_digits
from numerals.reading.script_models import ScriptChoice
from numerals.synthesis.composed_page import PageStyle, compose_page

PART = Part((0, 0, 20, 30), np.full((30, 20), 255, np.uint8))


class Sure:
    """Gives every picture the same probability of being its one digit; the rest is no digit."""

    classes = ("0",)

    def __init__(self, proba, **metadata):
        self.proba, self.metadata, self.seen = proba, metadata, []

    def predict_proba(self, images):
        self.seen.append(images)
        return np.tile(np.array([self.proba, 1 - self.proba], np.float32), (len(images), 1))


def test_the_script_that_explains_the_ink_better_is_more_probable():
    models = {"latin": Sure(0.4), "kannada": Sure(0.8)}
    one = script_proba([PART], models)
    assert one["kannada"] == pytest.approx(2 / 3, abs=1e-3)
    many = script_proba([PART] * 6, models)
    assert many["kannada"] > 0.98
    assert sum(many.values()) == pytest.approx(1)


def test_a_model_whose_digits_were_squeezed_is_shown_such():
    plain, squeezed = Sure(0.5), Sure(0.5, across="2")
    script_proba([PART], {"latin": plain, "kannada": squeezed})
    widths = [np.ptp(np.nonzero(model.seen[0][0])[1]) + 1 for model in (plain, squeezed)]
    assert widths[1] == pytest.approx(widths[0] / 2, abs=1)


def test_without_ink_no_script_is_more_probable():
    assert script_proba([], {"latin": Sure(0.4), "kannada": Sure(0.8)}) == {
        "latin": 0.5,
        "kannada": 0.5,
    }


def test_a_blank_page_is_read_as_the_first_script():
    page = Reader(AUTO).read(np.full((100, 200), 255, np.uint8))
    assert (page.script, page.lines) == (installed_scripts()[0], ())


def test_latin_numbers_are_told_and_read_as_without_asking(draw):
    picture = draw("5550142867")
    page = Reader(AUTO).read(picture)
    assert (page.script, page.text) == ("latin", Reader().read(picture).text)


def test_lines_give_single_digits_alone():
    wide, low = Part((0, 0, 90, 30), PART.mask), Part((0, 20, 5, 30), PART.mask)
    assert single_digits([InkLine((PART, wide, low), 30.0)]) == [PART]


class Models:
    """The digit model of a script whose digits the ink resembles with these probabilities."""

    def __init__(self, *proba):
        self.proba = iter(proba)

    @property
    def digits(self):
        return Sure(next(self.proba))


def ink(*parts, turned=0.0):
    lines = tuple(InkLine((part,), 30.0) for part in parts)
    return PageInk(lines, 1.0, np.zeros((9, 9), np.uint8), turned)


def test_the_script_of_a_page_is_decided_once():
    latin, kannada = Models(0.9, 0.4, 0.1), Models(0.3, 0.8, 0.9)
    choice = ScriptChoice({"latin": latin, "kannada": kannada})
    assert choice.models_for(ink()) is latin  # nothing to decide by
    assert choice.models_for(ink(PART, PART)) is latin
    assert choice.models_for(ink(PART)) is latin  # a cell alone looks like kannada
    assert choice.models_for(ink(PART, turned=180.0)) is kannada  # upside down it is another page
    assert choice.models_for(ink(PART)) is latin


@pytest.mark.data
@pytest.mark.parametrize(
    ("script", "name"),
    [("kannada", "kannada-mnist"), ("bangla", "cmaterdb-bangla")],
)
def test_numbers_of_other_scripts_are_told(data_folder, script, name):
    digits = load_digits(name, "train")
    reader = Reader(AUTO)
    rng = np.random.default_rng(3)
    style = PageStyle(width=1200, height=300, digit_height=70)
    told = []
    for number in range(4):
        text = "".join(rng.choice(list(digits.classes), 6))
        page = reader.read(compose_page(digits, [text], style, random_state=number).image)
        told.append(page.script)
    assert told.count(script) >= 3


def test_a_format_holds_whatever_the_script(draw):
    picture = draw("5550142867")
    assert Reader(AUTO, number_format="digits:10").read(picture).lines[0].accepted
    assert not Reader(AUTO, number_format="digits:4").read(picture).lines[0].accepted
