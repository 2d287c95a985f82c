"""Approximate nearest neighbours, for more pictures than an exact search can look through."""

from typing import Any

import numpy as np
import numpy.typing as npt

_BATCH = 100_000  # vectors at a time


class ApproximateIndex:
    """Finds most of the vectors whose directions are nearest, without looking at all of them.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
        Kept in half precision inside the index.
    connectivity : int, default=32
        Links of each vector in the graph: more find more, and need more memory.
    expansion : int, default=256
        How many candidates are followed while building and while searching.

    References
    ----------
    Malkov, Yashunin 2018, Efficient and robust approximate nearest neighbor search using
    hierarchical navigable small world graphs. The index is usearch's.
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
        for start in range(0, self.n_stored, _BATCH):
            part = _to_unit_length(stored[start : start + _BATCH])
            self._index.add(np.arange(start, start + len(part)), part)

    def search(
        self, queries: npt.NDArray[np.uint8], k: int = 1
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Find `k` that are probably the nearest to each query.

        Returns
        -------
        similarities : ndarray of float64, shape (n_queries, k)
            Cosines, largest first, to about three digits.
        indices : ndarray of int64, shape (n_queries, k)
        """
        if not 1 <= k <= self.n_stored:
            raise ValueError(f"k={k} must be between 1 and the {self.n_stored} stored vectors")
        found = [self._index.search(query, k) for query in _to_unit_length(queries)]
        similarities = np.array([1 - np.asarray(f.distances, np.float64) for f in found])
        indices = np.array([f.keys for f in found]).astype(np.int64)
        return similarities.reshape(-1, k), indices.reshape(-1, k)


def recall(found: npt.NDArray[np.int64], exact: npt.NDArray[np.int64]) -> float:
    """Return the share of the exact neighbours that were found.

    Parameters
    ----------
    found, exact : ndarray of int64, shape (n_queries, k)

    Examples
    --------
    >>> import numpy as np
    >>> recall(np.array([[1, 2]]), np.array([[2, 3]]))
    0.5
    """
    hits = [len(set(f) & set(e)) for f, e in zip(found.tolist(), exact.tolist(), strict=True)]
    return sum(hits) / max(exact.size, 1)


def _to_unit_length(vectors: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    floats = vectors.astype(np.float32)
    lengths = np.linalg.norm(floats, axis=1, keepdims=True)
    return np.asarray(floats / np.where(lengths > 0, lengths, 1), np.float32)
