"""A chart of the accuracy of methods against their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from numerals.displays.chart_style import ACCENT, FONT_SIZE, INK, PAPER, new_axes, style_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Tick values: the first of each pair always, the second if the axis shows fewer than _MIN_TICKS.
_ACCURACIES = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
_MORE_ACCURACIES = (
    *(0.1, 0.2, 0.3, 0.4, 0.6, 0.65, 0.75, 0.85, 0.92, 0.93, 0.94, 0.96, 0.97),
    *(0.985, 0.992, 0.994, 0.996, 0.997, 0.9985),
)
_SECONDS = (0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000)
_MORE_SECONDS = (0.02, 0.05, 0.2, 0.5, 2, 5, 20, 30, 120, 300, 1200, 1800, 7200, 18000)
_MIN_TICKS = 4
_LABEL_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))

PixelBox = tuple[float, float, float, float]
"""``(x_min, y_min, x_max, y_max)`` in pixels of the figure, y upwards."""


@dataclass(frozen=True)
class TimedAccuracy:
    """The accuracy and the time of a method: a point of the chart.

    Attributes
    ----------
    title : str
    accuracy : float in [0, 1]
    interval : tuple of float
        Confidence interval of the accuracy.
    seconds : float
        Time to fit and to classify the test digits.
    is_fitted_before : bool
        Whether the model was already fitted, so that `seconds` is only the time to classify; the
        point is hollow.
    """

    title: str
    accuracy: float
    interval: tuple[float, float]
    seconds: float
    is_fitted_before: bool = False


def plot_accuracy_against_time(points: Sequence[TimedAccuracy], ax: "Axes | None" = None) -> "Axes":
    """Draw each method as a labelled point with the interval of its accuracy.

    Both axes are logarithmic; the accuracy axis is logarithmic in the error rate, so that halving
    the errors is the same step anywhere.

    Parameters
    ----------
    points : sequence of TimedAccuracy
    ax : Axes, optional
        By default the axes of a new figure.
    """
    axes = new_axes(ax, 9.6, 5.2)
    style_axes(axes)
    axes.set(xscale="log")
    # An error rate of 0 has no place on a logarithmic axis: it is drawn within its interval.
    errors = [max(1 - p.accuracy, (1 - p.interval[0]) / 4) for p in points]
    min_errors = [max(1 - p.interval[1], e / 4) for p, e in zip(points, errors, strict=True)]
    for point, error, min_error in zip(points, errors, min_errors, strict=True):
        axes.vlines(
            point.seconds, min_error, 1 - point.interval[0], color=ACCENT, linewidth=1.6, alpha=0.5
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
    set_accuracy_axis(axes, max(1 - p.interval[0] for p in points), min(min_errors))
    axes.xaxis.set_major_locator(_make_locator(axes.get_xlim(), _SECONDS, _MORE_SECONDS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _format_duration(value)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("time to fit and to classify the test digits")
    _draw_labels(axes, [(p.title, p.seconds, e) for p, e in zip(points, errors, strict=True)])
    return axes


def set_accuracy_axis(axes: "Axes", max_error: float, min_error: float) -> None:
    """Make the y axis logarithmic in the error rate, with ticks that say accuracies.

    Parameters
    ----------
    axes : Axes
    max_error, min_error : float in (0, 1]
        The range of error rates to show; the axis is a little longer.
    """
    axes.set(yscale="log", ylabel="accuracy")
    axes.set_ylim(max_error * 1.25, min_error / 1.3)
    error_ticks = [[1 - tick for tick in ticks] for ticks in (_ACCURACIES, _MORE_ACCURACIES)]
    axes.yaxis.set_major_locator(_make_locator(axes.get_ylim(), *error_ticks))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda e, _: f"{100 * (1 - e):.6g} %"))
    axes.yaxis.set_minor_locator(NullLocator())


def _make_locator(
    limits: tuple[float, float], ticks: Sequence[float], more: Sequence[float]
) -> FixedLocator:
    shown = [tick for tick in ticks if min(limits) <= tick <= max(limits)]
    return FixedLocator(sorted([*ticks, *more] if len(shown) < _MIN_TICKS else ticks))


def _format_duration(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min"), (0.1, "s")):
        if seconds >= size:
            return f"{seconds / max(size, 1):g} {unit}"
    return f"{1000 * seconds:g} ms"


def _draw_labels(axes: Any, points: Sequence[tuple[str, float, float]]) -> None:
    """Draw each title beside its point, where it overlaps least with other points and titles."""
    figure = axes.figure.figure  # of the whole picture, if the axes are in a subfigure
    figure.draw_without_rendering()  # computes the layout of the axes
    pixels_per_point = figure.dpi / 72
    positions = axes.transData.transform([(x, y) for _, x, y in points])
    occupied: list[PixelBox] = [(x - 6, y - 6, x + 6, y + 6) for x, y in positions]
    frame = axes.get_window_extent()
    font_size = FONT_SIZE * pixels_per_point
    for (title, x, y), position in zip(points, positions, strict=True):
        size = (0.62 * font_size * len(title), 1.25 * font_size)
        boxes = [_label_box(position, size, dx, dy) for dx, dy in _LABEL_DIRECTIONS]
        costs = [_overlap(box, occupied) + 10 * _overhang(box, frame) for box in boxes]
        best = int(np.argmin(costs))
        occupied.append(boxes[best])
        dx, dy = _LABEL_DIRECTIONS[best]
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


def _label_box(position: Any, size: tuple[float, float], dx: int, dy: int) -> PixelBox:
    """Return the box of a text beside a point, in the direction ``(dx, dy)``."""
    width, height = size
    x = position[0] + dx * 12 - (0, width / 2, width)[1 - dx]
    y = position[1] + dy * 12 - (0, height / 2, height)[1 - dy]
    return x, y, x + width, y + height


def _overlap(box: PixelBox, others: Sequence[PixelBox]) -> float:
    """Return the sum of the areas that a box shares with others, square pixels."""
    total = 0.0
    for other in others:
        width = min(box[2], other[2]) - max(box[0], other[0])
        height = min(box[3], other[3]) - max(box[1], other[1])
        total += max(width, 0) * max(height, 0)
    return total


def _overhang(box: PixelBox, frame: Any) -> float:
    """Return by how many pixels a box extends beyond the axes."""
    horizontal = max(frame.x0 - box[0], 0) + max(box[2] - frame.x1, 0)
    vertical = max(frame.y0 - box[1], 0) + max(box[3] - frame.y1, 0)
    return float(horizontal + vertical)
