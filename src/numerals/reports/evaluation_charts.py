"""Charts of a model's evaluation: confusion, reliability, risk-coverage curve, class balance."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from numerals.evaluation import ReliabilityBin, RiskCoverage
from numerals.reports.chart_style import (
    ACCENT,
    FAINT,
    FONT_SIZE,
    INK,
    MUTED,
    WRONG,
    new_figure,
    style_axes,
)
from numerals.scripts import to_ascii_digits

_MAX_CLASSES_WITH_COUNTS = 20  # with more classes the cells have no room for counts
_MAX_OPACITY = 0.8  # of the most frequent error; counts on it remain legible
_MAX_CURVE_POINTS = 400  # more points only enlarge the file
_RISE_SHARE = 1 / 20  # of the final risk, at which the shown part of the curve begins


def plot_confusion(confusion: npt.NDArray[np.int64], classes: Sequence[str]) -> Figure:
    """Draw a confusion matrix: errors are colored, correct answers are plain numbers.

    Parameters
    ----------
    confusion : ndarray of int64, shape (n_classes, n_classes)
        Rows are true classes, columns are predicted classes.
    classes : sequence of str
        Names of the classes.
    """
    n = len(classes)
    side = min(0.4 * n + 0.6, 12.0)
    figure, axes = new_figure(side + 0.1, side)
    style_axes(axes, grid="none")
    errors = confusion - np.diag(np.diag(confusion))
    # The square root makes rare errors visible.
    opacity = _MAX_OPACITY * np.sqrt(errors / max(errors.max(), 1))
    for row, column in zip(*np.nonzero(errors), strict=True):
        _draw_cell(axes, row, column, facecolor=WRONG, alpha=opacity[row, column])
    for i in range(n):
        _draw_cell(axes, i, i, facecolor="none", edgecolor=FAINT, linewidth=1.0)
    if n <= _MAX_CLASSES_WITH_COUNTS:
        for row, column in zip(*np.nonzero(confusion), strict=True):
            _draw_count(axes, row, column, int(confusion[row, column]))
    names = [to_ascii_digits(name) for name in classes]
    axes.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal")
    axes.set_xticks(range(n), names)
    axes.set_yticks(range(n), names)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    return figure


def plot_reliability(bins: Sequence[ReliabilityBin]) -> Figure:
    """Draw a reliability diagram with 95 % intervals, and a histogram of the confidences.

    Parameters
    ----------
    bins : sequence of ReliabilityBin
    """
    figure = Figure(figsize=(4.5, 4.4), layout="constrained", facecolor="none")
    axes, below = figure.subplots(2, 1, height_ratios=(3.2, 1), sharex=True)
    style_axes(axes)
    style_axes(below, grid="y")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    x = np.array([each.confidence for each in bins])
    y = np.array([each.accuracy for each in bins])
    low, high = np.array([each.interval for each in bins]).T
    axes.vlines(x, low, high, color=ACCENT, linewidth=1.4, alpha=0.55)
    axes.plot(x, y, color=ACCENT, marker="o", markersize=5.5, linewidth=1.4)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), ylabel="accuracy")
    width = bins[0].high - bins[0].low
    centers = [(each.low + each.high) / 2 for each in bins]
    below.bar(centers, [each.n_images for each in bins], 0.8 * width, color=ACCENT, alpha=0.55)
    below.set(yscale="log", ylabel="answers", xlabel="confidence", ylim=(0.7, None))
    below.minorticks_off()
    _format_axes_as_percent(axes)
    return figure


def plot_risk_coverage(curve: RiskCoverage, limits: Sequence[float] = ()) -> Figure:
    """Draw the share of wrong answers against the share of accepted answers.

    The coverage axis begins where the risk begins to rise.

    Parameters
    ----------
    curve : RiskCoverage
    limits : sequence of float
        Risks for which the largest coverage is marked.
    """
    figure, axes = new_figure(4.5, 4.4)
    start = _start_of_rise(curve)
    coverage, risk = _subsample(curve, start)
    axes.fill_between(coverage, risk, color=ACCENT, alpha=0.12, linewidth=0)
    axes.plot(coverage, risk, color=ACCENT, linewidth=1.8)
    axes.plot(coverage[-1], risk[-1], color=ACCENT, marker="o", markersize=5.5, clip_on=False)
    top = 1.15 * max(float(risk.max(initial=0)), 1e-4)
    for accepted, limit in _points_at_limits(curve, limits):
        if accepted > start + 0.5 * (1 - start):  # the label fits to the left of the point
            _draw_point(axes, accepted, curve.at_risk(limit)[2], limit)
    axes.set(xlim=(start, 1 + 0.01 * (1 - start)), ylim=(0, top))
    axes.set_xlabel("accepted answers, by decreasing confidence")
    axes.set_ylabel("wrong among accepted")
    _format_axes_as_percent(axes)
    return figure


def plot_class_balance(counts: Mapping[str, Sequence[int]], classes: Sequence[str]) -> Figure:
    """Draw the number of images of each class.

    Parameters
    ----------
    counts : mapping of str to sequence of int
        Number of images of each class, by the name of the split.
    classes : sequence of str
        Names of the classes.
    """
    figure, axes = new_figure(max(4.5, 0.3 * len(classes) + 1), 2.3)
    style_axes(axes, grid="y")
    width = 0.74 / len(counts)
    centers = np.arange(len(classes))
    for index, (name, values) in enumerate(counts.items()):
        shift = (index - (len(counts) - 1) / 2) * width
        alpha = 0.85 if index == 0 else 0.4
        axes.bar(centers + shift, values, 0.92 * width, color=ACCENT, alpha=alpha, label=name)
    axes.set_xticks(centers, [to_ascii_digits(name) for name in classes])
    axes.set_ylabel("images")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if len(counts) > 1:
        axes.legend(
            frameon=False,
            fontsize=FONT_SIZE,
            labelcolor=INK,
            ncols=2,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
        )
    return figure


def _points_at_limits(curve: RiskCoverage, limits: Sequence[float]) -> list[tuple[float, float]]:
    """Return distinct coverages in (0, 1), each with the risk limit that it belongs to."""
    coverages = {curve.at_risk(limit)[1]: limit for limit in limits}
    return [(coverage, limit) for coverage, limit in coverages.items() if 0 < coverage < 1]


def _draw_point(axes: Any, coverage: float, risk: float, limit: float) -> None:
    axes.plot(coverage, risk, color=WRONG, marker="o", markersize=5)
    axes.annotate(
        f"{100 * coverage:.1f} % accepted, {100 * limit:g} % wrong",
        (coverage, risk),
        (-8, 5),
        textcoords="offset points",
        ha="right",
        color=INK,
        fontsize=FONT_SIZE,
    )


def _start_of_rise(curve: RiskCoverage) -> float:
    """Return the coverage above which the risk exceeds `_RISE_SHARE` of its final value.

    It is rounded down, with a margin, to a multiple of 0.05.
    """
    (low,) = np.nonzero(curve.risk <= curve.risk[-1] * _RISE_SHARE)
    if low.size == 0 or curve.risk[-1] == 0:
        return 0.0
    coverage = float(curve.coverage[low[-1]])
    return max(0.0, 1 - math.ceil(24 * (1 - coverage)) / 20)


def _subsample(
    curve: RiskCoverage, start: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return coverages and risks from a coverage on, at most `_MAX_CURVE_POINTS` points."""
    first = max(int(np.searchsorted(curve.coverage, start)) - 1, 0)
    coverage, risk = curve.coverage[first:], curve.risk[first:]
    n = len(coverage)
    indices = np.unique(np.linspace(0, n - 1, min(n, _MAX_CURVE_POINTS)).round().astype(int))
    return coverage[indices], risk[indices]


def _format_axes_as_percent(axes: Any) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{100 * share:.6g} %")


def _draw_cell(axes: Any, row: int, column: int, **style: Any) -> None:
    axes.add_patch(Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, **style))


def _draw_count(axes: Any, row: int, column: int, count: int) -> None:
    size = FONT_SIZE - 0.5 - max(0, len(str(count)) - 4)
    color = MUTED if row == column else INK
    axes.text(column, row, str(count), ha="center", va="center", color=color, fontsize=size)
