"""Samples for the page network: composed pages of many layouts, and crops of real pages."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from numerals.synthesis.ink_masks import WritingPool
from numerals.synthesis.page_camera import (
    PageSample,
    crop_to_number,
    photograph_canvas,
    rotate_sample,
)
from numerals.synthesis.page_canvas import Canvas
from numerals.synthesis.page_cells import Pen, print_words
from numerals.synthesis.page_colors import make_background, sample_pen_color
from numerals.synthesis.page_combs import add_comb, add_comb_form
from numerals.synthesis.page_layouts import (
    add_form,
    add_ledger,
    add_paper_rules,
    add_sums,
    scatter,
)
from numerals.synthesis.page_tables import add_score_card, add_sudoku, add_table
from numerals.synthesis.real_number_crops import NumberCrop, load_number_crops, make_crop_sample
from numerals.synthesis.real_pages import RealPages, crop_page, crop_sudoku, load_real_pages

_Rng = np.random.Generator

# Shares of all samples before rotation; the rest is composed.
_REAL_SHARE = 0.25  # real pages with labelled numbers
_REAL_BLANK_SHARE = 0.13  # real pages without numbers
_SUDOKU_SHARE = 0.02  # real sudokus
_NUMBER_CROP_SHARE = 0.08  # real pictures of one number

_CROPPED_SHARE = 0.15  # share of the composed samples that are cropped to one number
_ROTATED_SHARE = 0.15  # share of all samples that are rotated by quarter turns


@dataclass(frozen=True, eq=False)
class PageMaterial:
    """Sources of samples: handwriting and print, real pages, and real pictures of one number."""

    pool: WritingPool
    pages: RealPages
    crops: list[NumberCrop]


def load_page_material(folder: Path, pool: WritingPool) -> PageMaterial:
    """Find the real pages and number crops in the folder of the data sets."""
    pages = load_real_pages(folder / "training-pages")
    return PageMaterial(pool, pages, load_number_crops(folder / "strings"))


def sample_page(rng: _Rng, material: PageMaterial) -> PageSample:
    """Return one sample, real or composed, upright or rotated."""
    sample = _sample_upright(rng, material)
    if rng.random() < _ROTATED_SHARE:
        return rotate_sample(sample, int(rng.integers(1, 4)))
    return sample


def compose_page_sample(rng: _Rng, material: PageMaterial) -> PageSample:
    """Return an upright composed sample: all its numbers are labelled, most with their text."""
    canvas = _compose_canvas(rng, material, _sample_pen(rng))
    sample = photograph_canvas(canvas, rng, material.pages.textures)
    return crop_to_number(sample, rng) if rng.random() < _CROPPED_SHARE else sample


def _sample_upright(rng: _Rng, material: PageMaterial) -> PageSample:
    pool, pages = material.pool, material.pages
    pen = _sample_pen(rng)
    kind = rng.random()
    if kind < _NUMBER_CROP_SHARE:
        sample = make_crop_sample(rng, material.crops, np.exp(rng.uniform(np.log(18), np.log(120))))
        if sample is not None:
            return sample
    kind -= _NUMBER_CROP_SHARE
    if kind < _REAL_SHARE:
        canvas = crop_page(rng, pages.with_numbers, has_numbers=True)
        if rng.random() < 0.3:
            scatter(canvas, rng, pool, pen, int(rng.integers(1, 6)), words=0.1)
    elif kind < _REAL_SHARE + _REAL_BLANK_SHARE:
        canvas = crop_page(rng, pages.without_numbers, has_numbers=False)
        if rng.random() < 0.7:
            scatter(canvas, rng, pool, pen, int(rng.integers(1, 10)), words=0.1)
        if rng.random() < 0.15:
            add_comb(canvas, rng, pool, pen)
    elif kind < _REAL_SHARE + _REAL_BLANK_SHARE + _SUDOKU_SHARE:
        canvas = crop_sudoku(rng, pages.sudokus)
    else:
        return compose_page_sample(rng, material)
    return photograph_canvas(canvas, rng, pages.textures)


def _sample_pen(rng: _Rng) -> Pen:
    is_usual = rng.random() < 0.8
    low, high = (14, 60) if is_usual else (60, 140)
    height = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return Pen(sample_pen_color(rng), float(rng.uniform(0.6, 1)), height)


def _compose_canvas(rng: _Rng, material: PageMaterial, pen: Pen) -> Canvas:
    """Return a canvas with a random layout."""
    pool = material.pool
    canvas = Canvas(make_background(rng, material.pages.textures))
    kind = rng.random()
    if kind < 0.2:
        add_table(canvas, rng, pool, pen)
    elif kind < 0.3:
        add_score_card(canvas, rng, pool, pen)
    elif kind < 0.35:
        add_sudoku(canvas, rng, pool, pen)
    elif kind < 0.43:
        add_ledger(canvas, rng, pool, pen)
    elif kind < 0.53:
        add_form(canvas, rng, pool, pen)
    elif kind < 0.72:
        add_comb_form(canvas, rng, pool, pen)
        _print_words(canvas, rng, pool, pen, int(rng.integers(0, 4)))
    elif kind < 0.8:
        for _ in range(int(rng.integers(1, 9))):
            add_comb(canvas, rng, pool, replace(pen, height=pen.height * rng.uniform(0.8, 1.2)))
        scatter(canvas, rng, pool, pen, int(rng.integers(0, 5)), words=0.4)
        _print_words(canvas, rng, pool, pen, int(rng.integers(0, 6)))
    elif kind < 0.86:
        if rng.random() < 0.5:
            add_paper_rules(canvas, rng, pen.height)
        add_sums(canvas, rng, pool, pen)
    else:
        if rng.random() < 0.45:
            add_paper_rules(canvas, rng, pen.height)
        scatter(canvas, rng, pool, pen, int(rng.integers(2, 30)))
        _print_words(canvas, rng, pool, pen, int(rng.integers(0, 4)))
    return canvas


def _print_words(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen, n: int) -> None:
    """Print words at up to `n` free positions; each of them is searched in four attempts."""
    for _ in range(n):
        size = pen.height * rng.uniform(0.4, 1)
        for _ in range(4):
            x, y = rng.uniform(0, 560), rng.uniform(0, 600)
            if canvas.is_free(x, y, x + 5 * size, y + size):
                print_words(canvas, rng, pool, x, y + size / 2, size)
                break
