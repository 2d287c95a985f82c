"""Compose grids: tables, score cards and sudokus."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from numerals.synthesis.ink_masks import InkMask, WritingPool, choose_mask
from numerals.synthesis.page_canvas import CANVAS_SIDE, Canvas, Color
from numerals.synthesis.page_cells import (
    Pen,
    fill_cell,
    print_text,
    write_number,
)
from numerals.synthesis.page_colors import sample_rule_color

_Rng = np.random.Generator
_Points = npt.NDArray[np.float32]
_MAX_CELLS = 26  # in a row or a column


@dataclass(frozen=True, eq=False)
class RuleStyle:
    """Style of rules; `pattern` is "solid", "dotted" or "dashed"; thickness and bow in pixels."""

    color: Color
    thickness: int
    opacity: float
    pattern: str = "solid"
    bow: float = 0.0


def sample_rule_style(rng: _Rng) -> RuleStyle:
    """Return a random style; most rules are thin and solid."""
    return RuleStyle(
        sample_rule_color(rng),
        int(rng.choice([1, 2, 3, 4, 6], p=[0.42, 0.34, 0.12, 0.08, 0.04])),
        float(rng.uniform(0.35, 1)),
        str(rng.choice(["solid", "dotted", "dashed"], p=[0.72, 0.14, 0.14])),
        float(rng.normal(0, 3)) if rng.random() < 0.3 else 0.0,
    )


def draw_rule(
    canvas: Canvas,
    rng: _Rng,
    start: tuple[float, float],
    end: tuple[float, float],
    style: RuleStyle,
) -> None:
    """Draw a solid, dotted or dashed rule."""
    a, b = np.array(start, np.float32), np.array(end, np.float32)
    length = float(np.linalg.norm(b - a))
    if length < 2:
        return
    if style.pattern == "solid":
        t = np.linspace(0, 1, max(2, int(length / 12)), dtype=np.float32)[:, None]
        normal = np.array([a[1] - b[1], b[0] - a[0]], np.float32) / np.float32(length)
        points = a + (b - a) * t + normal * np.float32(4 * style.bow) * t * (1 - t)
        canvas.stroke(points, style.thickness, style.color, opacity=style.opacity)
        return
    is_dotted = style.pattern == "dotted"
    step, filled = (rng.uniform(4, 9), 0.35) if is_dotted else (rng.uniform(10, 24), 0.6)
    n = max(1, int(length / step))
    for i in range(n):
        dash = np.stack([a + (b - a) * i / n, a + (b - a) * (i + filled) / n])
        canvas.stroke(dash.astype(np.float32), style.thickness, style.color, opacity=style.opacity)


def draw_box(
    canvas: Canvas, rng: _Rng, box: tuple[float, float, float, float], style: RuleStyle
) -> None:
    """Draw the four sides of a box."""
    x_min, y_min, x_max, y_max = box
    for start, end in (
        ((x_min, y_min), (x_max, y_min)),
        ((x_min, y_max), (x_max, y_max)),
        ((x_min, y_min), (x_min, y_max)),
        ((x_max, y_min), (x_max, y_max)),
    ):
        draw_rule(canvas, rng, start, end, style)


def add_table(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Add a table that may reach beyond the canvas; rules may be missing one way."""
    left, top = rng.uniform(-60, 120, 2)
    width, height = rng.uniform(300, 760), rng.uniform(200, 760)
    row_height = pen.height * rng.uniform(1.15, 2.6)
    n_rows = int(np.clip(height / row_height, 1, _MAX_CELLS))
    xs = _column_edges(rng, left, width, pen.height)
    ys = top + row_height * np.arange(n_rows + 1)
    style, lean = sample_rule_style(rng), float(rng.normal(0, 3))
    has_rows, has_columns = rng.random() < 0.88, rng.random() < 0.85
    under = rng.random() < 0.6  # the rules lie under the writing
    if under:
        _draw_grid(canvas, rng, xs, ys, style, lean, has_rows, has_columns)
    _fill_table(canvas, rng, pool, pen, xs, ys, lean)
    if not under:
        _draw_grid(canvas, rng, xs, ys, style, lean, has_rows, has_columns)
    canvas.occupy(float(xs[0]), float(ys[0]), float(xs[-1]), float(ys[-1]))


