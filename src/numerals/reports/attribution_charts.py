"""Maps of what speaks for a class: diverging colours, zero in the middle, one scale for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from numerals.reports.chart_style import ACCENT, FAINT, FONT_SIZE, INK, MUTED, PAPER, WRONG, latin

FOR_AND_AGAINST = LinearSegmentedColormap.from_list(
    "for and against", ["#6e2b00", WRONG, "#f7bd92", PAPER, "#93c6ea", ACCENT, "#053a61"]
)
"""Orange against, white neither, blue for."""

_CELL = 0.83  # inches, side of a map among those of the classes
_GAP, _LEFT, _RIGHT, _TOP = 0.1, 0.55, 1.05, 0.36  # of that
_OUTLINE = 0.45  # of the darkest ink: where a digit's outline is drawn over a map
_OUTLINE_INK = "#202020"  # no role of the page: maps stay on white in dark mode


@dataclass(frozen=True, eq=False)
class MapRow:
    """One row of maps that share a scale.

    Attributes
    ----------
    title : str
    maps : ndarray of float64, shape (n_maps, height, width)
        Signed; nan where there is nothing to show.
    pictures : ndarray, shape (n_maps, height, width)
        Digits whose outlines are drawn on the maps.
    unit : str
        What the colours measure.
    """

    title: str
    maps: npt.NDArray[np.float64]
    pictures: npt.NDArray[Any]
    unit: str


def common_limit(maps: Sequence[npt.NDArray[np.float64]], share: float = 1.0) -> float:
    """Return the value at which the colours of all maps end, on both sides of zero.

    Parameters
    ----------
    maps : sequence of ndarray
    share : float in (0, 1], default=1
        How many of the values that are not 0 lie within; those beyond take the last colour.
    """
    values = np.abs(np.concatenate([found[np.isfinite(found)].ravel() for found in maps]))
    values = values[values > 0]
    return float(np.quantile(values, share)) if values.size else 1.0


def plot_class_maps(
    titles: Sequence[str],
    pictures: npt.NDArray[np.generic],
    picture_title: str,
    rows: Sequence[MapRow],
    *,
    one_scale: bool,
) -> Figure:
    """Draw a picture of each class, and below it what each row of maps says of that class.

    Parameters
    ----------
    titles : sequence of str
        Name of each class.
    pictures : ndarray, shape (n_classes, height, width)
        Grey levels, ink bright: mean images, or digits.
    picture_title : str
        What the pictures are.
    rows : sequence of MapRow
    one_scale : bool
        Whether all rows share one scale, as those of the same unit should.
    """
    step, n_lines = 1 + _GAP, len(rows) + 1
    width, height = len(titles) * step + _LEFT + _RIGHT, n_lines * step + _TOP
    figure = Figure(figsize=(width * _CELL, height * _CELL), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-_LEFT, width - _LEFT), ylim=(height - _TOP, -_TOP))
    axes.set_axis_off()
    for number, title in enumerate([picture_title, *(row.title for row in rows)]):
        _write(axes, -0.24, number * step + 0.5, title.replace(" ", "\n", 1), rotation=90)
    for place, (title, picture) in enumerate(zip(titles, pictures, strict=True)):
        _write(axes, place * step + 0.5, -0.16, latin(title), fontsize=FONT_SIZE + 2)
        show_digit(axes, picture, (place * step, 0))
    groups = [list(rows)] if one_scale else [[row] for row in rows]
    top = step
    for group in groups:
        limit = common_limit([row.maps for row in group], share=0.995)
        bottom = top + len(group) * step - _GAP
        for number, row in enumerate(group):
            for place, (values, picture) in enumerate(zip(row.maps, row.pictures, strict=True)):
                corner = (place * step, top + number * step)
                drawn = show_map(axes, values, limit, picture, corner)
        edges = ((len(titles) * step + _LEFT) / width, 1 - (bottom + _TOP) / height)
        bar = figure.add_axes((*edges, 0.13 / width, (bottom - top) / height))
        beyond = any(np.nanmax(np.abs(row.maps)) > limit for row in group)
        _colour_bar(figure, drawn, group[0].unit, cax=bar, extend="both" if beyond else "neither")
        top = bottom + _GAP
    return figure


def plot_reasons(
    image: npt.NDArray[np.uint8],
    shares: Sequence[tuple[str, float]],
    other: str,
    titles: tuple[str, str],
    rows: Sequence[MapRow],
) -> Figure:
    """Draw one digit, its probabilities, and what speaks for the answer and against another.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
    shares : sequence of (str, float)
        Classes with their probabilities, the answer first.
    other : str
        The class that the answer is held against.
    titles : tuple of str
        What the first and the second map of each row show.
    rows : sequence of MapRow
        Two maps in each; each row has a scale of its own.
    """
    size = (9.6, max(2.75 * len(rows), 3.6) + 0.3)
    figure = Figure(figsize=size, layout="constrained", facecolor="none")
    left, right = np.asarray(figure.subfigures(1, 2, width_ratios=(1, 2.45), wspace=0.03))
    picture, bars = left.subplots(2, 1, height_ratios=(1.6, 1))
    _set_tile(picture)
    show_digit(picture, image)
    _show_shares(bars, shares, other)
    grid = right.subplots(len(rows), 2, squeeze=False)
    for line, row in zip(grid, rows, strict=True):
        limit = common_limit([row.maps])
        for axes, values, picture in zip(line, row.maps, row.pictures, strict=True):
            _set_tile(axes)
            drawn = show_map(axes, values, limit, picture)
        line[0].set_ylabel(row.title.replace(" ", "\n", 1), fontsize=FONT_SIZE, color=INK)
        _colour_bar(right, drawn, row.unit, ax=list(line), pad=0.015, aspect=22)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(latin(title), fontsize=FONT_SIZE + 1, color=INK)
    return figure


def show_digit(
    axes: Any,
    image: npt.NDArray[Any],
    corner: tuple[float, float] = (0, 0),
    color: str = FAINT,
    line: float = 0.8,
) -> None:
    """Draw a digit as dark ink on white, 1 wide and 1 high, in a frame.

    Parameters
    ----------
    axes : Axes
        Its y grows downwards.
    image : ndarray, shape (height, width)
        Grey levels, ink bright.
    corner : tuple of float, default=(0, 0)
        x and y of the upper left corner.
    color : str
        Of the frame.
    line : float, default=0.8
        Its width, points.
    """
    _show(axes, image, corner, cmap="gray_r", vmin=0, vmax=255)
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=color, linewidth=line))


def show_map(
    axes: Any,
    values: npt.NDArray[np.float64],
    limit: float,
    picture: npt.NDArray[Any],
    corner: tuple[float, float] = (0, 0),
) -> Any:
    """Draw a signed map, as `show_digit` does, and on it the outline of a digit.

    Returns
    -------
    AxesImage
        What a colour bar needs.
    """
    drawn = _show(axes, values, corner, cmap=FOR_AND_AGAINST, vmin=-limit, vmax=limit)
    level = _OUTLINE * float(picture.max())
    if level > 0:
        x, y = (
            start + (np.arange(n) + 0.5) / n
            for start, n in zip(corner, picture.shape[::-1], strict=True)
        )
        axes.contour(
            x, y, picture, levels=[level], colors=[_OUTLINE_INK], linewidths=0.7, alpha=0.7
        )
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=FAINT, linewidth=0.8))
    return drawn


def _show(axes: Any, image: npt.NDArray[Any], corner: tuple[float, float], **colours: Any) -> Any:
    x, y = corner
    return axes.imshow(
        image, extent=(x, x + 1, y + 1, y), aspect="auto", interpolation="none", **colours
    )


def _set_tile(axes: Any) -> None:
    """Make axes hold one digit, and nothing but its title and label."""
    axes.set(xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[], box_aspect=1)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("none")


def _write(axes: Any, x: float, y: float, text: str, **style: Any) -> None:
    style = {"fontsize": FONT_SIZE, "color": INK, "ha": "center", "va": "center"} | style
    axes.text(x, y, text, **style)


def _colour_bar(figure: Any, drawn: Any, unit: str, **place: Any) -> None:
    bar = figure.colorbar(drawn, **place)
    bar.set_label(unit, fontsize=FONT_SIZE, color=INK)
    bar.ax.tick_params(labelsize=FONT_SIZE - 1, labelcolor=MUTED, length=0)
    bar.ax.locator_params(nbins=5)
    bar.outline.set_visible(False)


def _show_shares(axes: Any, shares: Sequence[tuple[str, float]], other: str) -> None:
    """Draw probabilities as bars, in the colours of what speaks for and against."""
    axes.set_facecolor("none")
    names = [name for name, _ in shares]
    values = [value for _, value in shares]
    colours = [ACCENT, *(WRONG if name == other else MUTED for name in names[1:])]
    axes.barh(range(len(names)), values, height=0.62, color=colours)
    for place, value in enumerate(values):
        axes.text(value + 0.02, place, f"{value:.3f}", va="center", fontsize=FONT_SIZE, color=INK)
    axes.set_yticks(
        range(len(names)), [latin(name) for name in names], fontsize=FONT_SIZE + 1, color=INK
    )
    axes.set_xlim(0, 1.25)
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
