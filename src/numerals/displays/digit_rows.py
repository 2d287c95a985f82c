"""A chart of rows of digits with captions: evidence, prototypes, hard examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from numerals.displays.chart_style import ACCENT, FAINT, FONT_SIZE, INK, MUTED, WRONG, new_figure
from numerals.displays.maps import draw_digit
from numerals.scripts import to_ascii_digits

_DIGIT_SIDE = 0.84  # inches
_GAP = 0.1  # between digits, in digit sides
_CAPTION_LINE = 0.19  # height of a line of caption, in digit sides
_LETTER_WIDTH = 0.085  # of titles, inches


@dataclass(frozen=True, eq=False)
class DigitRow:
    """Digits side by side, with one title.

    Attributes
    ----------
    title : str
        Drawn to the left of the digits.
    images : ndarray of uint8, shape (n, height, width)
    captions : sequence of str
        Drawn below each digit.
    marks : sequence of bool or None
        Frame of each digit: blue (for the answer) if True, orange (against it) if False, grey if
        None.
    """

    title: str
    images: npt.NDArray[np.uint8]
    captions: Sequence[str]
    marks: Sequence[bool | None]


def plot_digit_rows(rows: Sequence[DigitRow]) -> Figure:
    """Draw rows of digits, aligned left.

    Parameters
    ----------
    rows : sequence of DigitRow
        At least one.

    Returns
    -------
    Figure
        With one axes, in units of digit sides.
    """
    columns = max(len(row.images) for row in rows)
    n_lines = max(
        (text.count("\n") + 1 for row in rows for text in row.captions if text), default=0
    )
    step = 1 + _GAP + _CAPTION_LINE * n_lines
    left = _GAP + _LETTER_WIDTH / _DIGIT_SIDE * max(len(row.title) for row in rows)
    width, height = columns * (1 + _GAP) + left, len(rows) * step
    figure = new_figure(width * _DIGIT_SIDE, height * _DIGIT_SIDE)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(-left, width - left), ylim=(height - _GAP / 2, -_GAP / 2))
    for number, row in enumerate(rows):
        top = number * step
        axes.text(
            -_GAP, top + 0.5, to_ascii_digits(row.title), ha="right", va="center",
            fontsize=FONT_SIZE, color=INK,
        )  # fmt: skip
        for column, digit in enumerate(zip(row.images, row.captions, row.marks, strict=True)):
            _draw_captioned_digit(axes, column * (1 + _GAP), top, *digit)
    return figure


def _draw_captioned_digit(
    axes: Any, x: float, y: float, image: npt.NDArray[np.uint8], caption: str, mark: bool | None
) -> None:
    color = FAINT if mark is None else ACCENT if mark else WRONG
    draw_digit(axes, image, (x, y), color, 0.8 if mark is None else 1.8)
    axes.text(
        x + 0.5, y + 1.05, to_ascii_digits(caption), ha="center", va="top",
        fontsize=FONT_SIZE - 1.5, color=MUTED, linespacing=1.15,
    )  # fmt: skip
