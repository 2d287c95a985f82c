"""Compose combs: rows of boxes with one digit each that form a number, alone or in a form."""

from dataclasses import dataclass, replace

import numpy as np

from numerals.synthesis.ink_masks import WritingPool, choose_mask
from numerals.synthesis.page_canvas import CANVAS_SIDE, MARK, Canvas
from numerals.synthesis.page_cells import Pen, draw_tick, print_words, write_number
from numerals.synthesis.page_tables import RuleStyle, draw_box, draw_rule, sample_rule_style

_Rng = np.random.Generator
_FREE_MARGIN = 6  # pixels between a comb and other ink
_MAX_POSITIONS = 8  # positions drawn until one is free
_GUIDE_WIDTH = 0.4  # of a printed guide, relative to its box
_TRACED_SHARE = 0.7  # share of the ones that are written over the right side of a guide
_OVERWRITTEN_SHARE = 0.02  # share of the digits that are written over another digit


@dataclass(frozen=True, eq=False)
class CombStyle:
    """Layout of a printed comb; lengths in pixels.

    Attributes
    ----------
    n : int
        Number of boxes.
    width, height : float
        Size of a box.
    step : float
        Distance from the left edge of a box to that of the next.
    rule : RuleStyle
    guide : RuleStyle or None
        Style of the eights that are printed in the boxes to be traced.
    is_open : bool
        Whether a base line with short walls replaces the boxes.
    """

    n: int
    width: float
    height: float
    step: float
    rule: RuleStyle
    guide: RuleStyle | None = None
    is_open: bool = False

    @property
    def length(self) -> float:
        """Distance from the first wall to the last, pixels."""
        return (self.n - 1) * self.step + self.width

    def center(self, i: int, x: float, y: float) -> tuple[float, float]:
        """Return the center of box `i` of a comb with its top left corner at (x, y)."""
        return x + i * self.step + self.width / 2, y + self.height / 2


