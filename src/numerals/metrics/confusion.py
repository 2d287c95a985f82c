"""The confusion matrix, and precision, recall and F1 of each class."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.metrics.intervals import wilson_interval


@dataclass(frozen=True)
class ClassAccuracy:
    """Metrics of one class.

    Attributes
    ----------
    label : int
        The class, a row and column of the confusion matrix.
    support : int
        Number of images whose true class is this one.
    precision : float in [0, 1]
        Share of the images classified as this class that belong to it; 0 if there are none.
    recall : float in [0, 1]
        Share of the images of this class that are classified as it; 0 if there are none.
    f1 : float in [0, 1]
        Harmonic mean of precision and recall.
    interval : tuple of float
        95 % Wilson interval of the recall.
    """

    label: int
    support: int
    precision: float
    recall: float
    f1: float
    interval: tuple[float, float]


def confusion_matrix(
    answers: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], n_classes: int
) -> npt.NDArray[np.int64]:
    """Count each pair of true and predicted class.

    Parameters
    ----------
    answers : ndarray of int64, shape (n_images,)
        Predicted classes, in 0 to ``n_classes - 1``.
    labels : ndarray of int64, shape (n_images,)
        True classes, in the same range.
    n_classes : int

    Returns
    -------
    ndarray of int64, shape (n_classes, n_classes)
        Rows are true classes, columns are predicted classes.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = np.bincount(labels * n_classes + answers, minlength=n_classes**2)
    return np.asarray(pairs.reshape(n_classes, n_classes), np.int64)


def class_accuracies(confusion: npt.NDArray[np.int64]) -> tuple[ClassAccuracy, ...]:
    """Return the metrics of each class.

    Parameters
    ----------
    confusion : ndarray of int64, shape (n_classes, n_classes)
        As `confusion_matrix` returns it.
    """
    return tuple(_class_accuracy(confusion, label) for label in range(len(confusion)))


def most_confused(
    confusion: npt.NDArray[np.int64], limit: int = 5
) -> list[tuple[int, int, int, int]]:
    """Return the pairs of classes that are confused most often.

    Parameters
    ----------
    confusion : ndarray of int64, shape (n_classes, n_classes)
    limit : int, default=5
        Maximum number of pairs.

    Returns
    -------
    list of (int, int, int, int)
        First class, second class, number of images of the first classified as the second, and
        of the second classified as the first. Sorted by the total number of errors, descending.
    """
    both = np.triu(confusion + confusion.T, k=1)
    order = np.argsort(-both, axis=None, kind="stable")[:limit]
    pairs = [divmod(int(index), len(confusion)) for index in order]
    return [(a, b, int(confusion[a, b]), int(confusion[b, a])) for a, b in pairs if both[a, b]]


def _class_accuracy(confusion: npt.NDArray[np.int64], label: int) -> ClassAccuracy:
    n_right = int(confusion[label, label])
    support, n_predicted = int(confusion[label].sum()), int(confusion[:, label].sum())
    return ClassAccuracy(
        label=label,
        support=support,
        precision=n_right / n_predicted if n_predicted else 0.0,
        recall=n_right / support if support else 0.0,
        f1=2 * n_right / (support + n_predicted) if support + n_predicted else 0.0,
        interval=wilson_interval(n_right, support),
    )
