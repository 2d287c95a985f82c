import numpy as np
import pytest

from numerals.data import load_digits
from numerals.ink import Component, InkLine, PageInk
from numerals.reading import Reader
from numerals.reading.script_detection import (
    AUTO,
    installed_scripts,
    script_proba,
    select_single_digits,
)
from numerals.reading.script_models import ScriptChoice
from numerals.synthesis.composed_page import PageStyle, compose_page

COMPONENT = Component((0, 0, 20, 30), np.full((30, 20), 255, np.uint8))


class ConstantModel:
    """Gives every picture the same class probability; the remainder is no digit."""

    classes = ("0",)

    def __init__(self, proba, **metadata):
        self.proba, self.metadata, self.images_seen = proba, metadata, []

    def predict_proba(self, images):
        self.images_seen.append(images)
        return np.tile(np.array([self.proba, 1 - self.proba], np.float32), (len(images), 1))


def test_the_script_with_the_higher_likelihood_is_more_probable():
    models = {"latin": ConstantModel(0.4), "kannada": ConstantModel(0.8)}
    single = script_proba([COMPONENT], models)
    assert single["kannada"] == pytest.approx(2 / 3, abs=1e-3)
    many = script_proba([COMPONENT] * 6, models)
    assert many["kannada"] > 0.98
    assert sum(many.values()) == pytest.approx(1)


def test_digits_are_squeezed_by_the_width_ratio_of_the_model():
    plain, squeezed = ConstantModel(0.5), ConstantModel(0.5, across="2")
    script_proba([COMPONENT], {"latin": plain, "kannada": squeezed})
    widths = [np.ptp(np.nonzero(model.images_seen[0][0])[1]) + 1 for model in (plain, squeezed)]
    assert widths[1] == pytest.approx(widths[0] / 2, abs=1)


def test_scripts_are_equally_probable_without_ink():
    assert script_proba([], {"latin": ConstantModel(0.4), "kannada": ConstantModel(0.8)}) == {
        "latin": 0.5,
        "kannada": 0.5,
    }


def test_a_blank_page_is_read_as_the_first_script():
    page = Reader(AUTO).read(np.full((100, 200), 255, np.uint8))
    assert (page.script, page.lines) == (installed_scripts()[0], ())


def test_latin_numbers_are_detected_and_read_as_with_the_latin_model(draw):
    picture = draw("5550142867")
    page = Reader(AUTO).read(picture)
    assert (page.script, page.text) == ("latin", Reader().read(picture).text)


def test_only_single_digits_are_selected():
    wide, low = Component((0, 0, 90, 30), COMPONENT.mask), Component((0, 20, 5, 30), COMPONENT.mask)
    assert select_single_digits([InkLine((COMPONENT, wide, low), 30.0)]) == [COMPONENT]


class ScriptedModels:
    """The digit model of a script that gives these probabilities to successive digits."""

    def __init__(self, *proba):
        self.proba = iter(proba)

    @property
    def digits(self):
        return ConstantModel(next(self.proba))


def ink(*components, turn=0.0):
    lines = tuple(InkLine((component,), 30.0) for component in components)
    return PageInk(lines, 1.0, np.zeros((9, 9), np.uint8), turn)


def test_the_script_of_a_page_is_chosen_once():
    latin, kannada = ScriptedModels(0.9, 0.4, 0.1), ScriptedModels(0.3, 0.8, 0.9)
    choice = ScriptChoice({"latin": latin, "kannada": kannada})
    assert choice.models_for(ink()) is latin  # no ink to decide by
    assert choice.models_for(ink(COMPONENT, COMPONENT)) is latin
    assert choice.models_for(ink(COMPONENT)) is latin  # the cell alone resembles kannada
    assert (
        choice.models_for(ink(COMPONENT, turn=180.0)) is kannada
    )  # another orientation is another page
    assert choice.models_for(ink(COMPONENT)) is latin


@pytest.mark.data
@pytest.mark.parametrize(
    ("script", "name"),
    [("kannada", "kannada-mnist"), ("bangla", "cmaterdb-bangla")],
)
def test_numbers_of_other_scripts_are_detected(data_folder, script, name):
    digits = load_digits(name, "train")
    reader = Reader(AUTO)
    rng = np.random.default_rng(3)
    style = PageStyle(width=1200, height=300, digit_height=70)
    scripts = []
    for number in range(4):
        text = "".join(rng.choice(list(digits.classes), 6))
        page = reader.read(compose_page(digits, [text], style, random_state=number).image)
        scripts.append(page.script)
    assert scripts.count(script) >= 3


def test_a_format_is_applied_for_all_scripts(draw):
    picture = draw("5550142867")
    assert Reader(AUTO, number_format="digits:10").read(picture).lines[0].accepted
    assert not Reader(AUTO, number_format="digits:4").read(picture).lines[0].accepted
