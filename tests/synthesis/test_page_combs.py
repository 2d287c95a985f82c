"""Composed combs: the boxes of a comb hold one number with a known text."""

import numpy as np
import pytest
from drawn_masks import PEN, blank_canvas, block_pool, composed

from numerals.synthesis.page_canvas import CANVAS_SIDE, NUMBER
from numerals.synthesis.page_combs import add_comb, add_comb_form


@pytest.fixture(scope="module")
def pool():
    return block_pool()


def test_a_comb_is_one_number_or_empty(pool):
    counts = []
    for seed in range(30):
        canvas = composed(add_comb, seed, pool)
        counts.append(len(canvas.numbers))
        if canvas.numbers:
            [number] = canvas.numbers
            rows, columns = np.nonzero(canvas.kinds == NUMBER)
            edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
            np.testing.assert_allclose(edges, (*number.quad[0], *number.quad[2]), atol=12)
    assert set(counts) == {0, 1} and np.mean(counts) > 0.7


def test_combs_do_not_overlap(pool):
    canvas, rng = blank_canvas(), np.random.default_rng(0)
    for _ in range(12):
        add_comb(canvas, rng, pool, PEN)
    boxes = [(*number.quad[0], *number.quad[2]) for number in canvas.numbers]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("seed", range(8))
def test_all_number_ink_of_a_form_is_labelled(seed, pool):
    canvas = composed(add_comb_form, seed, pool)
    noted = np.zeros((CANVAS_SIDE, CANVAS_SIDE), bool)
    for number in canvas.numbers:
        (x_min, y_min), (x_max, y_max) = np.maximum(number.quad[[0, 2]], 0).astype(int)
        noted[y_min:y_max, x_min:x_max] = True
    assert canvas.numbers and not ((canvas.kinds == NUMBER) & ~noted).any()


def test_a_form_has_rows_and_columns_of_combs(pool):
    numbers = composed(add_comb_form, 3, pool).numbers
    centers = np.array([number.quad.mean(axis=0) for number in numbers])
    assert np.ptp(centers[:, 0]) > 100 and np.ptp(centers[:, 1]) > 100


def test_the_width_of_a_comb_number_matches_its_text(pool):
    for seed in range(20):
        numbers = composed(add_comb_form, seed, pool).numbers
        for number in (n for n in numbers if not n.is_printed):
            width = number.quad[1, 0] - number.quad[0, 0]
            assert set(number.text) == {"8"}
            assert (width > 1.2 * PEN.height) == (len(number.text) > 1)
