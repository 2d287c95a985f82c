"""Approximate nearest neighbors, for more images than an exact search can compare."""

from typing import Any

import numpy as np
import numpy.typing as npt

_VECTORS_PER_BATCH = 100_000  # converted to float32 at a time


class ApproximateIndex:
    """Index that finds most of the nearest vectors by cosine without comparing all of them.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
        The index holds a copy in half precision.
    connectivity : int, default=32
        Links per vector in the graph. More links raise recall and memory use.
    expansion : int, default=256
        Number of candidates to follow when adding and when searching. More raise recall and time.

    References
    ----------
    Malkov, Yashunin 2018, Efficient and robust approximate nearest neighbor search using
    hierarchical navigable small world graphs. The implementation is that of usearch.
    """

    def __init__(
        self, stored: npt.NDArray[np.uint8], *, connectivity: int = 32, expansion: int = 256
    ) -> None:
        from usearch.index import Index

        self.n_stored, self.n_features = stored.shape
        self._index: Any = Index(
            ndim=self.n_features,
            metric="cos",
            dtype="f16",
            connectivity=connectivity,
            expansion_add=expansion,
            expansion_search=expansion,
        )
        for start in range(0, self.n_stored, _VECTORS_PER_BATCH):
            batch = _to_unit_length(stored[start : start + _VECTORS_PER_BATCH])
            self._index.add(np.arange(start, start + len(batch)), batch)

    def search(
        self, queries: npt.NDArray[np.uint8], k: int = 1
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Find `k` near neighbors of each query.

        Parameters
        ----------
        queries : ndarray of uint8, shape (n_queries, n_features)
        k : int, default=1
            At most the number of stored vectors.

        Returns
        -------
        similarities : ndarray of float64, shape (n_queries, k)
            Cosines in descending order, exact to about three digits.
        indices : ndarray of int64, shape (n_queries, k)

        Raises
        ------
        ValueError
            If `k` is out of range.
        """
        if not 1 <= k <= self.n_stored:
            raise ValueError(f"k={k} must be between 1 and the {self.n_stored} stored vectors")
        matches = [self._index.search(query, k) for query in _to_unit_length(queries)]
        similarities = np.array([1 - np.asarray(m.distances, np.float64) for m in matches])
        indices = np.array([m.keys for m in matches]).astype(np.int64)
        return similarities.reshape(-1, k), indices.reshape(-1, k)


def recall(retrieved: npt.NDArray[np.int64], exact: npt.NDArray[np.int64]) -> float:
    """Return the share of the exact neighbors that were retrieved, in [0, 1].

    Parameters
    ----------
    retrieved, exact : ndarray of int64, shape (n_queries, k)

    Examples
    --------
    >>> import numpy as np
    >>> recall(np.array([[1, 2]]), np.array([[2, 3]]))
    0.5
    """
    hits = [len(set(f) & set(e)) for f, e in zip(retrieved.tolist(), exact.tolist(), strict=True)]
    return sum(hits) / max(exact.size, 1)


def _to_unit_length(vectors: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    floats = vectors.astype(np.float32)
    lengths = np.linalg.norm(floats, axis=1, keepdims=True)
    return np.asarray(floats / np.where(lengths > 0, lengths, 1), np.float32)
