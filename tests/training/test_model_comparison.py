"""Comparison of two models on held-out lines and digits."""

import csv

import cv2
import numpy as np
import pytest

from numerals.corrections.correction_digits import DigitOrigin
from numerals.models import line_model_path, load_line_model, load_model
from numerals.records import Digits
from numerals.training.held_out_digits import hold_out
from numerals.training.held_out_lines import (
    LineSet,
    are_read_correctly,
    held_out_real_lines,
    matches_label,
)
from numerals.training.line_pools import load_line_image
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample
from numerals.training.model_comparison import (
    ModelComparison,
    SetComparison,
    compare_digits,
    compare_lines,
)


@pytest.mark.parametrize(
    ("sets", "is_worse"),
    [
        ([(100, 80, 80, 1.0)], False),
        ([(100, 80, 79, 1.0)], True),  # on average, although not significantly
        ([(20, 10, 18, 0.02), (1000, 700, 695, 0.4)], False),
        ([(20, 10, 18, 0.02), (1000, 700, 640, 0.001)], True),
        ([(20, 15, 14, 1.0), (1000, 600, 700, 0.001)], False),
        ([], False),
    ],
)
def test_a_model_is_worse_significantly_on_one_set_or_on_average(sets, is_worse):
    compared = (SetComparison("set", *values) for values in sets)
    assert ModelComparison(tuple(compared)).is_worse is is_worse


@pytest.mark.parametrize(
    ("answer", "text", "has_signs", "matches"),
    [
        ("1 250", "1250", True, True),
        ("1.250", "1250", True, False),
        ("1.250,-", "1250", False, True),
        ("", "", True, True),
        ("7", "", True, False),
    ],
)
def test_spaces_are_ignored_and_signs_if_the_label_lacks_them(answer, text, has_signs, matches):
    sample = LineSample(np.zeros((40, 40), np.uint8), text, has_signs)
    assert matches_label(answer, sample) is matches


def test_letters_beside_numbers_are_not_compared(monkeypatch):
    sample = LineSample(np.zeros((40, 40), np.uint8), "\ufffd\ufffd\ufffd 45")
    word = LineSample(np.zeros((40, 40), np.uint8), "\ufffd\ufffd\ufffd\ufffd")
    answers = {"old": ["\ufffd\ufffd45", "\ufffd\ufffd"], "new": ["4\ufffd5", "\ufffd1"]}
    monkeypatch.setattr(
        "numerals.training.model_comparison.read_texts", lambda model, _: answers[model]
    )
    compared = compare_lines("old", "new", [LineSet("composed", [sample, word])])
    assert (compared.sets[0].old, compared.sets[0].new) == (2, 0)
    shown = [(each.text, each.before, each.after) for each in compared.changes]
    assert shown == [("45", "45", "4?5"), ("", "", "1")]


@pytest.fixture
def samples(draw, tmp_path):
    """Return drawn lines of which the shipped model reads at least three."""
    lines = []
    for text in ("5550142", "86902", "1203", "77"):
        path = tmp_path / f"{text}.png"
        cv2.imwrite(str(path), draw(text))
        lines.append(LineSample(load_line_image(path), text))
    return lines


def test_a_model_compared_with_itself_has_the_same_accuracy(samples):
    model = load_line_model(line_model_path("latin"))
    is_correct = are_read_correctly(model, samples)
    assert is_correct.sum() >= 3
    sets = [LineSet("drawn", samples), LineSet("empty", [])]
    (compared,) = compare_lines(model, model, sets).sets
    assert (compared.name, compared.count, compared.p_value) == ("drawn", 4, 1.0)
    assert compared.old == compared.new == is_correct.sum()


def test_digits_of_another_script_are_wrong_answers(known_fonts):
    model, digits = load_model("latin"), Digits(np.zeros((3, 28, 28), np.uint8), np.arange(3))
    (compared,) = compare_digits(model, load_model("kannada"), [digits]).sets
    assert compared.count == 3 and compared.new == 0


def test_changed_digits_say_where_they_come_from():
    digits = Digits(np.zeros((3, 28, 28), np.uint8), np.arange(3), name="corrections")
    origins = [DigitOrigin(5, at) for at in range(3)]
    models = load_model("latin"), load_model("kannada")
    changes = compare_digits(*models, [digits], {"corrections": origins}).changes
    assert [(each.line_id, each.position) for each in changes] == [(5, at) for at in range(3)]
    (other,) = compare_digits(*models, [digits[:1]]).changes
    assert (other.line_id, other.position) == (None, None)


def test_the_held_out_real_lines_are_always_the_same(draw, tmp_path, monkeypatch):
    folder = tmp_path / "strings"
    folder.mkdir()
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    with (folder / "meza.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["file", "text", "split"])
        for i in range(40):
            cv2.imwrite(str(folder / f"{i}.png"), draw(str(10 + i)))
            table.writerow([f"{i}.png", str(10 + i), "train" if i < 30 else "validation"])
    samples = held_out_real_lines("meza", LineRecipe())
    assert len(samples) == 3 and all(sample.image.shape[0] == 40 for sample in samples)
    again = held_out_real_lines("meza", LineRecipe())
    assert [sample.text for sample in samples] == [sample.text for sample in again]
    assert all(int(sample.text) < 40 for sample in samples)  # of the training part
    assert held_out_real_lines("orand", LineRecipe()) == []  # not on disk


def test_digits_without_writers_are_held_out_by_number(known_fonts):
    assert hold_out(known_fonts, 30).sum() == 30
