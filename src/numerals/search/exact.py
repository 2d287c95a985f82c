"""Exact nearest neighbours, in blocks: all distances together would fill gigabytes.

Many grey images are searched through short stand-ins (`filtered.py`), all else one by one.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from numerals.search.embedding import fit_embedding
from numerals.search.filtered import FilteredImages
from numerals.search.integer_products import MAX_FEATURES, IntegerProducts, offset

METRICS = ("cosine", "euclidean", "manhattan")

_QUERIES = 512  # at a time, if there are so many for each core
_STORED = 2048  # at a time: their products with the queries fill 4 MB, which caches hold
_MANY = 8192  # stored images, from which on stand-ins are worth the half second that they take

Vectors = npt.NDArray[Any]
Block = Callable[[Vectors], Vectors]  # queries -> their products with a block of stored vectors


class ExactIndex:
    """Finds the stored vectors that are nearest to a query.

    Parameters
    ----------
    stored : ndarray, shape (n_stored, n_features)
        Grey levels as uint8 are compared in whole numbers; anything else as float64.
    metric : {"cosine", "euclidean", "manhattan"}, default="cosine"

    Raises
    ------
    ValueError
        If the metric is unknown or there is nothing to search.

    Examples
    --------
    >>> import numpy as np
    >>> index = ExactIndex(np.array([[0, 9], [3, 4]], np.uint8), "euclidean")
    >>> index.search(np.array([[3, 3]], np.uint8), 1)
    (array([[1.]]), array([[1]]))
    """

    def __init__(self, stored: Vectors, metric: str = "cosine") -> None:
        if metric not in METRICS:
            raise ValueError(f"metric={metric!r}; expected one of {', '.join(METRICS)}")
        if stored.ndim != 2 or 0 in stored.shape:
            raise ValueError(f"nothing to search in vectors of shape {stored.shape}")
        self.metric = metric
        self.n_stored, self.n_features = stored.shape
        self._exact = stored.dtype == np.uint8 and self.n_features <= MAX_FEATURES
        self._is_integer = self._exact and metric != "manhattan"
        self._filtered = self._filter(stored) if self._is_integer else None
        self._blocks: list[tuple[Block, Vectors, Vectors]] = [
            self._block(stored[start : start + _STORED])
            for start in range(0, 0 if self._filtered else self.n_stored, _STORED)
        ]

    def search(
        self, queries: Vectors, k: int = 1
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Find the `k` nearest to each query.

        Parameters
        ----------
        queries : ndarray, shape (n_queries, n_features)
        k : int, default=1
            At most as many as are stored.

        Returns
        -------
        values : ndarray of float64, shape (n_queries, k)
            Cosines, largest first; or distances, smallest first.
        indices : ndarray of int64, shape (n_queries, k)
            Of equally near ones, the lowest index comes first.

        Raises
        ------
        ValueError
            If `k` or the queries' shape does not fit.
        """
        if not 1 <= k <= self.n_stored:
            raise ValueError(f"k={k} must be between 1 and the {self.n_stored} stored vectors")
        if queries.ndim != 2 or queries.shape[1] != self.n_features:
            raise ValueError(f"queries must have shape (n, {self.n_features}); got {queries.shape}")
        if self._exact and queries.dtype != np.uint8:
            queries = _to_pixels(queries)
        size = min(_QUERIES, -(-len(queries) // (os.cpu_count() or 1)))
        parts = [queries[i : i + size] for i in range(0, len(queries), max(size, 1))]
        if not parts:
            return np.zeros((0, k)), np.zeros((0, k), np.int64)
        # Threads of our own, each with whole blocks: those of BLAS would wait for each other.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(lambda part: self._search_block(part, k), parts))
        return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])

    def _search_block(
        self, queries: Vectors, k: int
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        from numerals.search.kernels import keep_best

        if not self._exact:
            queries = queries.astype(np.float64)
        queries = np.ascontiguousarray(queries)
        if self._filtered:
            scores, indices = self._filtered.search(queries, k)
            return self._to_values(scores, queries), indices
        scores = np.full((len(queries), k), -np.inf)
        indices = np.zeros((len(queries), k), np.int64)
        lacking = offset(queries) if self._is_integer else np.zeros(len(queries))
        for number, (products, scale, shift) in enumerate(self._blocks):
            start = number * _STORED
            keep_best(products(queries), lacking, scale, shift, start, scores, indices)
        return self._to_values(scores, queries), indices

    def _filter(self, stored: Vectors) -> FilteredImages | None:
        """Make stand-ins for the images, if there are many and stand-ins tell them apart."""
        if self.n_stored < _MANY:
            return None
        embedding = fit_embedding(stored, unit=self.metric == "cosine")
        if embedding is None:
            return None
        return FilteredImages(stored, embedding, *self._to_scores(stored))

    def _block(self, stored: Vectors) -> tuple[Block, Vectors, Vectors]:
        """Return what gives products of a block, and what makes them scores."""
        if not self._exact:
            stored = stored.astype(np.float64)
        if self.metric == "manhattan":
            ones = np.ones(len(stored))
            return self._manhattan(np.ascontiguousarray(stored)), -ones, 0 * ones
        products = IntegerProducts(stored).multiply if self._exact else _float_products(stored)
        return products, *self._to_scores(stored)

    def _to_scores(self, stored: Vectors) -> tuple[Vectors, Vectors]:
        """Return the scale and shift that make products scores: more is nearer."""
        squares = _squared_lengths(stored)
        if self.metric == "euclidean":  # |q - t|^2 = |q|^2 - (2 q.t - |t|^2)
            return np.full(len(stored), 2.0), -squares
        lengths, scale = np.sqrt(squares), np.zeros(len(stored))
        return np.divide(1, lengths, out=scale, where=lengths > 0), np.zeros(len(stored))

    def _manhattan(self, stored: Vectors) -> Block:
        if self._exact:
            from numerals.search.kernels import manhattan_pixels

            return lambda queries: manhattan_pixels(queries, stored)
        from scipy.spatial.distance import cdist

        return lambda queries: cdist(queries, stored, "cityblock")

    def _to_values(
        self, scores: npt.NDArray[np.float64], queries: Vectors
    ) -> npt.NDArray[np.float64]:
        if self.metric == "manhattan":
            return -scores
        squares = _squared_lengths(queries)[:, None]
        if self.metric == "euclidean":
            return np.asarray(np.sqrt(np.maximum(squares - scores, 0)))
        lengths = np.sqrt(squares)
        cosines = np.zeros_like(scores)
        np.divide(scores, lengths, out=cosines, where=lengths > 0)
        return cosines


def _float_products(stored: Vectors) -> Block:
    return lambda queries: queries @ stored.T


def _squared_lengths(vectors: Vectors) -> npt.NDArray[np.float64]:
    if vectors.dtype != np.uint8:
        return np.asarray(np.einsum("ij,ij->i", vectors, vectors))
    parts = np.array_split(vectors, max(1, len(vectors) // 1024))
    return np.concatenate([(part.astype(np.int64) ** 2).sum(axis=1) for part in parts]) * 1.0


def _to_pixels(queries: Vectors) -> npt.NDArray[np.uint8]:
    pixels = np.clip(queries, 0, 255).astype(np.uint8)
    if not np.array_equal(pixels, queries):
        raise ValueError(
            "the stored vectors are whole grey levels from 0 to 255; so must queries be"
        )
    return pixels
