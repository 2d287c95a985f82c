"""Reliability diagrams: a chart, and a display in the manner of scikit-learn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from numerals.displays.chart_style import ACCENT, MUTED, format_as_percent, new_axes, style_axes
from numerals.metrics.calibration import ReliabilityBin, reliability_bins

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HISTOGRAM = (0.0, -0.36, 1.0, 0.29)  # x, y, width and height, in units of the diagram


class CalibrationDisplay:
    """A reliability diagram, used as scikit-learn's ``CalibrationDisplay``, for all classes.

    The confidence of an answer is the probability of its class; the diagram compares it with the
    share of correct answers.

    Parameters
    ----------
    bins : sequence of ReliabilityBin
        At least one.

    Attributes
    ----------
    ax_ : Axes
        The axes of the last drawing.
    figure_ : Figure

    Examples
    --------
    >>> display = CalibrationDisplay.from_predictions([0, 1], [[0.9, 0.1], [0.6, 0.4]])
    >>> [(each.confidence, each.accuracy) for each in display.bins]
    [(0.6, 0.0), (0.9, 1.0)]
    """

    def __init__(self, bins: Sequence[ReliabilityBin]) -> None:
        self.bins = tuple(bins)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the diagram as `plot_reliability` does.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure.
        """
        self.ax_ = plot_reliability(self.bins, ax)
        self.figure_ = self.ax_.figure
        return self

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        n_bins: int = 15,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the reliability diagram of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            With ``predict_proba`` and ``classes_``.
        X : array-like
            What `estimator` takes: (n_samples, n_features), or images for a classifier of this
            package.
        y : array-like, shape (n_samples,)
            True classes.
        n_bins : int, default=15
            Number of bins of equal width.
        ax : Axes, optional
            By default the axes of a new figure.
        """
        proba = estimator.predict_proba(X)
        return cls.from_predictions(y, proba, classes=estimator.classes_, n_bins=n_bins, ax=ax)

    @classmethod
    def from_predictions(
        cls,
        y_true: npt.ArrayLike,
        y_proba: npt.ArrayLike,
        *,
        classes: npt.ArrayLike | None = None,
        n_bins: int = 15,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the reliability diagram of probabilities.

        Parameters
        ----------
        y_true : array-like, shape (n_samples,)
            True classes.
        y_proba : array-like, shape (n_samples, n_classes)
            Probabilities in [0, 1].
        classes : array-like, shape (n_classes,), optional
            The class of each column; by default 0 to ``n_classes - 1``.
        n_bins : int, default=15
            Number of bins of equal width.
        ax : Axes, optional
            By default the axes of a new figure.

        Raises
        ------
        ValueError
            If the shapes do not match, or there are no samples.
        """
        true, proba = np.ravel(y_true), np.asarray(y_proba, np.float64)
        if proba.ndim != 2 or len(proba) != len(true) or not len(true):
            raise ValueError(
                f"probabilities of shape {proba.shape} for {len(true)} true classes; pass a row of "
                "probabilities for each sample, and at least one"
            )
        columns = np.arange(proba.shape[1]) if classes is None else np.ravel(classes)
        if len(columns) != proba.shape[1]:
            raise ValueError(
                f"{len(columns)} classes for {proba.shape[1]} columns of probabilities; pass one "
                "for each column"
            )
        right = columns[proba.argmax(axis=1)] == true
        return cls(reliability_bins(proba.max(axis=1), right, n_bins)).plot(ax)


def plot_reliability(bins: Sequence[ReliabilityBin], ax: "Axes | None" = None) -> "Axes":
    """Draw a reliability diagram with 95 % intervals, and a histogram of the confidences.

    Parameters
    ----------
    bins : sequence of ReliabilityBin
        At least one.
    ax : Axes, optional
        By default the axes of a new figure. The histogram is an inset below these axes.
    """
    axes = new_axes(ax, 4.5, 4.4)
    below = axes.inset_axes(_HISTOGRAM, sharex=axes)
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
    axes.tick_params(axis="x", labelbottom=False)
    format_as_percent(axes)
    # A second pass of the layout, with the next drawing, finds room for the inset's label.
    axes.figure.figure.draw_without_rendering()
    return axes