def _column_edges(rng: _Rng, left: float, width: float, height: float) -> _Points:
    base, spread = height * rng.uniform(0.9, 5), 0.3 if rng.random() < 0.5 else 0.05
    xs = [left]
    while xs[-1] < left + width and len(xs) < _MAX_CELLS:
        xs.append(xs[-1] + max(0.85 * height, base * np.exp(rng.normal(0, spread))))
    return np.array(xs, np.float32)


def _draw_grid(
    canvas: Canvas,
    rng: _Rng,
    xs: _Points,
    ys: _Points,
    style: RuleStyle,
    lean: float,
    has_rows: bool,
    has_columns: bool,
) -> None:
    across = style if rng.random() < 0.7 else replace(style, pattern="solid")
    across = replace(across, thickness=max(1, style.thickness + int(rng.integers(-1, 2))))
    if has_rows:
        for y in ys:
            draw_rule(canvas, rng, (xs[0], y), (xs[-1], y + lean), style)
    if has_columns:
        for x in xs:
            draw_rule(canvas, rng, (x, ys[0]), (x + lean, ys[-1]), across)
    if rng.random() < 0.25:
        thick = replace(style, pattern="solid", thickness=style.thickness + 3)
        draw_rule(canvas, rng, (xs[0], ys[0]), (xs[-1], ys[0]), thick)
        draw_rule(canvas, rng, (xs[0], ys[0]), (xs[0], ys[-1]), thick)


def _fill_table(
    canvas: Canvas,
    rng: _Rng,
    pool: WritingPool,
    pen: Pen,
    xs: _Points,
    ys: _Points,
    lean: float,
) -> None:
    filled = float(rng.choice([0.25, 0.6, 0.9, 1.0], p=[0.15, 0.3, 0.3, 0.25]))
    usual = (0.88, 0.93, 0.97) if rng.random() < 0.75 else (0.5, 0.72, 0.95)
    words, printed = (0.0, 1.0, 1.0), (0.0, 0.0, 1.0)
    columns = [
        words if kind < 0.12 else printed if kind < 0.22 else usual for kind in rng.random(len(xs))
    ]
    has_heads = rng.random() < 0.3
    for i in range(len(ys) - 1):
        for j in range(len(xs) - 1):
            box = (xs[j], ys[i], xs[j + 1], ys[i + 1])
            if box[0] > CANVAS_SIDE or box[1] > CANVAS_SIDE or box[2] < 0 or box[3] < 0:
                continue
            if rng.random() > filled:
                continue
            shift = lean * float((xs[j] - xs[0]) / max(1.0, float(xs[-1] - xs[0])))
            moved = (box[0], box[1] + shift, box[2], box[3] + shift)
            shares = (0.0, 0.1, 1.0) if has_heads and i == 0 else columns[j]
            fill_cell(canvas, rng, pool, moved, pen, shares)


