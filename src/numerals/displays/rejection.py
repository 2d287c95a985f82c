"""Charts of selective classification: the risk of the accepted answers."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.displays.chart_style import (
    ACCENT,
    FONT_SIZE,
    INK,
    WRONG,
    format_as_percent,
    new_axes,
    style_axes,
)
from numerals.metrics.rejection import RiskCoverage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MAX_CURVE_POINTS = 400  # more points only enlarge the file
_RISE_SHARE = 1 / 20  # of the final risk, at which the shown part of the curve begins


def plot_risk_coverage(
    curve: RiskCoverage, limits: Sequence[float] = (), ax: "Axes | None" = None
) -> "Axes":
    """Draw the share of wrong answers against the share of accepted answers.

    The coverage axis begins where the risk begins to rise.

    Parameters
    ----------
    curve : RiskCoverage
    limits : sequence of float
        Risks for which the largest coverage is marked.
    ax : Axes, optional
        By default the axes of a new figure.
    """
    axes = new_axes(ax, 4.5, 4.4)
    style_axes(axes)
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
    format_as_percent(axes)
    return axes


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
