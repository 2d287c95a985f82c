"""Support vector machines with calibrated probabilities."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.svm import SVC, LinearSVC

from numerals.classifiers.method_entry import Method
from numerals.classifiers.pixel_pipelines import pixel_pipeline
from numerals.classifiers.temperature_scaling import TemperatureScaledClassifier


class PairwiseSVC(SVC):  # type: ignore[misc]
    """scikit-learn's `SVC` with the smallest pairwise margin of each class as its score.

    The scores of `SVC` are mostly counts of pairwise wins, which cannot be calibrated well. A class
    that wins against every other class is predicted by both. Parameters and attributes are those of
    `SVC`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> scores = PairwiseSVC().fit(X, y).decision_function(X[:1])
    >>> int(scores.argmax()), scores.shape
    (0, (1, 10))
    """

    def decision_function(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the scores: (n_samples, n_classes), or (n_samples,) for two classes."""
        scores: npt.NDArray[np.float64] = self._decision_function(X)
        if len(self.classes_) == 2:
            return scores
        first, sign = pairs_of_classes(len(self.classes_))
        margins: npt.NDArray[np.float64] = (scores[:, first] * sign).min(axis=2)
        return margins

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the class with the largest score, shape (n_samples,)."""
        scores = self.decision_function(X)
        best = scores.argmax(axis=1) if scores.ndim > 1 else (scores > 0).astype(int)
        predictions: npt.NDArray[Any] = self.classes_[best]
        return predictions


def pairs_of_classes(n_classes: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the columns and signs of each class's margins in the scores of class pairs.

    Returns
    -------
    columns : ndarray of int64, shape (n_classes, n_classes - 1)
        The pairs with each class, in libsvm's order: 0-1, 0-2, ..., 1-2, ...
    sign : ndarray of float64, shape (n_classes, n_classes - 1)
        1 where the class is the first of the pair, so that the score is its margin, else -1.
    """
    firsts, seconds = np.triu_indices(n_classes, 1)
    classes = np.arange(n_classes)[:, None]
    columns = np.nonzero((firsts == classes) | (seconds == classes))[1].reshape(n_classes, -1)
    return columns.astype(np.int64), np.where(firsts[columns] == classes, 1.0, -1.0)


SVM_METHODS = {
    "svm-linear": Method(
        lambda: pixel_pipeline(TemperatureScaledClassifier(LinearSVC(C=0.01, random_state=0))),
        "linear support vector machine, each class against the rest",
        {"C": (0.001, 0.01, 0.1)},
    ),
    "svm-rbf": Method(
        lambda: pixel_pipeline(
            TemperatureScaledClassifier(PairwiseSVC(C=5.0, cache_size=500), cv=2), pca=60
        ),
        "support vector machine with Gaussian kernel, over 60 principal components",
        {"C": (1.0, 5.0, 20.0), "gamma": ("scale", 0.01, 0.03)},
    ),
}
"""Name -> method."""
