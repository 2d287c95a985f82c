"""Which class is taken for which, and what that means for each class."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.evaluation.intervals import wilson_interval


@dataclass(frozen=True)
class ClassAccuracy:
    """Figures of one class.

    Attributes
    ----------
    label : int
        The class.
    support : int
        Images that are of this class.
    precision : float in [0, 1]
        Share of those taken for this class that are; 0 if nothing was taken for it.
    recall : float in [0, 1]
        Share of this class that was recognised; 0 if there is none of it.
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
    """Count each pair of truth and answer.

    Parameters
    ----------
    answers, labels : ndarray of int64, shape (n_images,)
        In 0 to ``n_classes - 1``.
    n_classes : int

    Returns
    -------
    ndarray of int64, shape (n_classes, n_classes)
        Rows are the truth, columns the answers.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = np.bincount(labels * n_classes + answers, minlength=n_classes**2)
    return np.asarray(pairs.reshape(n_classes, n_classes), np.int64)


def class_accuracies(confusion: npt.NDArray[np.int64]) -> tuple[ClassAccuracy, ...]:
    """Return precision, recall and F1 of each class from the confusion matrix."""
    return tuple(_class_accuracy(confusion, label) for label in range(len(confusion)))


def most_confused(
    confusion: npt.NDArray[np.int64], limit: int = 5
) -> list[tuple[int, int, int, int]]:
    """Return the pairs of classes that are mixed up most.

    Parameters
    ----------
    confusion : ndarray of int64, shape (n_classes, n_classes)
    limit : int, default=5

    Returns
    -------
    list of (int, int, int, int)
        Two classes, how often the first was taken for the second, and the second for the first;
        the pair with most errors first.
    """
    both = np.triu(confusion + confusion.T, k=1)
    order = np.argsort(-both, axis=None, kind="stable")[:limit]
    pairs = [divmod(int(place), len(confusion)) for place in order]
    return [(a, b, int(confusion[a, b]), int(confusion[b, a])) for a, b in pairs if both[a, b]]


def _class_accuracy(confusion: npt.NDArray[np.int64], label: int) -> ClassAccuracy:
    right = int(confusion[label, label])
    support, answered = int(confusion[label].sum()), int(confusion[:, label].sum())
    return ClassAccuracy(
        label=label,
        support=support,
        precision=right / answered if answered else 0.0,
        recall=right / support if support else 0.0,
        f1=2 * right / (support + answered) if support + answered else 0.0,
        interval=wilson_interval(right, support),
    )
