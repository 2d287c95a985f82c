"""Compiled loops (numba): keeping the best of many scores, and city-block distances.

Each runs in the thread that calls it, without Python's lock.
"""

from typing import Any

import numpy as np

from numerals.search.compiled import compiled

_CHUNK = 64  # scores that are looked over at once, before any is compared with the worst kept


@compiled(nogil=True)
def _count(
    products: Any, lift: Any, scale: Any, shift: Any, bar: Any
) -> Any:  # pragma: no cover - compiled
    """Count the scores that reach a bar; all in 32 bits, so that processors do many at a time."""
    n = np.int32(0)
    for t in range(products.shape[0]):
        n += np.int32(np.float32(products[t] + lift) * scale[t] + shift[t] >= bar)
    return n


@compiled(nogil=True)
def _insert(
    scores: Any, indices: Any, score: Any, index: Any
) -> None:  # pragma: no cover - compiled
    """Put a score in its place among the best, behind those that equal it."""
    place = scores.shape[0] - 1
    while place > 0 and scores[place - 1] < score:
        scores[place] = scores[place - 1]
        indices[place] = indices[place - 1]
        place -= 1
    scores[place] = score
    indices[place] = index


@compiled(nogil=True)
def keep_best(
    products: Any, offset: Any, scale: Any, shift: Any, start: int, scores: Any, indices: Any
) -> None:  # pragma: no cover - compiled
    """Merge a block into the best that were found so far, in place.

    Parameters
    ----------
    products : ndarray of int32 or float64, shape (n_queries, n_stored)
    offset : ndarray of the same dtype, shape (n_queries,)
    scale, shift : ndarray of float64, shape (n_stored,)
        A stored vector's score is ``(product + offset) * scale + shift``; more is better.
    start : int
        Index of the block's first stored vector. Blocks come in order, so that of equal scores the
        lowest index stays.
    scores : ndarray of float64, shape (n_queries, k)
        Best first; -inf where nothing was found yet.
    indices : ndarray of int64, shape (n_queries, k)
    """
    n_queries, n_stored = products.shape
    k = scores.shape[1]
    # A rough look in single precision, many at a time, tells which chunks need an exact one.
    rough_scale, rough_shift = scale.astype(np.float32), shift.astype(np.float32)
    largest_shift = np.abs(shift).max()
    for q in range(n_queries):
        worst, lift = scores[q, k - 1], offset[q]
        bar = np.float32(worst - 1e-6 * (abs(worst) + 4 * largest_shift))
        for begin in range(0, n_stored, _CHUNK):
            end = min(begin + _CHUNK, n_stored)
            chunk = slice(begin, end)
            if not _count(products[q, chunk], lift, rough_scale[chunk], rough_shift[chunk], bar):
                continue
            for t in range(begin, end):
                score = (products[q, t] + lift) * scale[t] + shift[t]
                if score > worst:
                    _insert(scores[q], indices[q], score, start + t)
                    worst = scores[q, k - 1]
                    bar = np.float32(worst - 1e-6 * (abs(worst) + 4 * largest_shift))


@compiled(nogil=True)
def _count_near(products: Any, squares: Any, bar: Any) -> Any:  # pragma: no cover - compiled
    """Count the codes no farther than a bar; in 32 bits, so that processors do many at a time."""
    n = np.int32(0)
    for t in range(products.shape[0]):
        n += np.int32(squares[t] - np.int32(2) * products[t] <= bar)
    return n


@compiled(nogil=True)
def _product(a: Any, b: Any) -> Any:  # pragma: no cover - compiled
    """Return the exact product of two vectors of uint8."""
    total = np.int32(0)
    for i in range(a.shape[0]):
        total += np.int32(a[i]) * np.int32(b[i])
    return total


