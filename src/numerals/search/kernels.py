"""Compiled loops (numba): merging scores into the best ones, and Manhattan distances.

Each runs in the thread that calls it and releases the GIL.
"""

from typing import Any

import numpy as np

from numerals.search.compiled import compiled

_CHUNK = 64  # stored vectors that are skipped together if none of them can be among the best


@compiled(nogil=True)
def _count_above(
    products: Any, offset: Any, scale: Any, shift: Any, threshold: Any
) -> Any:  # pragma: no cover - compiled
    """Count the scores that reach a threshold, in 32 bits, so that the loop is vectorized."""
    n = np.int32(0)
    for t in range(products.shape[0]):
        n += np.int32(np.float32(products[t] + offset) * scale[t] + shift[t] >= threshold)
    return n


@compiled(nogil=True)
def _insert(
    scores: Any, indices: Any, score: Any, index: Any
) -> None:  # pragma: no cover - compiled
    """Insert a score into a descending array, behind equal scores; the last score is dropped."""
    position = scores.shape[0] - 1
    while position > 0 and scores[position - 1] < score:
        scores[position] = scores[position - 1]
        indices[position] = indices[position - 1]
        position -= 1
    scores[position] = score
    indices[position] = index


@compiled(nogil=True)
def merge_best(
    products: Any, offset: Any, scale: Any, shift: Any, start: int, scores: Any, indices: Any
) -> None:  # pragma: no cover - compiled
    """Merge the scores of a block into the best scores, in place.

    Parameters
    ----------
    products : ndarray of int32 or float64, shape (n_queries, n_stored)
    offset : ndarray of the same dtype, shape (n_queries,)
    scale, shift : ndarray of float64, shape (n_stored,)
        The score of a stored vector is ``(product + offset) * scale + shift``; a higher score is
        nearer.
    start : int
        Index of the first stored vector of the block. Blocks must come in ascending order; then
        ties are in ascending order of their indices.
    scores : ndarray of float64, shape (n_queries, k)
        In descending order; -inf for a missing score.
    indices : ndarray of int64, shape (n_queries, k)
    """
    n_queries, n_stored = products.shape
    k = scores.shape[1]
    # A vectorized pass in single precision selects the chunks that need an exact pass.
    scale_32, shift_32 = scale.astype(np.float32), shift.astype(np.float32)
    max_shift = np.abs(shift).max()
    for q in range(n_queries):
        worst, added = scores[q, k - 1], offset[q]
        threshold = np.float32(worst - 1e-6 * (abs(worst) + 4 * max_shift))
        for begin in range(0, n_stored, _CHUNK):
            end = min(begin + _CHUNK, n_stored)
            chunk = slice(begin, end)
            if not _count_above(
                products[q, chunk], added, scale_32[chunk], shift_32[chunk], threshold
            ):
                continue
            for t in range(begin, end):
                score = (products[q, t] + added) * scale[t] + shift[t]
                if score > worst:
                    _insert(scores[q], indices[q], score, start + t)
                    worst = scores[q, k - 1]
                    threshold = np.float32(worst - 1e-6 * (abs(worst) + 4 * max_shift))


@compiled(nogil=True)
def _count_near(
    products: Any, squares: Any, max_distance: Any
) -> Any:  # pragma: no cover - compiled
    """Count the codes within a distance, in 32 bits, so that the loop is vectorized."""
    n = np.int32(0)
    for t in range(products.shape[0]):
        n += np.int32(squares[t] - np.int32(2) * products[t] <= max_distance)
    return n


@compiled(nogil=True)
def _product(a: Any, b: Any) -> Any:  # pragma: no cover - compiled
    """Return the exact dot product of two vectors of uint8."""
    total = np.int32(0)
    for i in range(a.shape[0]):
        total += np.int32(a[i]) * np.int32(b[i])
    return total


