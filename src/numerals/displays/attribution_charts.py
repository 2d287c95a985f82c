"""Charts of attribution maps: of all classes, and of one digit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from numerals.displays.chart_style import ACCENT, FONT_SIZE, INK, MUTED, WRONG, new_figure
from numerals.displays.maps import color_limit, draw_colorbar, draw_digit, draw_map
from numerals.scripts import to_ascii_digits

_MAP_SIDE = 0.83  # inches
_GAP, _LEFT, _RIGHT, _TOP = 0.1, 0.55, 1.05, 0.36  # margins, in map sides
_SCALE_QUANTILE = 0.995  # of the absolute values; larger values take the last color


@dataclass(frozen=True, eq=False)
class MapRow:
    """A row of maps that share a scale.

    Attributes
    ----------
    title : str
    maps : ndarray of float64, shape (n_maps, height, width)
        Signed; nan is not drawn.
    pictures : ndarray, shape (n_maps, height, width)
        Digits whose outlines are drawn on the maps.
    unit : str
        Label of the color bar.
    """

    title: str
    maps: npt.NDArray[np.float64]
    pictures: npt.NDArray[Any]
    unit: str


def plot_class_maps(
    titles: Sequence[str],
    pictures: npt.NDArray[np.generic],
    picture_title: str,
    rows: Sequence[MapRow],
    *,
    one_scale: bool,
) -> Figure:
    """Draw a picture of each class and, below it, that class's map of each row.

    Parameters
    ----------
    titles : sequence of str
        Names of the classes.
    pictures : ndarray, shape (n_classes, height, width)
        Grey levels, ink bright: mean images, or digits.
    picture_title : str
        Title of the row of pictures.
    rows : sequence of MapRow
    one_scale : bool
        Whether all rows share one scale, as rows of the same unit should.
    """
    step, n_lines = 1 + _GAP, len(rows) + 1
    width, height = len(titles) * step + _LEFT + _RIGHT, n_lines * step + _TOP
    figure = new_figure(width * _MAP_SIDE, height * _MAP_SIDE)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-_LEFT, width - _LEFT), ylim=(height - _TOP, -_TOP))
    axes.set_axis_off()
    for number, title in enumerate([picture_title, *(row.title for row in rows)]):
        _draw_text(axes, -0.24, number * step + 0.5, title.replace(" ", "\n", 1), rotation=90)
    for column, (title, picture) in enumerate(zip(titles, pictures, strict=True)):
        _draw_text(axes, column * step + 0.5, -0.16, to_ascii_digits(title), fontsize=FONT_SIZE + 2)
        draw_digit(axes, picture, (column * step, 0))
    groups = [list(rows)] if one_scale else [[row] for row in rows]
    top = step
    for group in groups:
        limit = color_limit([row.maps for row in group], _SCALE_QUANTILE)
        bottom = top + len(group) * step - _GAP
        for number, row in enumerate(group):
            for column, (values, picture) in enumerate(zip(row.maps, row.pictures, strict=True)):
                corner = (column * step, top + number * step)
                drawn = draw_map(axes, values, limit, picture, corner)
        edges = ((len(titles) * step + _LEFT) / width, 1 - (bottom + _TOP) / height)
        bar = figure.add_axes((*edges, 0.13 / width, (bottom - top) / height))
        exceeds = any(np.nanmax(np.abs(row.maps)) > limit for row in group)
        draw_colorbar(
            figure, drawn, group[0].unit, cax=bar, extend="both" if exceeds else "neither"
        )
        top = bottom + _GAP
    return figure


def plot_digit_attributions(
    image: npt.NDArray[np.uint8],
    probabilities: Sequence[tuple[str, float]],
    other: str,
    titles: tuple[str, str],
    rows: Sequence[MapRow],
) -> Figure:
    """Draw one digit, its probabilities, and its attribution maps.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
    probabilities : sequence of (str, float)
        Names and probabilities of classes, the answer first.
    other : str
        Name of the contrast class.
    titles : tuple of str
        Titles of the first and the second map of each row.
    rows : sequence of MapRow
        Two maps each; each row has its own scale.
    """
    size = (9.6, max(2.75 * len(rows), 3.6) + 0.3)
    figure = new_figure(*size, layout="constrained")
    left, right = np.asarray(figure.subfigures(1, 2, width_ratios=(1, 2.45), wspace=0.03))
    picture, bars = left.subplots(2, 1, height_ratios=(1.6, 1))
    _set_up_tile(picture)
    draw_digit(picture, image)
    _draw_probabilities(bars, probabilities, other)
    grid = right.subplots(len(rows), 2, squeeze=False)
    for row_axes, row in zip(grid, rows, strict=True):
        limit = color_limit([row.maps])
        for axes, values, picture in zip(row_axes, row.maps, row.pictures, strict=True):
            _set_up_tile(axes)
            drawn = draw_map(axes, values, limit, picture)
        row_axes[0].set_ylabel(row.title.replace(" ", "\n", 1), fontsize=FONT_SIZE, color=INK)
        draw_colorbar(right, drawn, row.unit, ax=list(row_axes), pad=0.015, aspect=22)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(to_ascii_digits(title), fontsize=FONT_SIZE + 1, color=INK)
    return figure


def _set_up_tile(axes: Any) -> None:
    """Set up axes for one digit, without ticks and spines."""
    axes.set(xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[], box_aspect=1)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("none")


def _draw_text(axes: Any, x: float, y: float, text: str, **style: Any) -> None:
    style = {"fontsize": FONT_SIZE, "color": INK, "ha": "center", "va": "center"} | style
    axes.text(x, y, text, **style)


def _draw_probabilities(axes: Any, probabilities: Sequence[tuple[str, float]], other: str) -> None:
    """Draw probabilities as bars: the answer in blue, the contrast class in orange."""
    axes.set_facecolor("none")
    names = [name for name, _ in probabilities]
    values = [value for _, value in probabilities]
    colors = [ACCENT, *(WRONG if name == other else MUTED for name in names[1:])]
    axes.barh(range(len(names)), values, height=0.62, color=colors)
    for row, value in enumerate(values):
        axes.text(value + 0.02, row, f"{value:.3f}", va="center", fontsize=FONT_SIZE, color=INK)
    axes.set_yticks(
        range(len(names)),
        [to_ascii_digits(name) for name in names],
        fontsize=FONT_SIZE + 1,
        color=INK,
    )
    axes.set_xlim(0, 1.25)
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