@compiled(nogil=True)
def _bar(
    worst: Any, near: Any, far: Any, reach: Any, step: Any, lift: Any
) -> Any:  # pragma: no cover - compiled
    """Return how far a code may be for its image to have a score of at least `worst`."""
    if worst == -np.inf:
        return np.int32(2**31 - 1)
    distance = np.sqrt(max(near - far * worst, 0.0) + 1e-9 * near) / step + reach
    return np.int32(min(distance * distance + 1 - lift, 2.0**31 - 1))


@compiled(nogil=True)
def refine(
    products: Any,
    squares: Any,
    lift: Any,
    bound: Any,
    exact: Any,
    start: int,
    bars: Any,
    scores: Any,
    indices: Any,
) -> None:  # pragma: no cover - compiled
    """Merge a block into the best that were found so far, in place; skip what its codes rule out.

    Parameters
    ----------
    products : ndarray of int32, shape (n_queries, n_stored)
        Of the codes.
    squares : ndarray of int32, shape (n_stored,)
        The squared length of each stored code.
    lift : ndarray of int32, shape (n_queries,)
        A squared distance of codes is ``square - 2 * product + lift``.
    bound : tuple of near, far, reach : ndarray of float64, shape (n_queries,), and step : float
        A squared distance of vectors is ``near - far * score``, a distance at least
        ``step * (distance of codes - reach)``.
    exact : tuple of queries, stored : ndarray of uint8, and scale, shift : ndarray of float64
        A stored vector's score is ``(query . stored) * scale + shift``.
    start : int
        Index of the block's first stored vector. Blocks come in order, so that of equal scores the
        lowest index stays.
    bars : ndarray of float64, shape (n_queries,)
        A score that the worst of the best will reach; found in the first block.
    scores : ndarray of float64, shape (n_queries, k)
        Best first; -inf where nothing was found yet.
    indices : ndarray of int64, shape (n_queries, k)
    """
    near, far, reach, step = bound
    queries, stored, scale, shift = exact
    n_queries, n_stored = products.shape
    k = scores.shape[1]
    for q in range(n_queries):
        query = queries[q]
        if start == 0 and n_stored // _CHUNK >= k:
            # The nearest code of each chunk leads to a good image: most others need no look.
            leads = np.empty(n_stored // _CHUNK)
            for chunk in range(leads.shape[0]):
                begin = chunk * _CHUNK
                best = begin
                for t in range(begin, begin + _CHUNK):
                    if squares[t] - 2 * products[q, t] < squares[best] - 2 * products[q, best]:
                        best = t
                leads[chunk] = _product(query, stored[best]) * scale[best] + shift[best]
            bars[q] = np.sort(leads)[leads.shape[0] - k]
        worst = max(scores[q, k - 1], bars[q])
        bar = _bar(worst, near[q], far[q], reach[q], step, lift[q])
        for begin in range(0, n_stored, _CHUNK):
            end = min(begin + _CHUNK, n_stored)
            if not _count_near(products[q, begin:end], squares[begin:end], bar):
                continue
            for t in range(begin, end):
                if squares[t] - 2 * products[q, t] > bar:
                    continue
                score = _product(query, stored[t]) * scale[t] + shift[t]
                if score > scores[q, k - 1]:
                    _insert(scores[q], indices[q], score, start + t)
                    worst = max(scores[q, k - 1], bars[q])
                    bar = _bar(worst, near[q], far[q], reach[q], step, lift[q])


@compiled(nogil=True)
def manhattan_pixels(queries: Any, stored: Any) -> Any:  # pragma: no cover - compiled
    """Return city-block distances of uint8 vectors, int32, shape (n_queries, n_stored)."""
    distances = np.empty((len(queries), len(stored)), np.int32)
    for q in range(len(queries)):
        query = queries[q]
        for t in range(len(stored)):
            total = np.int32(0)
            for i in range(query.shape[0]):
                total += abs(np.int32(query[i]) - np.int32(stored[t, i]))
            distances[q, t] = total
    return distances
