"""Charts of one model's answers: confusion, reliability, risk against coverage, class balance."""

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
    latin,
    new_figure,
    style_axes,
)

_MOST_NUMBERED = 20  # classes; more of them leave no room for counts in the cells
_DEEPEST = 0.8  # opacity of the most frequent confusion: numbers on it stay legible


def plot_confusion(confusion: npt.NDArray[np.int64], classes: Sequence[str]) -> Figure:
    """Draw the confusion matrix: colour for the errors, plain numbers for what is right.

    Parameters
    ----------
    confusion : ndarray of int64, shape (n_classes, n_classes)
        Rows are the truth, columns the answers.
    classes : sequence of str
    """
    n = len(classes)
    side = min(0.4 * n + 0.6, 12.0)
    figure, axes = new_figure(side + 0.1, side)
    style_axes(axes, grid="none")
    errors = confusion - np.diag(np.diag(confusion))
    depth = _DEEPEST * np.sqrt(errors / max(errors.max(), 1))  # the root shows rare ones too
    for row, column in zip(*np.nonzero(errors), strict=True):
        _cell(axes, row, column, facecolor=WRONG, alpha=depth[row, column])
    for place in range(n):
        _cell(axes, place, place, facecolor="none", edgecolor=FAINT, linewidth=1.0)
    if n <= _MOST_NUMBERED:
        for row, column in zip(*np.nonzero(confusion), strict=True):
            _count(axes, row, column, int(confusion[row, column]))
    names = [latin(name) for name in classes]
    axes.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal")
    axes.set_xticks(range(n), names)
    axes.set_yticks(range(n), names)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    return figure


def plot_reliability(bins: Sequence[ReliabilityBin]) -> Figure:
    """Draw accuracy against confidence with 95 % intervals, and below how many answers there are.

    Parameters
    ----------
    bins : sequence of ReliabilityBin
    """
    figure = Figure(figsize=(4.5, 4.4), layout="constrained", facecolor="none")
    axes, below = figure.subplots(2, 1, height_ratios=(3.2, 1), sharex=True)
    style_axes(axes)
    style_axes(below, grid="y")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    x = np.array([found.confidence for found in bins])
    y = np.array([found.accuracy for found in bins])
    low, high = np.array([found.interval for found in bins]).T
    axes.vlines(x, low, high, color=ACCENT, linewidth=1.4, alpha=0.55)
    axes.plot(x, y, color=ACCENT, marker="o", markersize=5.5, linewidth=1.4)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), ylabel="share that is right")
    width = bins[0].high - bins[0].low
    centers = [(found.low + found.high) / 2 for found in bins]
    below.bar(centers, [found.n_images for found in bins], 0.8 * width, color=ACCENT, alpha=0.55)
    below.set(yscale="log", ylabel="answers", xlabel="confidence", ylim=(0.7, None))
    below.minorticks_off()
    _in_percent(axes)
    return figure


def plot_risk_coverage(curve: RiskCoverage, limits: Sequence[float] = ()) -> Figure:
    """Draw what share of the answers is wrong, against what share is kept.

    The axis begins where the risk begins to rise: a good model has next to none before.

    Parameters
    ----------
    curve : RiskCoverage
    limits : sequence of float
        Risks at which the largest coverage is marked.
    """
    figure, axes = new_figure(4.5, 4.4)
    start = _rise(curve)
    coverage, risk = _thin(curve, start)
    axes.fill_between(coverage, risk, color=ACCENT, alpha=0.12, linewidth=0)
    axes.plot(coverage, risk, color=ACCENT, linewidth=1.8)
    axes.plot(coverage[-1], risk[-1], color=ACCENT, marker="o", markersize=5.5, clip_on=False)
    top = 1.15 * max(float(risk.max(initial=0)), 1e-4)
    for kept, limit in _marks(curve, limits):
        if kept > start + 0.5 * (1 - start):  # elsewhere its text would leave the chart
            _mark(axes, kept, curve.at_risk(limit)[2], f"{100 * kept:.1f} % kept", limit)
    axes.set(xlim=(start, 1 + 0.01 * (1 - start)), ylim=(0, top))
    axes.set_xlabel("answers kept, the most confident first")
    axes.set_ylabel("wrong among them")
    _in_percent(axes)
    return figure


def plot_class_balance(counts: Mapping[str, Sequence[int]], classes: Sequence[str]) -> Figure:
    """Draw how many images there are of each class.

    Parameters
    ----------
    counts : mapping of str to sequence of int
        Images of each class, by the name of the split.
    classes : sequence of str
    """
    figure, axes = new_figure(max(4.5, 0.3 * len(classes) + 1), 2.3)
    style_axes(axes, grid="y")
    width = 0.74 / len(counts)
    places = np.arange(len(classes))
    for index, (name, values) in enumerate(counts.items()):
        shift = (index - (len(counts) - 1) / 2) * width
        alpha = 0.85 if index == 0 else 0.4
        axes.bar(places + shift, values, 0.92 * width, color=ACCENT, alpha=alpha, label=name)
    axes.set_xticks(places, [latin(name) for name in classes])
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


def _marks(curve: RiskCoverage, limits: Sequence[float]) -> list[tuple[float, float]]:
    """Return coverage and risk of the limits that set some answers aside, each coverage once."""
    found = {curve.at_risk(limit)[1]: limit for limit in limits}
    return [(kept, limit) for kept, limit in found.items() if 0 < kept < 1]


def _mark(axes: Any, kept: float, risk: float, text: str, limit: float) -> None:
    axes.plot(kept, risk, color=WRONG, marker="o", markersize=5)
    axes.annotate(
        f"{text}, {100 * limit:g} % wrong",
        (kept, risk),
        (-8, 5),
        textcoords="offset points",
        ha="right",
        color=INK,
        fontsize=FONT_SIZE,
    )


def _rise(curve: RiskCoverage) -> float:
    """Return the coverage, rounded down, from which on the risk exceeds a twentieth of its end."""
    (low,) = np.nonzero(curve.risk <= curve.risk[-1] / 20)
    if low.size == 0 or curve.risk[-1] == 0:
        return 0.0
    kept = float(curve.coverage[low[-1]])
    return max(0.0, 1 - math.ceil(24 * (1 - kept)) / 20)


def _thin(
    curve: RiskCoverage, start: float, n_points: int = 400
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return so many points from a coverage on: more would only make the file larger."""
    first = max(int(np.searchsorted(curve.coverage, start)) - 1, 0)
    coverage, risk = curve.coverage[first:], curve.risk[first:]
    n = len(coverage)
    wanted = np.unique(np.linspace(0, n - 1, min(n, n_points)).round().astype(int))
    return coverage[wanted], risk[wanted]


def _in_percent(axes: Any) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{100 * share:.6g} %")


def _cell(axes: Any, row: int, column: int, **style: Any) -> None:
    axes.add_patch(Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, **style))


def _count(axes: Any, row: int, column: int, count: int) -> None:
    size = FONT_SIZE - 0.5 - max(0, len(str(count)) - 4)
    color = MUTED if row == column else INK
    axes.text(column, row, str(count), ha="center", va="center", color=color, fontsize=size)
