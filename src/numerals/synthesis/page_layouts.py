"""Compose layouts without a grid: ledgers, forms, scattered notes, sums, ruled paper."""

from dataclasses import replace

import numpy as np

from numerals.synthesis.ink_masks import WritingPool, choose_mask, scale_mask
from numerals.synthesis.page_canvas import CANVAS_SIDE, MARK, WRITING, Canvas
from numerals.synthesis.page_cells import (
    Pen,
    choose_narrow_number,
    draw_tick,
    fill_cell,
    print_text,
    print_words,
    strike_out_number,
    write_number,
    write_word,
)
from numerals.synthesis.page_colors import sample_pen_color, sample_rule_color
from numerals.synthesis.page_tables import RuleStyle, draw_box, draw_rule, sample_rule_style

_Rng = np.random.Generator
_UNITS = ["kg", "EUR", "%", "cm", "per year", "$", "km", "mm", "°C"]


def add_paper_rules(canvas: Canvas, rng: _Rng, height: float) -> float:
    """Draw ruled or squared paper, and return the distance of the rules in pixels."""
    color = sample_rule_color(rng) * np.float32(0.6) + np.float32(0.4)
    style = RuleStyle(color, int(rng.choice([1, 1, 2])), float(rng.uniform(0.3, 0.9)))
    step = height * rng.uniform(0.5 if rng.random() < 0.3 else 1.1, 2.2)
    start = rng.uniform(0, step)
    for y in np.arange(start, CANVAS_SIDE, step):
        draw_rule(canvas, rng, (0, y), (CANVAS_SIDE, y), style)
    if rng.random() < 0.4:
        if rng.random() < 0.5:
            for x in np.arange(start, CANVAS_SIDE, step):
                draw_rule(canvas, rng, (x, 0), (x, CANVAS_SIDE), style)
        else:  # a margin
            x = rng.uniform(40, 200)
            red = np.array([0.85, 0.5, 0.5], np.float32)
            draw_rule(canvas, rng, (x, 0), (x, CANVAS_SIDE), replace(style, color=red))
    return float(step)


