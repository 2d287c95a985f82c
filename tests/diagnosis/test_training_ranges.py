"""Ranges of the training data, and sentences that compare values with them."""

import re

import pytest

from numerals.diagnosis.digit_properties import measure_digit
from numerals.diagnosis.property_texts import DIGIT_TEXTS, STRIP_TEXTS, compare_property
from numerals.diagnosis.training_ranges import (
    COUNTED,
    PERCENTILES,
    PropertyRange,
    load_ranges,
)
from numerals.models import SHIPPED_DIGIT_MODELS
from numerals.scripts import SCRIPTS

RANGE = PropertyRange(tuple(float(p) for p in PERCENTILES))  # the value is its percentile


@pytest.mark.parametrize("script", SHIPPED_DIGIT_MODELS)
def test_every_shipped_script_has_ranges_of_all_properties(script):
    digits, lines = load_ranges(script, "digits"), load_ranges(script, "lines")
    assert digits is not None and lines is not None
    assert set(digits.properties) == set(DIGIT_TEXTS)
    assert set(lines.properties) == set(STRIP_TEXTS)
    assert set(digits.class_counts) == set(SCRIPTS[script])
    for counts in digits.class_counts.values():
        assert all(sum(counts[name].values()) == pytest.approx(1, abs=0.01) for name in COUNTED)
    for known in (*digits.properties.values(), *lines.properties.values()):
        assert len(known.values) == len(PERCENTILES)
        assert list(known.values) == sorted(known.values)


def test_script_without_measured_data_has_no_ranges():
    assert load_ranges("persian", "digits") is None


@pytest.mark.parametrize(
    ("value", "below", "above"),
    [(50, 25, 25), (99.2, 99, 0.5), (0.7, 0.5, 99), (200, 100, 0), (-1, 0, 100)],
)
def test_shares_are_certain(value, below, above):
    assert (RANGE.share_below(value), RANGE.share_above(value)) == (below, above)


def compare(value):
    return compare_property("stroke_width", value, DIGIT_TEXTS, RANGE, "training digits")


def test_usual_value_is_typical():
    finding = compare(60)
    assert (finding.kind, finding.advice) == ("typical", "")
    assert finding.text == "Stroke width: 60.00 of the height; typical 5.00 to 95.00."


def test_unusual_values_name_the_share_and_advise():
    thin, thick = compare(0.7), compare(99.7)
    assert thin.text.startswith("The stroke is thinner than in 99 % of the training digits")
    assert thick.text.startswith("The stroke is thicker than in 99.5 % of the training digits")
    assert "thicker pen" in thin.advice and "thinner pen" in thick.advice
    assert compare(-1).text.startswith("The stroke is thinner than in all training digits")


def test_harmless_values_are_typical():
    finding = compare_property("paper_noise", -1, STRIP_TEXTS, RANGE, "training lines")
    assert finding.kind == "typical"


def test_percentiles_of_training_digits_are_those_of_the_data():
    """A check of the file against the glyphs of a font: most of them are within the ranges."""
    from numerals.synthesis.font_glyphs import load_font_glyphs

    glyphs, characters = load_font_glyphs()
    ranges = load_ranges("latin", "digits")
    columns = [characters.index(c) for c in "0123456789"]
    rows = [measure_digit(image) for image in glyphs[:20, columns].reshape(-1, 28, 28)]
    low, high = ranges.properties["aspect"].values[0], ranges.properties["aspect"].values[-1]
    inside = [low <= row["aspect"] <= high for row in rows if row]
    assert sum(inside) > 0.9 * len(inside)


def test_texts_have_a_unit_for_one_number():
    for text in (*DIGIT_TEXTS.values(), *STRIP_TEXTS.values()):
        assert len(re.findall(r"\{[^}]*\}", text.unit)) == 1
