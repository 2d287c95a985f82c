"""Base class of the deformation classifiers: candidates, a search in threads, a weighted vote."""

import os
from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from numerals.classifiers.pixel_transformers import find_image_shape
from numerals.search.exact import ExactIndex

_QUERIES_PER_BLOCK = 32  # queries that a thread searches at a time
_BLUR_SIGMA = 1.5  # pixels; with it, the 500 candidates include more of the nearest images
_PRIOR_VOTES = 1e-4  # votes of each class without neighbors: unanimous neighbors can be wrong
_MIN_DISTANCE = 1e-30  # replaces the distance 0 in divisions

Distances = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Search = Callable[[npt.NDArray[np.float32], Indices, npt.NDArray[Any], Distances, Indices], None]
"""Takes queries, the candidates of each, and images; writes distances and indices in place."""


class DeformationClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the deformation classifiers; a subclass defines its parameters and its distance.

    A neighbor at the distance d has a vote of ``exp(-sharpness * (d / d_1 - 1))``, where d_1 is
    the distance of the nearest neighbor.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
    image_shape_ : tuple of int
        Height and width of the images in the rows of X.
    n_features_in_ : int
    """

    image_shape: tuple[int, int] | None
    n_neighbors: int
    n_candidates: int
    sharpness: float
    n_jobs: int | None

    @abstractmethod
    def _make_search(self) -> Search:
        """Return the function that searches the nearest candidates."""

    def fit(self, X: Any, y: Any) -> Self:
        """Store the images.

        Parameters
        ----------
        X : array-like, shape (n_samples, height * width)
            Pixels: uint8, or floats.
        y : array-like, shape (n_samples,)

        Raises
        ------
        ValueError
            If a parameter is out of range, or does not match `X`.
        """
        X, y = validate_data(self, X, y, dtype=[np.float32, np.uint8])
        check_classification_targets(y)
        self._check_parameters()
        self.image_shape_ = find_image_shape(X.shape[1], self.image_shape)
        self.classes_, self._label_index = np.unique(y, return_inverse=True)
        self._images = np.array(X)
        self._index = self._make_index()
        return self

    def kneighbors(self, X: Any) -> tuple[Distances, Indices]:
        """Find the candidates with the smallest deformation distances.

        Parameters
        ----------
        X : array-like, shape (n_queries, height * width)

        Returns
        -------
        distances : ndarray of float64, shape (n_queries, n_neighbors)
            Deformation distances, smallest first.
        indices : ndarray of int64, shape (n_queries, n_neighbors)
        """
        check_is_fitted(self)
        self._check_parameters()  # a model file may hold any values, and the kernels trust them
        X = validate_data(self, X, dtype=[np.float32, np.uint8], reset=False)
        n_candidates = min(self.n_candidates, len(self._images))
        _, candidates = self._index.search(self._blurred_levels(X), n_candidates)
        queries = X.astype(np.float32).reshape(-1, *self.image_shape_)
        images = self._images.reshape(-1, *self.image_shape_)
        shape = (len(X), min(self.n_neighbors, n_candidates))
        distances, indices = np.empty(shape), np.empty(shape, np.int64)
        search = self._make_search()

        def search_block(start: int) -> None:
            block = slice(start, start + _QUERIES_PER_BLOCK)
            search(queries[block], candidates[block], images, distances[block], indices[block])

        self._run(search_block, range(0, len(X), _QUERIES_PER_BLOCK))
        return distances, indices

    def predict_proba(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the share of the votes for each class, shape (n_queries, n_classes)."""
        distances, indices = self.kneighbors(X)
        nearest = np.maximum(distances[:, :1], _MIN_DISTANCE)
        ratios = np.minimum(distances / nearest, 1e6)
        votes = np.exp(-self.sharpness * (ratios - 1))
        votes *= 1 + 1e-6 * 0.5 ** np.arange(votes.shape[1])  # the nearest neighbor breaks ties
        labels = self._label_index[indices]  # (n_queries, n_neighbors)
        counts = [(votes * (labels == c)).sum(axis=1) for c in range(len(self.classes_))]
        shares = np.stack(counts, axis=1) / votes.sum(axis=1, keepdims=True)
        n_prior = _PRIOR_VOTES * shares.shape[1]
        proba: npt.NDArray[np.float64] = (shares + _PRIOR_VOTES) / (1 + n_prior)
        return proba

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the class with the most votes, shape (n_queries,)."""
        proba = self.predict_proba(X)
        predictions: npt.NDArray[Any] = self.classes_[proba.argmax(axis=1)]
        return predictions

    def _check_parameters(self) -> None:
        for name in ("n_neighbors", "n_candidates"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} must be at least 1; raise it")
        if self.sharpness < 0:
            raise ValueError(
                f"sharpness={self.sharpness} must not be negative; use 0 for equal votes"
            )

    def _make_index(self) -> ExactIndex:
        return ExactIndex(self._blurred_levels(self._images), "euclidean")

    def _blurred_levels(self, X: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        """Return blurred images as uint8, the dtype with the fastest comparison."""
        levels = X if X.dtype == self._images.dtype == np.uint8 else self._to_levels(X)
        blurred = np.empty(levels.shape, np.uint8)
        for image, out in zip(levels, blurred, strict=True):
            picture = image.reshape(self.image_shape_)
            smooth = cv2.GaussianBlur(picture, (0, 0), _BLUR_SIGMA, borderType=cv2.BORDER_CONSTANT)
            out[:] = smooth.ravel()
        return blurred

    def _to_levels(self, X: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        low, high = 0.0, 255.0
        if self._images.dtype != np.uint8:
            low, high = float(self._images.min()), float(self._images.max())
        scaled = (X.astype(np.float64) - low) * (255 / max(high - low, _MIN_DISTANCE))
        return np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)

    def _run(self, work: Callable[[int], None], starts: range) -> None:
        pool = ThreadPoolExecutor(_n_threads(self.n_jobs))
        try:
            for _ in pool.map(work, starts):
                pass
        finally:  # after Ctrl-C, wait only for the blocks in progress
            pool.shutdown(cancel_futures=True)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the index, which is built again from the images."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_index"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the state and build the index."""
        super().__setstate__(state)
        if hasattr(self, "_images"):
            self._index = self._make_index()


def _n_threads(n_jobs: int | None) -> int:
    return n_jobs if n_jobs is not None and n_jobs > 0 else os.cpu_count() or 1