def add_ledger(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Add columns of numbers, words and print without vertical rules."""
    step = pen.height * rng.uniform(1.15, 2.2)
    if rng.random() < 0.6:
        step = max(add_paper_rules(canvas, rng, pen.height), 1.1 * pen.height)
    lefts = np.sort(rng.uniform(0.05, 0.9, int(rng.integers(1, 6)))) * CANVAS_SIDE
    kinds = rng.choice(["number", "word", "print"], len(lefts), p=[0.6, 0.28, 0.12])
    if "number" not in kinds:
        kinds[-1] = "number"
    y = rng.uniform(0.5, 1) * step
    while y < CANVAS_SIDE:
        for j, (x, kind) in enumerate(zip(lefts, kinds, strict=True)):
            width = (lefts[j + 1] if j + 1 < len(lefts) else CANVAS_SIDE) - x - 0.6 * pen.height
            if width < pen.height or rng.random() < 0.1:
                continue
            if kind == "number":
                mask = choose_narrow_number(rng, pool, width / pen.height)
                x, dy = x + rng.normal(0, 0.1 * pen.height), rng.normal(0, 0.05 * pen.height)
                varied = replace(pen, height=pen.height * rng.uniform(0.9, 1.1))
                write_number(canvas, rng, mask, x, y + dy, varied, max_width=width)
            elif kind == "word":
                small = replace(pen, height=pen.height * rng.uniform(0.7, 1))
                write_word(canvas, rng, pool, x, y, small, width)
            else:
                print_words(canvas, rng, pool, x, y, pen.height * rng.uniform(0.5, 1))
        y += step * rng.uniform(0.97, 1.03)


def add_form(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Add rows of printed text, fields with their content, and rules."""
    font, size = int(rng.integers(1_000_000)), pen.height * rng.uniform(0.4, 0.9)
    color = np.full(3, rng.uniform(0, 0.3), np.float32)
    y = rng.uniform(0, 30)
    while y < CANVAS_SIDE:
        kind, x = rng.random(), rng.uniform(5, 80)
        if kind < 0.4:
            for _ in range(int(rng.integers(1, 4))):
                x += print_words(canvas, rng, pool, x, y, size) + size / 3
            y += size * rng.uniform(1.2, 1.9)
        elif kind < 0.9:
            _add_field(canvas, rng, pool, pen, (x, y), size, font, color)
            y += pen.height * rng.uniform(1.5, 2.6)
        else:
            style = RuleStyle(color, int(rng.choice([1, 2])), 0.8)
            draw_rule(canvas, rng, (0, y), (CANVAS_SIDE, y), style)
            y += 0.6 * pen.height


def _add_field(
    canvas: Canvas,
    rng: _Rng,
    pool: WritingPool,
    pen: Pen,
    corner: tuple[float, float],
    size: float,
    font: int,
    color: np.ndarray,
) -> None:
    """Add a printed label, a line or box, its content, and sometimes a unit."""
    x, y = corner
    h = pen.height
    label = " ".join(rng.choice(["Total", "No", "Votes", "Page", "Date", "Sum of all", "Age"], 1))
    label += ":" if rng.random() < 0.4 else ""
    x += print_text(canvas, rng, pool, label, x, y + 0.6 * h, size, color=color, font_index=font)
    x += rng.uniform(0.2, 2) * h
    length, kind = rng.uniform(2.5, 9) * h, rng.random()
    style = RuleStyle(color, int(rng.choice([1, 2, 3])), 0.8)
    if kind < 0.4:
        pattern = str(rng.choice(["solid", "dotted"]))
        line = replace(style, thickness=1, pattern=pattern)
        draw_rule(canvas, rng, (x, y + 1.2 * h), (x + length, y + 1.2 * h), line)
    elif kind < 0.8:
        draw_box(canvas, rng, (x, y, x + length, y + 1.4 * h), style)
    fill_cell(canvas, rng, pool, (x, y, x + length, y + 1.3 * h), pen, (0.7, 0.9, 0.93))
    if rng.random() < 0.3:
        unit = str(rng.choice(_UNITS))
        print_text(
            canvas, rng, pool, unit, x + length + 8, y + 0.7 * h, size, color=color, font_index=font
        )


def scatter(
    canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen, n: int, *, words: float = 0.25
) -> None:
    """Write numbers, sums and words at free positions.

    Parameters
    ----------
    canvas : Canvas
    rng : numpy.random.Generator
    pool : WritingPool
    pen : Pen
    n : int
        Number of attempts; one without a free position writes nothing.
    words : float in [0, 1], default=0.25
        Share of words.
    """
    for _ in range(n):
        own = replace(pen, height=pen.height * np.exp(rng.normal(0, 0.12)))
        if rng.random() < 0.25:
            own = Pen(sample_pen_color(rng), pen.opacity, pen.height * np.exp(rng.normal(0, 0.35)))
        kind = rng.random()
        is_word = kind < words
        masks = pool.words if is_word else pool.expressions if kind > 0.85 else pool.numbers
        mask = choose_mask(rng, masks)
        factor = own.height / mask.digit_height
        width, height = mask.ink.shape[1] * factor * 1.12, mask.ink.shape[0] * factor
        margin = np.array([0.35, 0.15]) * own.height
        for _ in range(6):
            x, y = (
                rng.uniform(2, max(3, CANVAS_SIDE - width)),
                rng.uniform(2, max(3, CANVAS_SIDE - height)),
            )
            right, bottom = min(CANVAS_SIDE - 1, x + width + margin[0]), y + height + margin[1]
            if canvas.is_free(x - margin[0], y - margin[1], right, min(CANVAS_SIDE - 1, bottom)):
                break
        else:
            continue
        if is_word:
            alpha = scale_mask(rng, mask, own.height)
            center = (x + width / 2, y + height / 2)
            canvas.place(alpha, center, own.color, WRITING, opacity=own.opacity)
            continue
        written = write_number(canvas, rng, mask, x, y + height / 2, own)
        if written is None:
            continue
        mark = rng.random()
        if mark < 0.03:
            strike_out_number(canvas, rng, written, own)
        elif mark < 0.1:
            _surround(canvas, rng, written, own)
        elif mark < 0.14:
            draw_tick(canvas, rng, (written[0] - own.height, y + height / 2), own)


def _surround(canvas: Canvas, rng: _Rng, box: tuple[int, int, int, int], pen: Pen) -> None:
    """Draw a ring or a box around a number, or a line below it; the number stays valid."""
    x_min, y_min, x_max, y_max = box
    margin = rng.uniform(0.1, 0.35) * pen.height
    thickness = max(1, int(pen.height * rng.uniform(0.05, 0.1)))
    color = pen.color if rng.random() < 0.6 else sample_pen_color(rng)
    kind = rng.random()
    if kind < 0.5:
        angle = np.linspace(0, 2 * np.pi * rng.uniform(0.95, 1.1), 40)
        radius = np.array([(x_max - x_min) / 2 + 2 * margin, (y_max - y_min) / 2 + 2 * margin])
        center = np.array([(x_min + x_max) / 2, (y_min + y_max) / 2])
        points = center + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        canvas.stroke(points.astype(np.float32), thickness, color, kind=MARK)
    elif kind < 0.75:
        around = (x_min - margin, y_min - margin, x_max + margin, y_max + margin)
        draw_box(canvas, rng, around, RuleStyle(color, thickness, pen.opacity))
    else:
        y = y_max + margin
        ends = np.array([[x_min - margin, y], [x_max + margin, y + rng.normal(0, 2)]], np.float32)
        canvas.stroke(ends, thickness, color, kind=MARK)


def add_sums(canvas: Canvas, rng: _Rng, pool: WritingPool, pen: Pen) -> None:
    """Write sums and other expressions in rows, some with a rule below."""
    y, left = rng.uniform(0.8, 2) * pen.height, rng.uniform(5, 200)
    step = pen.height * rng.uniform(1.4, 3)
    while y < CANVAS_SIDE - pen.height:
        mask = choose_mask(rng, pool.expressions if rng.random() < 0.75 else pool.numbers)
        x = left + abs(rng.normal(0, 0.5 * pen.height))
        write_number(canvas, rng, mask, x, y, pen, max_width=CANVAS_SIDE - x)
        if rng.random() < 0.1:
            style = sample_rule_style(rng)
            draw_rule(canvas, rng, (x, y + 0.6 * step), (x + 5 * pen.height, y + 0.6 * step), style)
        y += step
