"""Composed tables and grids: every number is labelled once."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_masks import blank_canvas, block_mask, block_pool, composed

from numerals.synthesis.page_canvas import CANVAS_SIDE, MARK, NUMBER, PRINT
from numerals.synthesis.page_cells import print_text
from numerals.synthesis.page_tables import (
    RuleStyle,
    add_score_card,
    add_sudoku,
    add_table,
    draw_box,
    draw_rule,
)

BLACK = np.zeros(3, np.float32)


@pytest.fixture(scope="module")
def pool():
    return block_pool()


def noted(canvas, *, printed=False):
    """Return a mask of the labelled numbers."""
    mask = np.zeros((CANVAS_SIDE, CANVAS_SIDE), bool)
    for number in canvas.numbers:
        if number.is_printed == printed:
            x_min, y_min = np.maximum(number.quad[0], 0).astype(int)
            x_max, y_max = np.maximum(number.quad[2], 0).astype(int)
            mask[y_min:y_max, x_min:x_max] = True
    return mask


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("add", [add_table, add_score_card, add_sudoku])
def test_all_number_ink_is_labelled(add, seed, pool):
    canvas = composed(add, seed, pool)
    assert not ((canvas.kinds == NUMBER) & ~noted(canvas)).any()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("add", [add_table, add_score_card, add_sudoku])
def test_every_labelled_number_has_ink(add, seed, pool):
    canvas = composed(add, seed, pool)
    for number in canvas.numbers:
        x_min, y_min = np.clip(number.quad[0], 0, CANVAS_SIDE).astype(int)
        x_max, y_max = np.clip(number.quad[2], 0, CANVAS_SIDE).astype(int)
        kinds = canvas.kinds[y_min:y_max, x_min:x_max]
        if min(kinds.shape) > 8:  # else most of it is beyond the canvas
            assert (kinds == (PRINT if number.is_printed else NUMBER)).any()


@pytest.mark.parametrize(
    ("text", "is_number", "is_unlabelled"),
    [("No 12", False, True), ("Total", False, False), ("1862", True, False)],
)
def test_print_with_digits_is_a_number_or_unlabelled(pool, text, is_number, is_unlabelled):
    canvas, rng = blank_canvas(), np.random.default_rng(0)
    print_text(canvas, rng, pool, text, 100, 300, 30, is_number=is_number)
    assert [number.is_printed for number in canvas.numbers] == [True] * is_number
    assert canvas.unlabelled_print.any() == is_unlabelled and not canvas.unlabelled.any()
    if is_unlabelled:
        assert canvas.unlabelled_print[canvas.kinds == PRINT].all()


def test_a_score_card_may_have_one_script(pool):
    digits = [replace(block_mask(1), text=text) for text in "12೧೨"]
    mixed = replace(pool, digits=digits)
    scripts = set()
    for seed in range(40):
        canvas = composed(add_score_card, seed, mixed)
        texts = {n.text for n in canvas.numbers} & set("12೧೨")  # the sums at the ends are others
        scripts.add((bool(texts & set("12")), bool(texts & set("೧೨"))))
    assert {(True, True), (False, True)} <= scripts


def test_digits_of_a_score_card_are_separate_numbers(pool):
    canvas = composed(add_score_card, 3, pool)
    widths = [number.quad[1, 0] - number.quad[0, 0] for number in canvas.numbers]
    assert len(widths) > 5 and np.median(widths) < 30


@pytest.mark.parametrize("pattern", ["solid", "dotted", "dashed"])
def test_a_rule_is_a_mark_from_end_to_end(pattern):
    canvas = blank_canvas()
    style = RuleStyle(BLACK, 2, 1.0, pattern)
    draw_rule(canvas, np.random.default_rng(0), (100, 200), (500, 200), style)
    columns = np.flatnonzero((canvas.kinds == MARK).any(axis=0))
    assert columns[0] == pytest.approx(100, abs=3) and columns[-1] == pytest.approx(500, abs=20)
    gaps = np.diff(columns).max()
    assert gaps == 1 if pattern == "solid" else 1 < gaps < 25


def test_a_box_has_four_sides():
    canvas = blank_canvas()
    style = RuleStyle(BLACK, 2, 1.0)
    draw_box(canvas, np.random.default_rng(0), (100, 200, 300, 260), style)
    is_mark = canvas.kinds == MARK
    assert is_mark[230, 98:103].any() and is_mark[230, 298:303].any()
    assert is_mark[198:203, 200].any() and is_mark[258:263, 200].any()
    assert not is_mark[215:250, 120:280].any()
