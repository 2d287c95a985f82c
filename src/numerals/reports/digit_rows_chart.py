"""Rows of digits with captions: evidence, prototypes, hard examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from numerals.reports.attribution_charts import show_digit
from numerals.reports.chart_style import ACCENT, FAINT, FONT_SIZE, INK, MUTED, WRONG, latin

_CELL = 0.84  # inches, side of a digit
_GAP = 0.1  # of that, between digits
_CAPTION = 0.19  # of that, a line of caption
_LETTER = 0.085  # inches, of a title


@dataclass(frozen=True, eq=False)
class DigitRow:
    """Digits side by side under one title.

    Attributes
    ----------
    title : str
        Stands on their left.
    images : ndarray of uint8, shape (n, height, width)
    captions : sequence of str
        Below each digit.
    marks : sequence of bool or None
        True frames a digit in the colour for an answer, False in that against it.
    """

    title: str
    images: npt.NDArray[np.uint8]
    captions: Sequence[str]
    marks: Sequence[bool | None]


def plot_digit_rows(rows: Sequence[DigitRow]) -> Figure:
    """Draw rows of digits; shorter ones end earlier.

    Parameters
    ----------
    rows : sequence of DigitRow
        At least one.

    Returns
    -------
    Figure
        One axes, in which a digit is 1 wide.
    """
    columns = max(len(row.images) for row in rows)
    n_lines = max(
        (text.count("\n") + 1 for row in rows for text in row.captions if text), default=0
    )
    step = 1 + _GAP + _CAPTION * n_lines
    left = _GAP + _LETTER / _CELL * max(len(row.title) for row in rows)
    width, height = columns * (1 + _GAP) + left, len(rows) * step
    figure = Figure(figsize=(width * _CELL, height * _CELL), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(-left, width - left), ylim=(height - _GAP / 2, -_GAP / 2))
    for number, row in enumerate(rows):
        top = number * step
        axes.text(
            -_GAP, top + 0.5, latin(row.title), ha="right", va="center",
            fontsize=FONT_SIZE, color=INK,
        )  # fmt: skip
        for place, digit in enumerate(zip(row.images, row.captions, row.marks, strict=True)):
            _draw(axes, place * (1 + _GAP), top, *digit)
    return figure


def _draw(
    axes: Any, x: float, y: float, image: npt.NDArray[np.uint8], caption: str, mark: bool | None
) -> None:
    color = FAINT if mark is None else ACCENT if mark else WRONG
    show_digit(axes, image, (x, y), color, 0.8 if mark is None else 1.8)
    axes.text(
        x + 0.5, y + 1.05, latin(caption), ha="center", va="top",
        fontsize=FONT_SIZE - 1.5, color=MUTED, linespacing=1.15,
    )  # fmt: skip