@compiled(nogil=True)
def _max_code_distance(
    worst: Any, base: Any, slope: Any, slack: Any, step: Any, offset: Any
) -> Any:  # pragma: no cover - compiled
    """Return the maximum of ``square - 2 * product`` of codes for a score of at least `worst`."""
    if worst == -np.inf:
        return np.int32(2**31 - 1)
    distance = np.sqrt(max(base - slope * worst, 0.0) + 1e-9 * base) / step + slack
    return np.int32(min(distance * distance + 1 - offset, 2.0**31 - 1))


@compiled(nogil=True)
def merge_refined(
    products: Any,
    squares: Any,
    offset: Any,
    bound: Any,
    exact: Any,
    start: int,
    thresholds: Any,
    scores: Any,
    indices: Any,
) -> None:  # pragma: no cover - compiled
    """Merge the scores of a block into the best scores, in place; skip what the codes rule out.

    Parameters
    ----------
    products : ndarray of int32, shape (n_queries, n_stored)
        Products of the codes.
    squares : ndarray of int32, shape (n_stored,)
        Squared norm of each stored code.
    offset : ndarray of int32, shape (n_queries,)
        The squared distance of two codes is ``square - 2 * product + offset``.
    bound : tuple of base, slope, slack : ndarray of float64, shape (n_queries,), and step : float
        The squared distance of two vectors is ``base - slope * score``; their distance is at least
        ``step * (distance of codes - slack)``.
    exact : tuple of queries, stored : ndarray of uint8, and scale, shift : ndarray of float64
        The score of a stored vector is ``(query . stored) * scale + shift``.
    start : int
        Index of the first stored vector of the block. Blocks must come in ascending order; then
        ties are in ascending order of their indices.
    thresholds : ndarray of float64, shape (n_queries,)
        Lower bound of the k-th best score, -inf before the first block, which sets it.
    scores : ndarray of float64, shape (n_queries, k)
        In descending order; -inf for a missing score.
    indices : ndarray of int64, shape (n_queries, k)
    """
    base, slope, slack, step = bound
    queries, stored, scale, shift = exact
    n_queries, n_stored = products.shape
    k = scores.shape[1]
    for q in range(n_queries):
        query = queries[q]
        if start == 0 and n_stored // _CHUNK >= k:
            # The exact score of the nearest code of each chunk gives a threshold that rules out
            # most other images.
            samples = np.empty(n_stored // _CHUNK)
            for chunk in range(samples.shape[0]):
                begin = chunk * _CHUNK
                best = begin
                for t in range(begin, begin + _CHUNK):
                    if squares[t] - 2 * products[q, t] < squares[best] - 2 * products[q, best]:
                        best = t
                samples[chunk] = _product(query, stored[best]) * scale[best] + shift[best]
            thresholds[q] = np.sort(samples)[samples.shape[0] - k]
        worst = max(scores[q, k - 1], thresholds[q])
        limit = _max_code_distance(worst, base[q], slope[q], slack[q], step, offset[q])
        for begin in range(0, n_stored, _CHUNK):
            end = min(begin + _CHUNK, n_stored)
            if not _count_near(products[q, begin:end], squares[begin:end], limit):
                continue
            for t in range(begin, end):
                if squares[t] - 2 * products[q, t] > limit:
                    continue
                score = _product(query, stored[t]) * scale[t] + shift[t]
                if score > scores[q, k - 1]:
                    _insert(scores[q], indices[q], score, start + t)
                    worst = max(scores[q, k - 1], thresholds[q])
                    limit = _max_code_distance(worst, base[q], slope[q], slack[q], step, offset[q])


@compiled(nogil=True)
def manhattan_pixels(queries: Any, stored: Any) -> Any:  # pragma: no cover - compiled
    """Return Manhattan distances of uint8 vectors, int32, shape (n_queries, n_stored)."""
    distances = np.empty((len(queries), len(stored)), np.int32)
    for q in range(len(queries)):
        query = queries[q]
        for t in range(len(stored)):
            total = np.int32(0)
            for i in range(query.shape[0]):
                total += abs(np.int32(query[i]) - np.int32(stored[t, i]))
            distances[q, t] = total
    return distances
