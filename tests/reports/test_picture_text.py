"""Explanations of pictures as text: wrapped lines, tables of characters, notable findings."""

from dataclasses import replace

import numpy as np
import pytest

from numerals.diagnosis import CharacterFrames, Finding, NumberExplanation, Step
from numerals.reports.picture_text import WIDTH, character_rows, number_text

PROBA = np.array([[0.1, 0.0, 0.9], [0.8, 0.1, 0.1], [0.0, 0.3, 0.7], [0.0, 0.6, 0.4]], np.float32)
FRAMES = CharacterFrames(("4", "\ufffd"), PROBA, "4\ufffd", ((0, 1), (3, 3)), 4)


@pytest.fixture
def number():
    return NumberExplanation(
        "line",
        "4?",
        0.875,
        (0, 0, 9, 9),
        (),
        "latin",
        (Step("crop", "Line", "words " * 40), Step("frames", "Frames", "not shown")),
        (
            Finding("size", "typical", "The digits are 40 pixels high."),
            Finding("slant", "unusual", "It leans.", "Write upright.", "Tested: it stays."),
        ),
        FRAMES,
    )


def test_text_is_wrapped_and_has_the_characters_as_a_table(number):
    lines = number_text(number).splitlines()
    assert lines[0] == "4? (87.5 %)"
    assert max(map(len, lines)) <= WIDTH
    assert "not shown" not in number_text(number)
    assert character_rows(number) == [("4", "0-8", "0.800"), ("?", "12-16", "0.600")]


def test_findings_that_are_not_typical_are_shown(number):
    lines = number_text(number).splitlines()
    assert lines[-1] == "  ! It leans. Tested: it stays. Write upright."
    assert "1 property as usual" in lines[-2]
    usual = replace(number, findings=number.findings[:1])
    assert number_text(usual).splitlines()[-1].startswith("  Nothing is unusual")
