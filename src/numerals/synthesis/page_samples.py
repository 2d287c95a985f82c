"""Samples of pages in thousands: which kinds there are, and how often each is drawn."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from numerals.synthesis.camera import (
    Sample,
    crop_to_number,
    photograph_canvas,
    turn_sample,
)
from numerals.synthesis.canvas import Canvas
from numerals.synthesis.cell_contents import Pen, print_words
from numerals.synthesis.comb_forms import add_comb, add_comb_form
from numerals.synthesis.number_crops import NumberCrop, load_number_crops, show_crop
from numerals.synthesis.page_layouts import (
    add_form,
    add_ledger,
    add_paper_rules,
    add_sums,
    scatter,
)
from numerals.synthesis.pens import make_paper, sample_pen
from numerals.synthesis.real_pages import RealPages, crop_page, crop_sudoku, load_real_pages
from numerals.synthesis.ruled_tables import add_score_card, add_sudoku, add_table
from numerals.synthesis.writing import WritingPool

_Rng = np.random.Generator

_SHARE_REAL = 0.25  # of the samples: real pages with labelled numbers
_SHARE_OTHER_REAL = 0.13  # real pages without numbers
_SHARE_SUDOKU = 0.02  # real sudokus
_SHARE_CROPS = 0.08  # real pictures of one number
_SHARE_CROPPED = 0.15  # of the composed: cut down to one number
_SHARE_TURNED = 0.15  # of all: turned by quarters


@dataclass(frozen=True, eq=False)
class PageMaterial:
    """What samples are made of."""

    pool: WritingPool
    pages: RealPages
    crops: list[NumberCrop]


def load_material(folder: Path, pool: WritingPool) -> PageMaterial:
    """Find the real pages and crops in a folder that holds the data sets."""
    pages = load_real_pages(folder / "training-pages")
    return PageMaterial(pool, pages, load_number_crops(folder / "strings"))


def draw_sample(rng: _Rng, material: PageMaterial) -> Sample:
    """Return one sample, real or composed."""
    sample = _draw_upright(rng, material)
    if rng.random() < _SHARE_TURNED:
        return turn_sample(sample, int(rng.integers(1, 4)))
    return sample


def draw_composed(rng: _Rng, material: PageMaterial) -> Sample:
    """Return an upright sample whose numbers are all known, and most of their texts."""
    canvas = _compose(rng, material, _sample_pen(rng))
    sample = photograph_canvas(canvas, rng, material.pages.textures)
    return crop_to_number(sample, rng) if rng.random() < _SHARE_CROPPED else sample


def _draw_upright(rng: _Rng, material: PageMaterial) -> Sample:
    pool, pages = material.pool, material.pages
    pen = _sample_pen(rng)
    kind = rng.random()
    if kind < _SHARE_CROPS:
        sample = show_crop(rng, material.crops, np.exp(rng.uniform(np.log(18), np.log(120))))
        if sample is not None:
            return sample
    kind -= _SHARE_CROPS
    if kind < _SHARE_REAL:
        canvas = crop_page(rng, pages.with_numbers, has_numbers=True)
        if rng.random() < 0.3:
            scatter(canvas, rng, pool, pen, int(rng.integers(1, 6)), words=0.1)
    elif kind < _SHARE_REAL + _SHARE_OTHER_REAL:
        canvas = crop_page(rng, pages.without_numbers, has_numbers=False)
        if rng.random() < 0.7:
            scatter(canvas, rng, pool, pen, int(rng.integers(1, 10)), words=0.1)
        if rng.random() < 0.15:
            add_comb(canvas, rng, pool, pen)
    elif kind < _SHARE_REAL + _SHARE_OTHER_REAL + _SHARE_SUDOKU:
        canvas = crop_sudoku(rng, pages.sudokus)
    else:
        return draw_composed(rng, material)
    return photograph_canvas(canvas, rng, pages.textures)


def _sample_pen(rng: _Rng) -> Pen:
    is_usual = rng.random() < 0.8
    low, high = (14, 60) if is_usual else (60, 140)
    height = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return Pen(sample_pen(rng), float(rng.uniform(0.6, 1)), height)


def _compose(rng: _Rng, material: PageMaterial, pen: Pen) -> Canvas:
    pool = material.pool
    canvas = Canvas(make_paper(rng, material.pages.textures))
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
    """Print up to `n` times, where there is room."""
    for _ in range(n):
        _print_somewhere(canvas, rng, pool, pen)


def _print_somewhere(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    size = pen.height * rng.uniform(0.4, 1)
    for _ in range(4):
        x, y = rng.uniform(0, 560), rng.uniform(0, 600)
        if canvas.is_free(x, y, x + 5 * size, y + size):
            print_words(canvas, rng, pool, x, y + size / 2, size)
            return
