"""Compiled loops (numba): keeping the best of many scores, and city-block distances.

Each runs in the thread that calls it, without Python's lock.
"""

from typing import Any

import numba
import numpy as np

_CHUNK = 64  # scores that are looked over at once, before any is compared with the worst kept


@numba.njit(cache=True, nogil=True)
def _count(
    products: Any, lift: Any, scale: Any, shift: Any, bar: Any
) -> Any:  # pragma: no cover - compiled
    """Count the scores that reach a bar; all in 32 bits, so that processors do many at a time."""
    n = np.int32(0)
    for t in range(products.shape[0]):
        n += np.int32(np.float32(products[t] + lift) * scale[t] + shift[t] >= bar)
    return n


@numba.njit(cache=True, nogil=True)
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
                    place = k - 1
                    while place > 0 and scores[q, place - 1] < score:
                        scores[q, place] = scores[q, place - 1]
                        indices[q, place] = indices[q, place - 1]
                        place -= 1
                    scores[q, place] = score
                    indices[q, place] = start + t
                    worst = scores[q, k - 1]
                    bar = np.float32(worst - 1e-6 * (abs(worst) + 4 * largest_shift))


@numba.njit(cache=True, nogil=True)
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