def add_comb(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Add a comb at a free position, if one is found."""
    is_apart = rng.random() < 0.25  # a few separate boxes, as on ballots
    comb = _sample_comb(rng, pen, int(rng.integers(2, 5 if is_apart else 12)), is_apart)
    for _ in range(_MAX_POSITIONS):
        x = rng.uniform(0, max(1, CANVAS_SIDE - comb.length))
        y = rng.uniform(0, CANVAS_SIDE - comb.height)
        right, bottom = (
            min(CANVAS_SIDE, x + comb.length + _FREE_MARGIN),
            y + comb.height + _FREE_MARGIN,
        )
        if canvas.is_free(x - _FREE_MARGIN, y - _FREE_MARGIN, right, bottom):
            break
    else:
        return
    _draw_comb(canvas, rng, comb, x, y)
    n_digits = int(rng.integers(1, comb.n + 1)) if rng.random() < 0.5 else comb.n
    is_right = rng.random() < 0.5
    n_digits = 0 if rng.random() < 0.08 else n_digits
    crossed = float(rng.choice([0.0, 0.3, 1.0]))
    _fill_comb(canvas, rng, pool, pen, comb, (x, y), n_digits, is_right, crossed)
    if rng.random() < 0.15:
        _draw_registration_mark(canvas, rng, x - rng.uniform(0.8, 2) * pen.height, y, pen.height)
    canvas.occupy(x - 4, y - 4, x + comb.length + 4, y + comb.height + 4)


def add_comb_form(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Add a grid of cells with one comb each, as on tally sheets."""
    comb = _sample_comb(rng, pen, int(rng.integers(2, 5)), is_apart=rng.random() < 0.8)
    row_height = comb.height * rng.uniform(1.05, 1.8)
    cell_width = comb.length + comb.width * rng.uniform(0.2, 1.2)
    n_rows = int(np.clip(rng.uniform(200, 700) / row_height, 1, 14))
    n_columns = int(rng.integers(1, max(2, min(6, int(CANVAS_SIDE / cell_width) + 2))))
    label = rng.uniform(2, 8) * pen.height if rng.random() < 0.6 else 0.0
    width = label + n_columns * cell_width
    left = rng.uniform(min(-0.2 * cell_width, CANVAS_SIDE - width), max(1, CANVAS_SIDE - width))
    top = rng.uniform(-0.5 * row_height, max(1, CANVAS_SIDE - n_rows * row_height))
    if rng.random() < 0.8:
        _draw_cells(canvas, rng, left, top, label, cell_width, row_height, n_columns, n_rows)
    filled, crossed = rng.uniform(0.5, 1), float(rng.choice([0.0, 0.3, 1.0], p=[0.6, 0.2, 0.2]))
    is_full = rng.random() < 0.3  # padded with leading zeros
    is_right, has_marks = rng.random() < 0.85, rng.random() < 0.3
    for i in range(n_rows):
        y = top + i * row_height + (row_height - comb.height) / 2
        center_y = y + comb.height / 2
        if label and rng.random() < 0.9:
            print_words(canvas, rng, pool, left + 4, center_y, pen.height * rng.uniform(0.3, 0.6))
        for j in range(n_columns):
            x = left + label + j * cell_width + (cell_width - comb.length) / 2
            _draw_comb(canvas, rng, comb, x, y)
            if rng.random() < filled:
                n_digits = comb.n if is_full else int(rng.integers(1, comb.n + 1))
                _fill_comb(canvas, rng, pool, pen, comb, (x, y), n_digits, is_right, crossed)
        if has_marks:
            beside = left + width + rng.uniform(0.1, 0.5) * pen.height
            _draw_registration_mark(canvas, rng, beside, center_y, 0.6 * pen.height)
    canvas.occupy(left, top, left + width, top + n_rows * row_height)


def _sample_comb(rng: _Rng, pen: Pen, n: int, is_apart: bool) -> CombStyle:
    width, height = pen.height * rng.uniform(0.95, 2.2), pen.height * rng.uniform(1.15, 2.2)
    gap = 0.0 if rng.random() < 0.6 else width * rng.uniform(0.08, 0.5)
    gap = width * rng.uniform(0.1, 1.0) if is_apart else gap
    rule = replace(
        sample_rule_style(rng),
        thickness=int(rng.choice([1, 2, 3, 4])),
        opacity=float(rng.uniform(0.12, 1)),
    )
    has_guides = rng.random() < (0.5 if is_apart else 0.25)
    guide = _sample_guide(rng, rule) if has_guides else None
    is_open = not has_guides and rng.random() < 0.2
    return CombStyle(n, width, height, width + gap, rule, guide, is_open)


def _sample_guide(rng: _Rng, rule: RuleStyle) -> RuleStyle:
    pale = np.float32(rng.uniform(0.2, 0.8))
    return replace(
        rule,
        color=rule.color * (1 - pale) + pale * np.float32(0.9),
        thickness=int(rng.integers(1, rule.thickness + 1)),
        pattern="solid" if rng.random() < 0.7 else "dotted",
    )


def _draw_cells(
    canvas: Canvas,
    rng: _Rng,
    left: float,
    top: float,
    label: float,
    cell_width: float,
    row_height: float,
    n_columns: int,
    n_rows: int,
) -> None:
    """Draw the rules around the combs of a form; rules between rows may be missing."""
    style = sample_rule_style(rng)
    columns = left + label + cell_width * np.arange(n_columns + 1)
    bottom = top + n_rows * row_height
    for x in (left, *columns):
        draw_rule(canvas, rng, (x, top), (x, bottom), style)
    has_rows = rng.random() < 0.7
    for i in range(n_rows + 1) if has_rows else (0, n_rows):
        y = top + i * row_height
        draw_rule(canvas, rng, (left, y), (float(columns[-1]), y), style)


def _fill_comb(
    canvas: Canvas,
    rng: _Rng,
    pool: WritingPool,
    pen: Pen,
    comb: CombStyle,
    corner: tuple[float, float],
    n_digits: int,
    is_right: bool,
    crossed: float,
) -> None:
    """Write a number into a comb, and marks into a share `crossed` of the empty boxes.

    The box of the number reaches from its first digit to its last.
    """
    first = comb.n - n_digits if is_right else 0
    boxes, text = [], ""
    for i in range(comb.n):
        center = comb.center(i, *corner)
        if not first <= i < first + n_digits:
            if rng.random() < crossed:
                draw_tick(canvas, rng, center, pen, reach=rng.uniform(0.35, 0.9))
            continue
        for _ in range(2 if rng.random() < _OVERWRITTEN_SHARE else 1):
            digit = choose_mask(rng, pool.digits)
            x, y = center + rng.normal(0, (0.07 * comb.width, 0.06 * comb.height))
            if comb.guide and digit.text == "1" and rng.random() < _TRACED_SHARE:
                x += _GUIDE_WIDTH / 2 * comb.width
            varied = replace(pen, height=pen.height * rng.uniform(0.9, 1.08))
            written = write_number(
                canvas, rng, digit, x, y, varied,
                anchor="center", max_width=1.1 * comb.width, is_number=False,
            )  # fmt: skip
            if written is not None:
                boxes.append(written)
        text += digit.text
    if boxes:
        edges = np.array(boxes)
        low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
        canvas.add_number((low[0], low[1], high[0], high[1]), text=text)


def _draw_comb(canvas: Canvas, rng: _Rng, comb: CombStyle, x: float, y: float) -> None:
    bottom, low = y + comb.height, y + 0.6 * comb.height
    for i in range(comb.n):
        left = x + i * comb.step
        right = left + comb.width
        if comb.is_open:
            draw_rule(canvas, rng, (left, bottom), (right, bottom), comb.rule)
            draw_rule(canvas, rng, (left, low), (left, bottom), comb.rule)
        else:
            draw_box(canvas, rng, (left, y, right, bottom), comb.rule)
        if comb.guide:  # a printed eight to be traced
            inset = (1 - _GUIDE_WIDTH) / 2 * comb.width
            inner = (left + inset, y + 0.2 * comb.height, right - inset, y + 0.8 * comb.height)
            draw_box(canvas, rng, inner, comb.guide)
            center_y = y + comb.height / 2
            draw_rule(canvas, rng, (inner[0], center_y), (inner[2], center_y), comb.guide)
    if comb.is_open:
        right = x + comb.n * comb.step
        draw_rule(canvas, rng, (right, low), (right, bottom), comb.rule)


def _draw_registration_mark(canvas: Canvas, rng: _Rng, x: float, y: float, height: float) -> None:
    """Draw a mark by which scanners align forms: a black square, a ring or a cross."""
    color, r = np.full(3, rng.uniform(0, 0.2), np.float32), 0.5 * height
    corners = np.array([[-r, -r], [r, -r], [r, r], [-r, r]], np.float32)
    corners += np.array([x, y], np.float32)
    kind = rng.random()
    if kind < 0.5:
        canvas.stroke(corners, max(2, int(r)), color, closed=True)
    elif kind < 0.75:
        angle = np.linspace(0, 2 * np.pi, 24, dtype=np.float32)
        ring = np.stack([x + r * np.cos(angle), y + r * np.sin(angle)], axis=1)
        canvas.stroke(ring.astype(np.float32), max(1, int(r / 3)), color, closed=True)
    else:
        canvas.stroke(corners[[0, 2]], max(2, int(r / 3)), color, kind=MARK)
        canvas.stroke(corners[[1, 3]], max(2, int(r / 3)), color, kind=MARK)
