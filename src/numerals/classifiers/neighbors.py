"""Nearest neighbours: the method that needs no training, and shows its evidence."""

from functools import partial
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from numerals.classifiers.method_entry import Method
from numerals.classifiers.pixel_pipelines import pixel_pipeline
from numerals.search import ExactIndex

_DTYPES = (np.float64, np.uint8)  # grey levels stay as they are, all else becomes the first
_TIE = 1e-4  # share of a vote by which a nearer neighbour outweighs a farther one


class NeighborsClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Vote of the nearest training images.

    Images given as uint8 are compared in whole numbers, exactly; the full table of distances is
    never held.

    Parameters
    ----------
    n_neighbors : int, default=1
        How many vote. Where classes have as many votes, the one with the nearest image wins.
    metric : {"cosine", "euclidean", "manhattan"}, default="cosine"

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
        The labels seen by `fit`.
    n_features_in_ : int

    References
    ----------
    Cover, Hart 1967, Nearest neighbor pattern classification.

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.array([[9, 0], [0, 9]], np.uint8), np.array([0, 1])
    >>> NeighborsClassifier().fit(X, y).predict(np.array([[2, 8]], np.uint8))
    array([1])
    """

    def __init__(self, n_neighbors: int = 1, metric: str = "cosine") -> None:
        self.n_neighbors = n_neighbors
        self.metric = metric

    def fit(self, X: Any, y: Any) -> Self:
        """Keep the images.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        y : array-like, shape (n_samples,)
        """
        X, y = validate_data(self, X, y, dtype=_DTYPES)
        check_classification_targets(y)
        if not 1 <= self.n_neighbors <= len(X):
            raise ValueError(
                f"n_neighbors={self.n_neighbors} must be between 1 and n_samples={len(X)}; "
                "change n_neighbors or pass more images"
            )
        self.classes_, self._label_index = np.unique(y, return_inverse=True)
        self._images = X.copy()
        self._index = ExactIndex(self._images, self.metric)
        return self

    def kneighbors(self, X: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Find the nearest training images.

        Parameters
        ----------
        X : array-like, shape (n_queries, n_features)

        Returns
        -------
        values : ndarray of float64, shape (n_queries, n_neighbors)
            Cosines, largest first; or distances, smallest first.
        indices : ndarray of int64, shape (n_queries, n_neighbors)
            Of equally near images, the first of them comes first.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=_DTYPES, reset=False)
        index = self._index
        if self._images.dtype == np.uint8 and X.dtype != np.uint8:  # not grey levels any more
            index = ExactIndex(self._images.astype(np.float64), self.metric)
        return index.search(X, self.n_neighbors)

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the share of neighbours of each class, shape (n_queries, n_classes).

        Nearer ones count a little more, so that the largest share is the answer.
        """
        _, indices = self.kneighbors(X)
        votes = self._label_index[indices]  # (n_queries, n_neighbors)
        weights = vote_weights(self.n_neighbors)
        return np.stack([(votes == c) @ weights for c in range(len(self.classes_))], axis=1)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class that most neighbours have, shape (n_queries,)."""
        proba = self.predict_proba(X)
        answers: npt.NDArray[Any] = self.classes_[proba.argmax(axis=1)]
        return answers

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the index, which is made anew from the images."""
        return {name: value for name, value in super().__getstate__().items() if name != "_index"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore what `__getstate__` gave."""
        super().__setstate__(state)
        if "_images" in state:
            self._index = ExactIndex(self._images, self.metric)


def vote_weights(n_neighbors: int) -> npt.NDArray[np.float64]:
    """Return what each neighbour's vote counts, nearest first; they sum to 1.

    Examples
    --------
    >>> vote_weights(2).round(3)
    array([0.5, 0.5])
    """
    # Halving makes any nearer neighbour outweigh all farther ones together.
    weights = 1 + _TIE * 0.5 ** np.arange(1, n_neighbors + 1)
    return np.asarray(weights / weights.sum(), np.float64)


def _pipeline(metric: str) -> Any:
    return pixel_pipeline(NeighborsClassifier(metric=metric), scale=False)


METHODS = {
    metric: Method(
        partial(_pipeline, metric),
        f"nearest neighbours by {what}",
        {"n_neighbors": [1, 3, 5], "pca": [40, 60, 100]},
    )
    for metric, what in (
        ("cosine", "cosine similarity"),
        ("euclidean", "squared error"),
        ("manhattan", "sum of absolute differences"),
    )
}
"""Name -> method."""
