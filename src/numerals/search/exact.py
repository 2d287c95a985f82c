"""Exact nearest neighbors, computed in blocks: all distances at once would fill gigabytes.

Large sets of gray images are filtered by short codes (`filtered.py`); otherwise every stored vector
is compared with every query.
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
from numerals.search.integer_products import (
    MAX_FEATURES,
    STORED_PER_BLOCK,
    IntegerProducts,
    query_offset,
)

METRICS = ("cosine", "euclidean", "manhattan")

MIN_FILTERED_IMAGES = 8192
"""Number of stored images from which filtering saves more time than encoding takes (0.5 s)."""

_QUERIES_PER_BLOCK = 512  # fewer if that leaves a core without a block

Vectors = npt.NDArray[Any]
BlockProducts = Callable[[Vectors], Vectors]  # queries -> products with a block of vectors


class ExactIndex:
    """Index that finds the stored vectors nearest to a query.

    Parameters
    ----------
    stored : ndarray, shape (n_stored, n_features)
        Vectors of uint8 (gray levels) are compared in integer arithmetic, others in float64.
    metric : {"cosine", "euclidean", "manhattan"}, default="cosine"

    Raises
    ------
    ValueError
        If the metric is unknown or `stored` is empty.

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
        self._blocks: list[tuple[BlockProducts, Vectors, Vectors]] = [
            self._make_block(stored[start : start + STORED_PER_BLOCK])
            for start in range(0, 0 if self._filtered else self.n_stored, STORED_PER_BLOCK)
        ]

    def search(
        self, queries: Vectors, k: int = 1
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Find the `k` nearest stored vectors of each query.

        Parameters
        ----------
        queries : ndarray, shape (n_queries, n_features)
        k : int, default=1
            At most the number of stored vectors.

        Returns
        -------
        values : ndarray of float64, shape (n_queries, k)
            Cosines in descending order, or distances in ascending order.
        indices : ndarray of int64, shape (n_queries, k)
            Ties are in ascending order.

        Raises
        ------
        ValueError
            If `k` is out of range, or the queries have the wrong shape or are no gray levels.
        """
        if not 1 <= k <= self.n_stored:
            raise ValueError(f"k={k} must be between 1 and the {self.n_stored} stored vectors")
        if queries.ndim != 2 or queries.shape[1] != self.n_features:
            raise ValueError(f"queries must have shape (n, {self.n_features}); got {queries.shape}")
        if self._exact and queries.dtype != np.uint8:
            queries = _to_pixels(queries)
        size = min(_QUERIES_PER_BLOCK, -(-len(queries) // (os.cpu_count() or 1)))
        parts = [queries[i : i + size] for i in range(0, len(queries), max(size, 1))]
        if not parts:
            return np.zeros((0, k)), np.zeros((0, k), np.int64)
        # One thread per block of queries; BLAS threads inside these would compete for the cores.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda part: self._search_block(part, k), parts))
        values, indices = zip(*results, strict=True)
        return np.concatenate(values), np.concatenate(indices)

    def _search_block(
        self, queries: Vectors, k: int
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        from numerals.search.kernels import merge_best

        if not self._exact:
            queries = queries.astype(np.float64)
        queries = np.ascontiguousarray(queries)
        if self._filtered:
            scores, indices = self._filtered.search(queries, k)
            return self._to_values(scores, queries), indices
        scores = np.full((len(queries), k), -np.inf)
        indices = np.zeros((len(queries), k), np.int64)
        offset = query_offset(queries) if self._is_integer else np.zeros(len(queries))
        for number, (products, scale, shift) in enumerate(self._blocks):
            start = number * STORED_PER_BLOCK
            merge_best(products(queries), offset, scale, shift, start, scores, indices)
        return self._to_values(scores, queries), indices

    def _filter(self, stored: Vectors) -> FilteredImages | None:
        """Return a filtered search if it saves time: for many images that have short codes."""
        if self.n_stored < MIN_FILTERED_IMAGES:
            return None
        embedding = fit_embedding(stored, unit=self.metric == "cosine")
        if embedding is None:
            return None
        return FilteredImages(stored, embedding, *self._to_scores(stored))

    def _make_block(self, stored: Vectors) -> tuple[BlockProducts, Vectors, Vectors]:
        """Return the function for products with a block, and their scale and shift to scores."""
        if not self._exact:
            stored = stored.astype(np.float64)
        if self.metric == "manhattan":
            ones = np.ones(len(stored))
            return self._manhattan(np.ascontiguousarray(stored)), -ones, 0 * ones
        products = IntegerProducts(stored).multiply if self._exact else _float_products(stored)
        return products, *self._to_scores(stored)

    def _to_scores(self, stored: Vectors) -> tuple[Vectors, Vectors]:
        """Return the scale and shift of products to scores; a higher score is nearer."""
        squares = _squared_lengths(stored)
        if self.metric == "euclidean":  # |q - t|^2 = |q|^2 - (2 q.t - |t|^2)
            return np.full(len(stored), 2.0), -squares
        lengths, scale = np.sqrt(squares), np.zeros(len(stored))
        return np.divide(1, lengths, out=scale, where=lengths > 0), np.zeros(len(stored))

    def _manhattan(self, stored: Vectors) -> BlockProducts:
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


def _float_products(stored: Vectors) -> BlockProducts:
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
            "queries must be integer gray levels from 0 to 255, as the stored vectors are"
        )
    return pixels
