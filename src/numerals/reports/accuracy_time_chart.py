"""A chart of how right methods are against the time that they take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from numerals.reports.chart_style import ACCENT, FONT_SIZE, INK, PAPER, new_figure

_ACCURACIES = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
_MORE_ACCURACIES = (
    *(0.1, 0.2, 0.3, 0.4, 0.6, 0.65, 0.75, 0.85, 0.92, 0.93, 0.94, 0.96, 0.97),
    *(0.985, 0.992, 0.994, 0.996, 0.997, 0.9985),
)
_SECONDS = (0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000)
_MORE_SECONDS = (0.02, 0.05, 0.2, 0.5, 2, 5, 20, 30, 120, 300, 1200, 1800, 7200, 18000)
_FEW = 4  # ticks; an axis that shows fewer gets more of them
_PLACES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))

Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class TimedAccuracy:
    """A method as a point of the chart.

    Attributes
    ----------
    title : str
    accuracy : float in [0, 1]
    interval : tuple of float
        Of the accuracy.
    seconds : float
    is_fitted_before : bool
        Whether `seconds` holds no time for fitting; the point is hollow.
    """

    title: str
    accuracy: float
    interval: tuple[float, float]
    seconds: float
    is_fitted_before: bool = False


def plot_accuracy_against_time(points: Sequence[TimedAccuracy]) -> Figure:
    """Draw each method as a labelled point with the interval of its accuracy.

    Both axes are logarithmic, that of the accuracy in its distance from 100 %: there a method that
    halves the errors of another rises by the same step anywhere.

    Parameters
    ----------
    points : sequence of TimedAccuracy
    """
    figure, axes = new_figure(9.6, 5.2)
    axes.set(xscale="log", yscale="log")
    # Nothing is surely 100 %: such a point stands where its interval has its middle.
    errors = [max(1 - p.accuracy, (1 - p.interval[0]) / 4) for p in points]
    least = [max(1 - p.interval[1], e / 4) for p, e in zip(points, errors, strict=True)]
    for point, error, high in zip(points, errors, least, strict=True):
        axes.vlines(
            point.seconds, high, 1 - point.interval[0], color=ACCENT, linewidth=1.6, alpha=0.5
        )
        face = PAPER if point.is_fitted_before else ACCENT
        axes.plot(
            point.seconds,
            error,
            marker="o",
            markersize=6.5,
            markerfacecolor=face,
            markeredgecolor=ACCENT,
            markeredgewidth=1.6,
        )
    seconds = [p.seconds for p in points]
    axes.set_xlim(min(seconds) / 3, max(seconds) * 3)
    axes.set_ylim(max(1 - p.interval[0] for p in points) * 1.25, min(least) / 1.3)
    errors_of = [[1 - tick for tick in ticks] for ticks in (_ACCURACIES, _MORE_ACCURACIES)]
    axes.yaxis.set_major_locator(_locator(axes.get_ylim(), *errors_of))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda e, _: f"{100 * (1 - e):.6g} %"))
    axes.xaxis.set_major_locator(_locator(axes.get_xlim(), _SECONDS, _MORE_SECONDS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _duration(value)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("time to fit and to classify the test digits")
    axes.set_ylabel("accuracy")
    _label(figure, axes, [(p.title, p.seconds, e) for p, e in zip(points, errors, strict=True)])
    return figure


def _locator(
    limits: tuple[float, float], ticks: Sequence[float], more: Sequence[float]
) -> FixedLocator:
    shown = [tick for tick in ticks if min(limits) <= tick <= max(limits)]
    return FixedLocator(sorted([*ticks, *more] if len(shown) < _FEW else ticks))


def _duration(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min"), (0.1, "s")):
        if seconds >= size:
            return f"{seconds / max(size, 1):g} {unit}"
    return f"{1000 * seconds:g} ms"


def _label(figure: Figure, axes: Any, points: Sequence[tuple[str, float, float]]) -> None:
    """Write each title beside its point, where it covers no other point or title."""
    figure.draw_without_rendering()  # fixes where the axes are
    pixel = figure.dpi / 72  # of a typographic point
    places = axes.transData.transform([(x, y) for _, x, y in points])
    taken: list[Extent] = [(x - 6, y - 6, x + 6, y + 6) for x, y in places]
    frame = axes.get_window_extent()
    for (title, x, y), place in zip(points, places, strict=True):
        size = (0.62 * FONT_SIZE * pixel * len(title), 1.25 * FONT_SIZE * pixel)
        options = [_extent(place, size, dx, dy) for dx, dy in _PLACES]
        costs = [_overlap(box, taken) + 10 * _outside(box, frame) for box in options]
        best = int(np.argmin(costs))
        taken.append(options[best])
        dx, dy = _PLACES[best]
        axes.annotate(
            title,
            (x, y),
            (9 * dx, 9 * dy),
            textcoords="offset points",
            ha=("right", "center", "left")[dx + 1],
            va=("top", "center", "bottom")[dy + 1],
            color=INK,
            fontsize=FONT_SIZE,
        )


def _extent(place: Any, size: tuple[float, float], dx: int, dy: int) -> Extent:
    """Return the box of a text that stands to one side of a point."""
    width, height = size
    x = place[0] + dx * 12 - (0, width / 2, width)[1 - dx]
    y = place[1] + dy * 12 - (0, height / 2, height)[1 - dy]
    return x, y, x + width, y + height


def _overlap(box: Extent, others: Sequence[Extent]) -> float:
    """Return how many square pixels of a box are covered by others."""
    total = 0.0
    for other in others:
        width = min(box[2], other[2]) - max(box[0], other[0])
        height = min(box[3], other[3]) - max(box[1], other[1])
        total += max(width, 0) * max(height, 0)
    return total


def _outside(box: Extent, frame: Any) -> float:
    beside = max(frame.x0 - box[0], 0) + max(box[2] - frame.x1, 0)
    return float(beside + max(frame.y0 - box[1], 0) + max(box[3] - frame.y1, 0))