def add_score_card(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Add rows of single digits in narrow columns, with a number at the end of each row."""
    cell = pen.height * rng.uniform(1.15, 2.2)
    row_height = pen.height * rng.uniform(1.2, 1.9)
    n_columns = int(rng.integers(4, max(5, min(19, int(CANVAS_SIDE / cell) + 2))))
    n_rows = int(rng.integers(2, max(3, min(10, int(CANVAS_SIDE / row_height)))))
    left = rng.uniform(-cell, max(1, CANVAS_SIDE - n_columns * cell))
    top = rng.uniform(0, max(1, CANVAS_SIDE - n_rows * row_height))
    sum_width = cell * rng.uniform(1, 2)
    xs = np.append(left + cell * np.arange(n_columns + 1), left + n_columns * cell + sum_width)
    ys = top + row_height * np.arange(n_rows + 1)
    style, lean = sample_rule_style(rng), float(rng.normal(0, 3))
    xs, ys = xs.astype(np.float32), ys.astype(np.float32)
    has_rules = rng.random() < 0.9
    _draw_grid(canvas, rng, xs, ys, style, lean, has_rules, has_rules)
    filled = float(rng.choice([0.5, 0.9, 1.0]))
    digits = _choose_script(rng, pool.digits) if rng.random() < 0.3 else pool.digits
    for i in range(n_rows):
        for j in range(n_columns + 1):
            if rng.random() > filled or xs[j] < -cell or xs[j + 1] > CANVAS_SIDE + cell:
                continue
            box = (xs[j], ys[i], xs[j + 1], ys[i + 1])
            center = np.array([xs[j] + xs[j + 1], ys[i] + ys[i + 1]]) / 2
            center += rng.normal(0, 0.07 * pen.height, 2)
            varied = replace(pen, height=pen.height * rng.uniform(0.88, 1.1))
            if j == n_columns:
                fill_cell(canvas, rng, pool, box, varied, (1.0, 1.0, 1.0))
            else:
                write_number(
                    canvas, rng, choose_mask(rng, digits), center[0], center[1], varied,
                    anchor="center", max_width=cell,
                )  # fmt: skip
    canvas.occupy(float(xs[0]), float(ys[0]), float(xs[-1]), float(ys[-1]))


def _choose_script(rng: _Rng, digits: Sequence[InkMask]) -> list[InkMask]:
    """Return the digits of a random script; all scripts have the same probability."""
    by_script: dict[int, list[InkMask]] = {}
    for digit in digits:  # the ten digits of a script are consecutive in Unicode
        by_script.setdefault(ord(digit.text) - int(digit.text), []).append(digit)
    return by_script[int(rng.choice(sorted(by_script)))]


def add_sudoku(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Add a square grid of single digits, printed and handwritten, with thick rules."""
    cell = pen.height * rng.uniform(1.2, 2.4)
    n, group = (9, 3) if rng.random() < 0.8 else (int(rng.integers(4, 12)), 99)
    cell = min(cell, 0.98 * CANVAS_SIDE / n * (1.4 if rng.random() < 0.3 else 1.0))
    height = min(pen.height, 0.8 * cell)
    pen = replace(pen, height=height)
    left, top = rng.uniform(-0.2 * cell, max(1, CANVAS_SIDE - n * cell), 2)
    if rng.random() < 0.3:
        _shade_squares(canvas, rng, left, top, cell, n)
    thin = sample_rule_style(rng)
    thick = replace(thin, pattern="solid", thickness=thin.thickness + int(rng.integers(1, 5)))
    for k in range(n + 1):
        style, at = thick if k % group == 0 else thin, k * cell
        draw_rule(canvas, rng, (left, top + at), (left + n * cell, top + at), style)
        draw_rule(canvas, rng, (left + at, top), (left + at, top + n * cell), style)
    font, share = int(rng.integers(1_000_000)), rng.choice([0.0, 0.3, 0.6, 1.0])
    filled = rng.uniform(0.25, 1)
    for i in range(n):
        for j in range(n):
            if rng.random() > filled:
                continue
            x, y = left + (j + 0.5) * cell, top + (i + 0.5) * cell
            if rng.random() < share:
                text, size = str(rng.integers(1, 10)), height * 1.35
                print_text(
                    canvas, rng, pool, text, x, y, size,
                    font_index=font, anchor="center", is_number=True,
                )  # fmt: skip
            else:
                x, y = x + rng.normal(0, 0.06 * cell), y + rng.normal(0, 0.06 * cell)
                digit = choose_mask(rng, pool.digits)
                write_number(canvas, rng, digit, x, y, pen, anchor="center", max_width=cell)
    canvas.occupy(left, top, left + n * cell, top + n * cell)


def _shade_squares(canvas: Canvas, rng: _Rng, left: float, top: float, cell: float, n: int) -> None:
    """Darken every other square of 3x3 cells."""
    darkness = np.float32(rng.uniform(0.6, 0.92))
    for i in range(n):
        for j in range(n):
            if (i // 3 + j // 3) % 2:
                y, x = (max(0, int(v)) for v in (top + i * cell, left + j * cell))
                canvas.image[y : y + int(cell) + 1, x : x + int(cell) + 1] *= darkness
