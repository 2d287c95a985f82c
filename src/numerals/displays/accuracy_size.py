"""A chart of the accuracy of methods against the number of training digits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from numerals.displays.accuracy_time import set_accuracy_axis
from numerals.displays.chart_style import (
    ACCENT,
    FONT_SIZE,
    INK,
    MUTED,
    WRONG,
    new_axes,
    style_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLORS = (ACCENT, WRONG, INK, MUTED)
_STYLES = ("-", (0, (5, 2)), ":")  # of the first, the second and the third four methods
_MARKERS = "os^Dv"


@dataclass(frozen=True)
class SizedAccuracy:
    """The accuracy of a method that was fitted to some number of digits: a point of the chart.

    Attributes
    ----------
    n_train : int
    accuracy : float in [0, 1]
    interval : tuple of float
        Confidence interval of the accuracy.
    """

    n_train: int
    accuracy: float
    interval: tuple[float, float]


def plot_accuracy_against_size(
    curves: Mapping[str, Sequence[SizedAccuracy]],
    fitted_before: Mapping[str, float] = MappingProxyType({}),
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the accuracy of each method as a curve with the intervals of its points.

    Both axes are logarithmic; the accuracy axis is logarithmic in the error rate, so that halving
    the errors is the same step anywhere.

    Parameters
    ----------
    curves : mapping of str to sequence of SizedAccuracy
        The points of each method, by increasing size; at least one method with a point.
    fitted_before : mapping of str to float
        Accuracies of models that were already fitted, which are drawn as horizontal lines.
    ax : Axes, optional
        By default the axes of a new figure.
    """
    axes = new_axes(ax, 9.6, 5.4)
    style_axes(axes)
    axes.set(xscale="log", xlabel="training digits")
    points = [point for curve in curves.values() for point in curve]
    sizes = sorted({point.n_train for point in points})
    least = min(_error(point) for point in points)
    lines = {title: 1 - share or least / 2 for title, share in fitted_before.items()}
    set_accuracy_axis(
        axes,
        max([1 - point.interval[0] for point in points] + list(lines.values())),
        min([max(1 - point.interval[1], least / 2) for point in points] + list(lines.values())),
    )
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 2.2)  # room for the titles
    for number, curve in enumerate(curves.values()):
        color = _COLORS[number % len(_COLORS)]
        for point in curve:
            high = max(1 - point.interval[1], least / 2)
            low = 1 - point.interval[0]
            axes.vlines(point.n_train, high, low, color=color, linewidth=1.6, alpha=0.4)
        axes.plot(
            [point.n_train for point in curve],
            [_error(point) for point in curve],
            color=color,
            linestyle=_STYLES[number // len(_COLORS) % len(_STYLES)],
            linewidth=1.6,
            marker=_MARKERS[number % len(_MARKERS)],
            markersize=5,
        )
    for title, error in lines.items():
        axes.axhline(error, color=MUTED, linewidth=1, linestyle=(0, (2, 3)))
        axes.annotate(
            title, (sizes[0], error), (0, 2), textcoords="offset points", va="bottom", color=INK,
            fontsize=FONT_SIZE,
        )  # fmt: skip
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    _draw_titles(axes, {title: curve[-1] for title, curve in curves.items()})
    return axes


def _error(point: SizedAccuracy) -> float:
    # An error rate of 0 has no place on a logarithmic axis: it is drawn within its interval.
    return 1 - point.accuracy or (1 - point.interval[0]) / 4


def _draw_titles(axes: "Axes", ends: Mapping[str, SizedAccuracy]) -> None:
    """Draw each title at the right of its last point, moved up or down so that none overlap."""
    figure: Any = axes.figure.figure  # of the whole picture, if the axes are in a subfigure
    figure.draw_without_rendering()  # computes the layout of the axes
    points_per_pixel = 72 / figure.dpi
    places = sorted(
        (float(axes.transData.transform((end.n_train, _error(end)))[1]) * points_per_pixel, title)
        for title, end in ends.items()
    )
    line = 1.25 * FONT_SIZE
    heights = [height for height, _ in places]
    for _ in places:  # pushes neighbors apart; as many rounds as titles are enough in practice
        for below, above in pairwise(range(len(heights))):
            overlap = max(0.0, line - (heights[above] - heights[below]))
            heights[below] -= overlap / 2
            heights[above] += overlap / 2
    for (height, title), moved in zip(places, heights, strict=True):
        end = ends[title]
        axes.annotate(
            title, (end.n_train, _error(end)), (9, moved - height), textcoords="offset points",
            va="center", color=INK, fontsize=FONT_SIZE,
        )  # fmt: skip
