"""Confusion matrices: a chart, and a display in the manner of scikit-learn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from matplotlib.patches import Rectangle

from numerals.displays.chart_style import FAINT, FONT_SIZE, INK, MUTED, WRONG, new_axes, style_axes
from numerals.metrics.confusion import confusion_matrix
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MAX_CLASSES_WITH_COUNTS = 20  # with more classes the cells have no room for counts
_MAX_OPACITY = 0.8  # of the most frequent error; counts on it remain legible


class ConfusionDisplay:
    """A confusion matrix and its drawing, used as scikit-learn's ``ConfusionMatrixDisplay``.

    Parameters
    ----------
    confusion : ndarray of int64, shape (n_classes, n_classes)
        Rows are true classes, columns are predicted classes.
    display_labels : sequence of str
        Names of the classes.

    Attributes
    ----------
    ax_ : Axes
        The axes of the last drawing.
    figure_ : Figure

    Examples
    --------
    >>> display = ConfusionDisplay.from_predictions([0, 1, 1], [0, 1, 0])
    >>> display.confusion.tolist()
    [[1, 0], [1, 1]]
    """

    def __init__(self, confusion: npt.NDArray[np.int64], display_labels: Sequence[str]) -> None:
        self.confusion = np.asarray(confusion)
        self.display_labels = tuple(map(str, display_labels))

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the matrix as `plot_confusion` does.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure.
        """
        self.ax_ = plot_confusion(self.confusion, self.display_labels, ax)
        self.figure_ = self.ax_.figure
        return self

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        display_labels: Sequence[str] | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the confusion matrix of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            With ``predict``.
        X : array-like
            What `estimator` takes: (n_samples, n_features), or images for a classifier of this
            package.
        y : array-like, shape (n_samples,)
            True classes.
        display_labels : sequence of str, optional
            Names of the classes, in the order of their sorted values.
        ax : Axes, optional
            By default the axes of a new figure.
        """
        return cls.from_predictions(y, estimator.predict(X), display_labels=display_labels, ax=ax)

    @classmethod
    def from_predictions(
        cls,
        y_true: npt.ArrayLike,
        y_pred: npt.ArrayLike,
        *,
        display_labels: Sequence[str] | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw the confusion matrix of predictions.

        Parameters
        ----------
        y_true, y_pred : array-like, shape (n_samples,)
            True and predicted classes.
        display_labels : sequence of str, optional
            Names of the classes that occur, in the order of their sorted values; by default these
            values.
        ax : Axes, optional
            By default the axes of a new figure.

        Raises
        ------
        ValueError
            If the lengths differ, or there are not as many names as classes.
        """
        true, predicted = np.ravel(y_true), np.ravel(y_pred)
        if len(true) != len(predicted) or not len(true):
            raise ValueError(
                f"{len(true):,} true and {len(predicted):,} predicted classes; pass one of each "
                "for every sample, and at least one"
            )
        classes, codes = np.unique(np.concatenate([true, predicted]), return_inverse=True)
        names = [str(name) for name in (classes if display_labels is None else display_labels)]
        if len(names) != len(classes):
            raise ValueError(
                f"{len(names)} display_labels for {len(classes)} classes; pass one for each class"
            )
        codes = codes.reshape(2, -1).astype(np.int64)
        return cls(confusion_matrix(codes[1], codes[0], len(classes)), names).plot(ax)


def plot_confusion(
    confusion: npt.NDArray[np.int64], classes: Sequence[str], ax: "Axes | None" = None
) -> "Axes":
    """Draw a confusion matrix: errors are colored, correct answers are plain numbers.

    Parameters
    ----------
    confusion : ndarray of int64, shape (n_classes, n_classes)
        Rows are true classes, columns are predicted classes.
    classes : sequence of str
        Names of the classes.
    ax : Axes, optional
        By default the axes of a new figure.
    """
    n = len(classes)
    side = min(0.4 * n + 0.6, 12.0)
    axes = new_axes(ax, side + 0.1, side)
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
    return axes


def _draw_cell(axes: Any, row: int, column: int, **style: Any) -> None:
    axes.add_patch(Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, **style))


def _draw_count(axes: Any, row: int, column: int, count: int) -> None:
    size = FONT_SIZE - 0.5 - max(0, len(str(count)) - 4)
    color = MUTED if row == column else INK
    axes.text(column, row, str(count), ha="center", va="center", color=color, fontsize=size)
