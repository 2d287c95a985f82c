"""Nearest neighbours: the method that needs no training, and shows its evidence."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

_BLOCK = 1000  # queries at a time: the similarities of 10,000 to 60,000 would fill 2.4 GB


class CosineNeighborsClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Vote of the training images whose directions are nearest.

    Parameters
    ----------
    n_neighbors : int, default=1
        How many vote.

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
    >>> X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    >>> CosineNeighborsClassifier().fit(X, y).predict([[0.2, 0.9]])
    array([1])
    """

    def __init__(self, n_neighbors: int = 1) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: Any, y: Any) -> Self:
        """Keep the images, scaled to length 1.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        y : array-like, shape (n_samples,)
        """
        X, y = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(y)
        if not 1 <= self.n_neighbors <= len(X):
            raise ValueError(
                f"n_neighbors={self.n_neighbors} must be between 1 and n_samples={len(X)}; "
                "change n_neighbors or pass more images"
            )
        self.classes_, self._label_index = np.unique(y, return_inverse=True)
        self._unit_images = _to_unit_length(X)
        return self

    def kneighbors(self, X: npt.ArrayLike) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Find the most similar training images.

        Returns
        -------
        similarities : ndarray of float32, shape (n_queries, n_neighbors)
            Cosines, largest first.
        indices : ndarray of int64, shape (n_queries, n_neighbors)
        """
        check_is_fitted(self)
        queries = _to_unit_length(validate_data(self, X, dtype=np.float32, reset=False))
        parts = [
            self._nearest(queries[start : start + _BLOCK])
            for start in range(0, len(queries), _BLOCK)
        ]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def predict_proba(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the share of neighbours of each class, shape (n_queries, n_classes)."""
        _, indices = self.kneighbors(X)
        votes = self._label_index[indices]  # (n_queries, n_neighbors)
        return np.stack([(votes == c).mean(axis=1) for c in range(len(self.classes_))], axis=1)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the class that most neighbours have, shape (n_queries,)."""
        proba = self.predict_proba(X)
        answers: npt.NDArray[Any] = self.classes_[proba.argmax(axis=1)]
        return answers

    def _nearest(
        self, queries: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        cosines = queries @ self._unit_images.T  # (n_queries, n_samples)
        k = self.n_neighbors
        nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        similarities = np.take_along_axis(cosines, nearest, axis=1)
        order = np.argsort(-similarities, axis=1, kind="stable")
        return (
            np.take_along_axis(similarities, order, axis=1),
            np.take_along_axis(nearest, order, axis=1),
        )


def _to_unit_length(X: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    length = np.linalg.norm(X, axis=1, keepdims=True)
    return np.asarray(X / np.where(length > 0, length, 1), np.float32)
