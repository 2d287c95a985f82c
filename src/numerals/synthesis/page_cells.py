"""Write or print a single number, word or mark on a canvas, or into a cell."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.synthesis.ink_masks import (
    InkMask,
    WritingPool,
    choose_mask,
    draw_text,
    load_font,
    scale_mask,
)
from numerals.synthesis.page_canvas import MARK, NUMBER, PRINT, WRITING, Canvas, Color
from numerals.synthesis.page_texts import sample_printed_number, sample_printed_words

_Rng = np.random.Generator
_Box = tuple[float, float, float, float]
_MAX_MASKS = 5  # masks drawn until one is narrow enough


@dataclass(frozen=True, eq=False)
class Pen:
    """The handwriting on a page: color, opacity from 0 to 1, digit height in pixels."""

    color: Color
    opacity: float
    height: float


def write_number(
    canvas: Canvas,
    rng: _Rng,
    mask: InkMask,
    x: float,
    center_y: float,
    pen: Pen,
    *,
    anchor: str = "left",
    max_width: float | None = None,
    is_number: bool = True,
) -> tuple[int, int, int, int] | None:
    """Write a number with its left edge, center or right edge at `x`.

    Returns
    -------
    tuple of int or None
        Box of the ink; None, with nothing written, if it is more than 1.35 times as wide as
        `max_width`.
    """
    alpha = scale_mask(rng, mask, pen.height, rng.uniform(0.88, 1.12))
    if max_width is not None and alpha.shape[1] > max_width:
        if alpha.shape[1] > 1.35 * max_width:
            return None
        size = (max(2, int(max_width)), alpha.shape[0])
        alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    width = alpha.shape[1]
    center_x = {"left": x + width / 2, "center": x, "right": x - width / 2}[anchor]
    return canvas.place(
        alpha,
        (center_x, center_y),
        pen.color,
        NUMBER,
        is_number=is_number,
        text=mask.text,
        opacity=pen.opacity,
    )


def write_word(
    canvas: Canvas,
    rng: _Rng,
    pool: WritingPool,
    x: float,
    center_y: float,
    pen: Pen,
    max_width: float | None = None,
) -> None:
    """Write a word with its left edge at `x`, cut at `max_width` pixels."""
    alpha = scale_mask(rng, choose_mask(rng, pool.words), pen.height)
    if max_width is not None:
        alpha = alpha[:, : max(2, int(max_width))]
    center = (x + alpha.shape[1] / 2, center_y)
    canvas.place(alpha, center, pen.color, WRITING, opacity=pen.opacity)


def print_text(
    canvas: Canvas,
    rng: _Rng,
    pool: WritingPool,
    text: str,
    x: float,
    center_y: float,
    size: float,
    *,
    color: Color | None = None,
    font_index: int | None = None,
    anchor: str = "left",
    is_number: bool = False,
) -> float:
    """Print text and return its width in pixels.

    Digits in a text that is not a number are marked as unlabelled print.
    """
    fonts = pool.print_fonts
    index = int(rng.integers(len(fonts))) if font_index is None else font_index % len(fonts)
    alpha = draw_text(text, load_font(fonts[index], max(7, int(size))))
    width = alpha.shape[1]
    center_x = x + width / 2 if anchor == "left" else x
    color = np.full(3, rng.uniform(0, 0.3), np.float32) if color is None else color
    box = canvas.place(alpha, (center_x, center_y), color, PRINT, is_number=is_number, opacity=0.92)
    if not is_number and any(c.isdigit() for c in text):
        x_min, y_min, x_max, y_max = (max(0, v) for v in box)
        canvas.unlabelled_print[y_min:y_max, x_min:x_max] = 1
    return float(width)


def print_words(
    canvas: Canvas, rng: _Rng, pool: WritingPool, x: float, center_y: float, size: float
) -> float:
    """Print one to four words or a number, and return the width in pixels."""
    if rng.random() < 0.25:
        text = sample_printed_number(rng)
        return print_text(canvas, rng, pool, text, x, center_y, size, is_number=True)
    text = sample_printed_words(rng, int(rng.integers(1, 5)))
    return print_text(canvas, rng, pool, text, x, center_y, size)


def fill_cell(
    canvas: Canvas,
    rng: _Rng,
    pool: WritingPool,
    box: _Box,
    pen: Pen,
    shares: tuple[float, float, float],
) -> None:
    """Fill a cell with a number, a word, print, a mark (tick, dash or cross), or nothing.

    Parameters
    ----------
    canvas : Canvas
    rng : numpy.random.Generator
    pool : WritingPool
    box : tuple of float
        The cell: x_min, y_min, x_max, y_max, pixels.
    pen : Pen
    shares : tuple of three float in [0, 1]
        Cumulative probabilities of a number, a word and print. A mark has 0.06 of the rest.
    """
    x_min, y_min, x_max, y_max = box
    center_x, center_y = (x_min + x_max) / 2, (y_min + y_max) / 2
    width, kind = x_max - x_min, rng.random()
    if kind < shares[0]:
        write_number_in_cell(canvas, rng, pool, box, pen)
    elif kind < shares[1]:
        small = Pen(pen.color, pen.opacity, pen.height * rng.uniform(0.7, 1))
        left = x_min + 0.2 * pen.height
        write_word(canvas, rng, pool, left, center_y, small, width - 0.2 * pen.height)
    elif kind < shares[2]:
        size = pen.height * rng.uniform(0.5, 1.1)
        if rng.random() < 0.5:
            text = sample_printed_number(rng)[: max(1, int(1.6 * width / size))]
            print_text(
                canvas, rng, pool, text, center_x, center_y, size, anchor="center", is_number=True
            )
        else:
            print_words(canvas, rng, pool, x_min + 0.2 * pen.height, center_y, size)
    elif kind < shares[2] + 0.06:
        draw_tick(canvas, rng, (center_x, center_y), pen)


def write_number_in_cell(
    canvas: Canvas, rng: _Rng, pool: WritingPool, box: _Box, pen: Pen
) -> tuple[int, int, int, int] | None:
    """Write a number that fits a cell at a random position, and return its box."""
    x_min, y_min, x_max, y_max = box
    width = x_max - x_min
    pen = Pen(pen.color, pen.opacity, pen.height * rng.uniform(0.88, 1.1))
    mask = choose_narrow_number(rng, pool, 1.05 * width / pen.height)
    anchor = str(rng.choice(["center", "left", "right"], p=[0.5, 0.25, 0.25]))
    inset = rng.uniform(0.05, 0.3) * pen.height
    x = {"center": (x_min + x_max) / 2, "left": x_min + inset, "right": x_max - inset}[anchor]
    if anchor == "center":
        x += rng.normal(0, 0.12 * pen.height)
    center_y = (y_min + y_max) / 2 + rng.normal(0, 0.08 * pen.height)
    written = write_number(
        canvas, rng, mask, x, center_y, pen, anchor=anchor, max_width=1.05 * width
    )
    if written is not None and rng.random() < 0.02:
        strike_out_number(canvas, rng, written, pen)
    return written


def choose_narrow_number(rng: _Rng, pool: WritingPool, max_aspect: float) -> InkMask:
    """Return a random number less than `max_aspect` digit heights wide, or any after 5 tries."""
    for _ in range(_MAX_MASKS):
        mask = choose_mask(rng, pool.numbers)
        if mask.ink.shape[1] / mask.digit_height < max_aspect:
            break
    return mask


def strike_out_number(canvas: Canvas, rng: _Rng, box: tuple[int, int, int, int], pen: Pen) -> None:
    """Strike out the number that was written last, and remove it from the canvas's numbers."""
    x_min, y_min, x_max, y_max = box
    n = int(rng.integers(1, 3)) if rng.random() < 0.5 else int(rng.integers(5, 12))
    if n < 3:  # one or two lines
        for _ in range(n):
            y = (y_min + y_max) / 2 + rng.normal(0, 0.12 * pen.height, 2)
            points = np.array([[x_min - 3, y[0]], [x_max + 3, y[1]]], np.float32)
            _draw_mark(canvas, rng, points, pen)
    else:  # a scribble
        x = np.linspace(x_min - 2, x_max + 2, n) + rng.normal(0, 0.08 * pen.height, n)
        y = np.where(np.arange(n) % 2, y_min, y_max) + rng.normal(0, 0.1 * pen.height, n)
        _draw_mark(canvas, rng, np.stack([x, y], axis=1).astype(np.float32), pen)
    canvas.numbers.pop()
    left, top = max(0, x_min), max(0, y_min)
    kinds = canvas.kinds[top : max(top, y_max), left : max(left, x_max)]
    kinds[kinds == NUMBER] = MARK


def draw_tick(
    canvas: Canvas, rng: _Rng, center: tuple[float, float], pen: Pen, reach: float = 0.3
) -> None:
    """Draw a dash, a cross, a tick or a dot of `reach` digit heights in each direction."""
    c, r = np.array(center), reach * pen.height * rng.uniform(0.8, 1.2)
    shapes: list[list[list[list[float]]]] = [
        [[[-r, rng.normal(0, 2)], [r, rng.normal(0, 2)]]],
        [[[-r, -r], [r, r]], [[-r, r], [r, -r]]],
        [[[-r, 0], [-0.3 * r, 0.8 * r], [r, -r]]],
        [[[0, 0], [1, 1]]],
    ]
    shape = shapes[int(rng.choice(4, p=[0.4, 0.35, 0.15, 0.1]))]
    for stroke in shape:
        _draw_mark(canvas, rng, (c + np.array(stroke)).astype(np.float32), pen)


def _draw_mark(canvas: Canvas, rng: _Rng, points: npt.NDArray[np.float32], pen: Pen) -> None:
    thickness = max(1, int(pen.height * rng.uniform(0.05, 0.13)))
    canvas.stroke(points, thickness, pen.color, opacity=pen.opacity, over_ink=True)
