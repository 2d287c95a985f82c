"""Evaluate a digit model on a labelled data set."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.ink import to_mnist
from numerals.metrics.digit_accuracy import RISK_LIMITS, DigitAccuracy, digit_accuracy
from numerals.metrics.rejection import RiskCoverage, risk_coverage
from numerals.metrics.writer_accuracy import WriterAccuracy, writer_accuracies
from numerals.models import Model
from numerals.records import Digits
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BATCH_SIZE = 500  # images between two steps of the progress bar

TrackProgress = Callable[[Iterable[Any], int, str], Iterator[Any]]
"""Yields the given items and may display progress; arguments: items, their number, a title."""


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """Result of one model on one data set.

    Attributes
    ----------
    digits : Digits
        Resized to the model's input, with the model's classes.
    proba : ndarray of float32, shape (n_images, n_classes)
    accuracy : DigitAccuracy
    model : Model
    """

    digits: Digits
    proba: npt.NDArray[np.float32]
    accuracy: DigitAccuracy
    model: Model

    def risk_coverage(self) -> RiskCoverage:
        """Return the risk-coverage curve of the answers."""
        right = self.proba.argmax(axis=1) == self.digits.labels
        return risk_coverage(self.proba.max(axis=1), right)

    def writer_accuracies(self) -> tuple[WriterAccuracy, ...]:
        """Return the errors of each writer, lowest accuracy first; none if writers are unknown."""
        if self.digits.writers is None:
            return ()
        is_wrong = self.proba.argmax(axis=1) != self.digits.labels
        return writer_accuracies(self.digits.writers, is_wrong)

    def plot_confusion(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the confusion matrix: errors are colored, correct answers are plain numbers.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure.
        """
        from numerals import displays

        confusion = np.array(self.accuracy.confusion)
        return displays.ConfusionDisplay(confusion, self.model.classes).plot(ax).ax_

    def plot_calibration(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the reliability diagram: accuracy against confidence.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure.
        """
        from numerals import displays

        return displays.CalibrationDisplay(self.accuracy.reliability).plot(ax).ax_

    def plot_risk_coverage(
        self, limits: Sequence[float] = RISK_LIMITS, ax: "Axes | None" = None
    ) -> "Axes":
        """Draw the share of wrong answers against the share of accepted answers.

        Parameters
        ----------
        limits : sequence of float, default=(0.01, 0.005, 0.001)
            Risks for which the largest coverage is marked.
        ax : Axes, optional
            By default the axes of a new figure.
        """
        from numerals import displays

        return displays.plot_risk_coverage(self.risk_coverage(), limits, ax)

    def __repr__(self) -> str:
        accuracy = self.accuracy
        return (
            f"Evaluation({self.digits.name}: {100 * accuracy.accuracy:.2f} % of"
            f" {accuracy.n_images:,} digits, {accuracy.n_wrong:,} wrong)"
        )

    def _repr_html_(self) -> str:
        """Return a table of metrics and the confusion matrix, for notebooks."""
        from numerals.displays.html import figure_html, side_by_side_html, table_html

        accuracy = self.accuracy
        low, high = (f"{100 * bound:.2f}" for bound in accuracy.interval)
        rows = [
            ("data", self.digits.name),
            ("images", f"{accuracy.n_images:,}"),
            ("wrong", f"{accuracy.n_wrong:,}"),
            ("accuracy", f"{100 * accuracy.accuracy:.2f} %"),
            ("95 % interval", f"{low} to {high} %"),
            ("F1, mean of the classes", f"{100 * accuracy.macro_f1:.2f} %"),
            ("calibration error", f"{100 * accuracy.calibration_error:.2f} %"),
            ("log loss", f"{accuracy.log_loss:.4f}"),
        ]
        picture = figure_html(self.plot_confusion, "confusion matrix")
        return side_by_side_html(table_html(("evaluation", ""), rows), picture)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON; writers only if they are known."""
        names = {"data": self.digits.name, "class_names": list(self.model.classes)}
        writers = [each.to_dict() for each in self.writer_accuracies()]
        return names | self.accuracy.to_dict() | ({"writers": writers} if writers else {})


def evaluate_model(model: Any, digits: Digits, *, track: TrackProgress | None = None) -> Evaluation:
    """Classify a data set and compare the answers with its labels.

    Parameters
    ----------
    model : Model or classifier
        A model, or a scikit-learn classifier fitted to images or pixels of the size of `digits`
        with ``digits.y`` as labels.
    digits : Digits
        Labelled; matched to the model as `match_digits` does.
    track : callable, optional
        Displays progress, as ``cli.console.with_progress`` does.

    Raises
    ------
    DataError
        If digits have no label, or have classes or sizes that the model does not accept.

    Examples
    --------
    >>> from numerals.classifiers import make_classifier
    >>> from numerals.records import Digits
    >>> bars = np.zeros((20, 8, 8), np.uint8)
    >>> bars[::2, :, 2:4] = bars[1::2, 2:4] = 255
    >>> digits = Digits(bars, np.arange(20) % 2, ("vertical", "horizontal"), name="bars")
    >>> evaluate_model(make_classifier("logistic").fit(digits.images, digits.y), digits)
    Evaluation(bars: 100.00 % of 20 digits, 0 wrong)
    """
    if hasattr(model, "classes_"):
        from numerals.classifiers.estimator_files import as_model

        model = as_model(model, digits)
    matched = match_digits(digits, model)
    batches = [
        matched.images[start : start + _BATCH_SIZE] for start in range(0, len(matched), _BATCH_SIZE)
    ]
    steps = track(batches, len(batches), "classifying") if track else batches
    proba = np.concatenate([model.predict_proba(batch) for batch in steps])
    return Evaluation(matched, proba, digit_accuracy(proba, matched.labels), model)


def match_digits(digits: Digits, model: Model) -> Digits:
    """Convert digits to the image size and the classes of a model.

    Parameters
    ----------
    digits : Digits
    model : Model

    Returns
    -------
    Digits
        Labels are columns of the model's `predict_proba`. Classes are matched by name; digits of
        different scripts match if they have the same value, such as "೩" and "3". Images of
        another size are normalized to 28x28 as in MNIST if the model takes that size.

    Raises
    ------
    DataError
        If there are no digits, some have no label, the model lacks one of their classes, or the
        model takes a size other than 28x28.
    """
    if not len(digits):
        raise DataError(f"{digits.name}: holds no digits; choose data with at least one")
    n_unlabelled = int((digits.labels < 0).sum())
    if n_unlabelled:
        raise DataError(
            f"{digits.name}: {n_unlabelled:,} of {len(digits):,} digits have no label, so answers"
            " cannot be compared with labels; choose data with labels"
        )
    columns = _model_columns(digits, model)
    return dataclasses.replace(
        digits,
        images=_resize(digits, model.image_shape),
        labels=columns[digits.labels],
        classes=model.classes,
    )


def _model_columns(digits: Digits, model: Model) -> npt.NDArray[np.int64]:
    """Return the model's column of each class of the data; -1 if it has none."""
    known = {to_ascii_digits(name): column for column, name in enumerate(model.classes)}
    columns = np.array([known.get(to_ascii_digits(name), -1) for name in digits.classes], np.int64)
    unknown = [digits.classes[i] for i in np.unique(digits.labels) if columns[i] < 0]
    if unknown:
        raise DataError(
            f"{digits.name}: has the classes {' '.join(unknown[:20])}, which the model does not"
            f" know; it knows {' '.join(model.classes[:20])}"
        )
    return columns


def _resize(digits: Digits, shape: tuple[int, int]) -> npt.NDArray[np.uint8]:
    height, width = digits.images.shape[1:]
    if (height, width) == shape:
        return digits.images
    if shape != (28, 28):
        raise DataError(
            f"{digits.name}: digits of {height}x{width} pixels, but the model takes"
            f" {shape[0]}x{shape[1]}; choose data of that size"
        )
    return np.stack([to_mnist(image) for image in digits.images])
