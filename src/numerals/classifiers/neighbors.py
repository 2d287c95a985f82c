"""Nearest neighbors by cosine similarity, Euclidean or Manhattan distance."""

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

_DTYPES = (np.float64, np.uint8)  # uint8 is preserved, other dtypes are converted to float64
_TIE_WEIGHT = 1e-4  # extra weight of nearer neighbors, which breaks ties


class NeighborsClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Vote of the nearest training images.

    Images of uint8 are compared exactly, in integer arithmetic. Distances are computed in blocks,
    so the full matrix is never in memory.

    Parameters
    ----------
    n_neighbors : int, default=1
        Number of neighbors that vote. In a tie the class with the nearest image is predicted.
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
        """Store the images.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        y : array-like, shape (n_samples,)

        Raises
        ------
        ValueError
            If `n_neighbors` is out of range.
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
            Images at the same distance are in the order of the training data.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=_DTYPES, reset=False)
        index = self._index
        if self._images.dtype == np.uint8 and X.dtype != np.uint8:  # compare as floats
            index = ExactIndex(self._images.astype(np.float64), self.metric)
        return index.search(X, self.n_neighbors)

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the share of neighbors of each class, shape (n_queries, n_classes).

        Nearer neighbors have a slightly larger weight, so that there are no ties.
        """
        _, indices = self.kneighbors(X)
        votes = self._label_index[indices]  # (n_queries, n_neighbors)
        weights = vote_weights(self.n_neighbors)
        return np.stack([(votes == c) @ weights for c in range(len(self.classes_))], axis=1)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of most neighbors, shape (n_queries,)."""
        proba = self.predict_proba(X)
        predictions: npt.NDArray[Any] = self.classes_[proba.argmax(axis=1)]
        return predictions

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the index, which is built again from the images."""
        return {name: value for name, value in super().__getstate__().items() if name != "_index"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the state and build the index."""
        super().__setstate__(state)
        if "_images" in state:
            self._index = ExactIndex(self._images, self.metric)


def vote_weights(n_neighbors: int) -> npt.NDArray[np.float64]:
    """Return the weight of each neighbor's vote, nearest first; the weights sum to 1.

    Examples
    --------
    >>> vote_weights(2).round(3)
    array([0.5, 0.5])
    """
    # Halving makes the extra weight of a neighbor larger than that of all farther ones together.
    weights = 1 + _TIE_WEIGHT * 0.5 ** np.arange(1, n_neighbors + 1)
    return np.asarray(weights / weights.sum(), np.float64)


def _pipeline(metric: str) -> Any:
    return pixel_pipeline(NeighborsClassifier(metric=metric), scale=False)


NEIGHBOR_METHODS = {
    metric: Method(
        partial(_pipeline, metric),
        f"nearest neighbors by {description}",
        {"n_neighbors": [1, 3, 5], "pca": [40, 60, 100]},
    )
    for metric, description in (
        ("cosine", "cosine similarity"),
        ("euclidean", "squared error"),
        ("manhattan", "sum of absolute differences"),
    )
}
"""Name -> method."""
