"""Compiled loops (numba) of the tangent distance."""

from typing import Any

import numpy as np

from numerals.classifiers.flat_image_kernels import insert, lay_out, make_frame
from numerals.search.compiled import compiled

_TANGENTS = 7


@compiled(nogil=True, error_model="numpy")
def search_tangent(
    queries: Any,
    candidates: Any,
    images: Any,
    taps: Any,
    penalty: Any,
    distances: Any,
    indices: Any,
) -> None:  # pragma: no cover - compiled
    """Find the candidates of the least two-sided tangent distance to each query, in place.

    Parameters
    ----------
    queries : ndarray of float32, shape (n_queries, height, width)
    candidates : ndarray of int64, shape (n_queries, n_candidates)
        Indices into `images`.
    images : ndarray of uint8 or float32, shape (n_images, height, width)
    taps : ndarray of float32, shape (2 * radius + 1,)
        What pictures are smoothed with, along rows and columns.
    penalty : float
        Weight of the tangents' own lengths, relative to what they are to explain.
    distances : ndarray of float64, shape (n_queries, k)
        Receives the least distances, least first.
    indices : ndarray of int64, shape (n_queries, k)
        Receives whose they are; of equal ones the earlier candidate comes first.
    """
    # Smoothing spreads ink by the radius, and slopes look one pixel further.
    frame = make_frame(queries.shape[1], queries.shape[2], len(taps) // 2 + 1)
    places = _make_places(frame)
    n = places.shape[1]
    rows = np.zeros((3, frame.length), np.float32)
    query = np.empty((1 + _TANGENTS, n), np.float32)
    image = np.empty((1 + _TANGENTS, n), np.float32)
    products = np.empty((3, 1 + _TANGENTS, 1 + _TANGENTS), np.float32)
    for q in range(len(queries)):
        _with_tangents(queries[q], frame, places, taps, rows, query)
        _multiply(query, query, products[0])
        distances[q] = np.inf
        indices[q] = -1
        for candidate in candidates[q]:
            _with_tangents(images[candidate], frame, places, taps, rows, image)
            _multiply(query, image, products[1])
            _multiply(image, image, products[2])
            insert(_distance(products, penalty), candidate, distances[q], indices[q])


@compiled(nogil=True)
def _make_places(frame: Any) -> Any:  # pragma: no cover - compiled
    """Return each number's x and y from the middle, and 1; or three 0 outside the frame."""
    places = np.zeros((3, frame.height * frame.stride), np.float32)
    for i in range(frame.height):
        for j in range(frame.width):
            place = i * frame.stride + j
            places[0, place] = j - (frame.width - 1) / 2
            places[1, place] = i - (frame.height - 1) / 2
            places[2, place] = 1
    return places


@compiled(nogil=True, error_model="numpy")
def _with_tangents(
    image: Any, frame: Any, places: Any, taps: Any, rows: Any, vectors: Any
) -> None:  # pragma: no cover - compiled
    """Write a smoothed picture and what it changes by under seven small transformations."""
    lay_out(image, frame, rows[0])
    _convolve(rows[0], taps, 1, frame, rows[1])
    _convolve(rows[1], taps, frame.stride, frame, rows[2])
    n = places.shape[1]
    smooth = rows[2, frame.start :]
    left, right = rows[2, frame.start - 1 :], rows[2, frame.start + 1 :]
    above = rows[2, frame.start - frame.stride :]
    below = rows[2, frame.start + frame.stride :]
    x, y, inside = places[0], places[1], places[2]
    half = np.float32(0.5)
    for k in range(n):
        across = half * (right[k] - left[k]) * inside[k]
        down = half * (below[k] - above[k]) * inside[k]
        vectors[0, k] = smooth[k] * inside[k]
        vectors[1, k] = across
        vectors[2, k] = down
        vectors[3, k] = x[k] * across + y[k] * down  # scaling
        vectors[4, k] = y[k] * across - x[k] * down  # rotation
        vectors[5, k] = x[k] * across - y[k] * down  # hyperbolic, along the axes
        vectors[6, k] = y[k] * across + x[k] * down  # hyperbolic, along the diagonals
        vectors[7, k] = across * across + down * down  # thickness


@compiled(nogil=True, error_model="numpy")
def _convolve(
    row: Any, taps: Any, step: Any, frame: Any, smooth: Any
) -> None:  # pragma: no cover - compiled
    """Write the sum of a flat row's neighbours, `step` apart, each times its tap."""
    radius = len(taps) // 2
    first = radius * step
    n = frame.length - 2 * first
    out = smooth[first : first + n]
    out[:] = 0
    for t in range(len(taps)):
        tap, part = taps[t], row[t * step :]
        for k in range(n):
            out[k] += tap * part[k]


@compiled(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def _multiply(a: Any, b: Any, products: Any) -> None:  # pragma: no cover - compiled
    """Write the dot products of the vectors of one with those of the other, four at a time."""
    n = a.shape[1]
    for i in range(len(a)):
        row = a[i]
        for j in range(0, len(b), 4):
            b0, b1, b2, b3 = b[j], b[j + 1], b[j + 2], b[j + 3]
            s0 = s1 = s2 = s3 = np.float32(0)
            for k in range(n):
                s0 += row[k] * b0[k]
                s1 += row[k] * b1[k]
                s2 += row[k] * b2[k]
                s3 += row[k] * b3[k]
            products[i, j], products[i, j + 1] = s0, s1
            products[i, j + 2], products[i, j + 3] = s2, s3


@compiled(nogil=True, error_model="numpy")
def _distance(products: Any, penalty: Any) -> Any:  # pragma: no cover - compiled
    """Return what no combination of the tangents explains of the difference, squared.

    `products` are those of query and query, query and image, image and image.
    """
    both = 2 * _TANGENTS
    system, right = np.empty((both, both)), np.empty(both)
    own, mixed, other = products[0], products[1], products[2]
    for i in range(_TANGENTS):
        right[i] = own[i + 1, 0] - mixed[i + 1, 0]
        right[_TANGENTS + i] = mixed[0, i + 1] - other[i + 1, 0]
        for j in range(_TANGENTS):
            system[i, j] = own[i + 1, j + 1]
            system[_TANGENTS + i, j] = mixed[j + 1, i + 1]
            system[_TANGENTS + i, _TANGENTS + j] = other[i + 1, j + 1]
    for i in range(both):
        system[i, i] *= 1 + penalty
    difference = float(own[0, 0]) - 2 * float(mixed[0, 0]) + float(other[0, 0])
    return max(difference - _explained(system, right), 0.0)


@compiled(nogil=True, error_model="numpy")
def _explained(system: Any, right: Any) -> Any:  # pragma: no cover - compiled
    """Return ``right . system^-1 right`` by Cholesky's decomposition, in place."""
    total = 0.0
    for i in range(len(right)):
        for j in range(i):
            rest = system[i, j]
            for k in range(j):
                rest -= system[i, k] * system[j, k]
            system[i, j] = rest / system[j, j]
            right[i] -= system[i, j] * right[j]
        rest = system[i, i]
        for k in range(i):
            rest -= system[i, k] ** 2
        # A tangent that the others make up, or that is zero, explains nothing more.
        is_new = rest > 1e-9 * system[i, i]
        system[i, i] = np.sqrt(rest) if is_new else np.inf
        right[i] /= system[i, i]
        total += right[i] ** 2
    return total
