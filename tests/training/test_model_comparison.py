"""Which of two models is better, on lines and digits that neither learned from."""

import csv

import cv2
import numpy as np
import pytest

from numerals.models import line_model_path, load_line_model, load_model
from numerals.records import Digits
from numerals.training.held_out_digits import hold_out
from numerals.training.held_out_lines import LineSet, agrees, held_out_strings, read_rightly
from numerals.training.line_pools import Sample, line_of
from numerals.training.line_recipes import LineRecipe
from numerals.training.model_comparison import Compared, Comparison, compare_digits, compare_lines


@pytest.mark.parametrize(
    ("sets", "is_worse"),
    [
        ([(100, 80, 80, 1.0)], False),
        ([(100, 80, 79, 1.0)], True),  # over all, though it may be chance
        ([(20, 10, 18, 0.02), (1000, 700, 695, 0.4)], False),
        ([(20, 10, 18, 0.02), (1000, 700, 640, 0.001)], True),
        ([(20, 15, 14, 1.0), (1000, 600, 700, 0.001)], False),
        ([], False),
    ],
)
def test_a_model_is_worse_beyond_chance_on_one_set_or_over_all(sets, is_worse):
    compared = (Compared("set", *values) for values in sets)
    assert Comparison(tuple(compared)).is_worse is is_worse


@pytest.mark.parametrize(
    ("answer", "text", "has_signs", "right"),
    [
        ("1 250", "1250", True, True),
        ("1.250", "1250", True, False),
        ("1.250,-", "1250", False, True),
        ("", "", True, True),
        ("7", "", True, False),
    ],
)
def test_answers_agree_spaces_aside(answer, text, has_signs, right):
    assert agrees(answer, Sample(np.zeros((40, 40), np.uint8), text, has_signs)) is right


@pytest.fixture
def samples(draw, tmp_path):
    """Return drawn lines of which the shipped model reads nearly all."""
    found = []
    for text in ("5550142", "86902", "1203", "77"):
        path = tmp_path / f"{text}.png"
        cv2.imwrite(str(path), draw(text))
        found.append(Sample(line_of(path), text))
    return found


def test_lines_are_compared_one_by_one(samples):
    model = load_line_model(line_model_path("latin"))
    right = read_rightly(model, samples)
    assert right.sum() >= 3
    sets = [LineSet("drawn", samples), LineSet("nothing", [])]
    (found,) = compare_lines(model, model, sets).sets
    assert (found.name, found.count, found.p_value) == ("drawn", 4, 1.0)
    assert found.old == found.new == right.sum()


def test_digits_are_compared_by_their_characters(known_fonts):
    model, digits = load_model("latin"), Digits(np.zeros((3, 28, 28), np.uint8), np.arange(3))
    (found,) = compare_digits(model, load_model("kannada"), [digits]).sets
    assert found.count == 3 and found.new == 0  # Kannada's characters are none of these


def test_the_held_out_tenth_of_real_lines_is_always_the_same(draw, tmp_path, monkeypatch):
    folder = tmp_path / "strings"
    folder.mkdir()
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    with (folder / "meza.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["file", "text", "split"])
        for i in range(40):
            cv2.imwrite(str(folder / f"{i}.png"), draw(str(10 + i)))
            table.writerow([f"{i}.png", str(10 + i), "train" if i < 30 else "validation"])
    found = held_out_strings("meza", LineRecipe())
    assert len(found) == 3 and all(sample.image.shape[0] == 40 for sample in found)
    again = held_out_strings("meza", LineRecipe())
    assert [sample.text for sample in found] == [sample.text for sample in again]
    assert all(int(sample.text) < 40 for sample in found)  # of the training part alone
    assert held_out_strings("orand", LineRecipe()) == []  # not on disk


def test_held_out_digits_need_no_torch(known_fonts):
    assert hold_out(known_fonts, 30).sum() == 30
