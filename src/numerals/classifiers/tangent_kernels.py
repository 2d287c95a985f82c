"""Compiled functions (numba) of the tangent distance."""

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
    """Find the candidates with the smallest two-sided tangent distances to each query, in place.

    Parameters
    ----------
    queries : ndarray of float32, shape (n_queries, height, width)
    candidates : ndarray of int64, shape (n_queries, n_candidates)
        Indices into `images`.
    images : ndarray of uint8 or float32, shape (n_images, height, width)
    taps : ndarray of float32, shape (2 * radius + 1,)
        Smoothing filter along rows and columns.
    penalty : float
        Cost of a movement along a tangent, relative to its squared length.
    distances : ndarray of float64, shape (n_queries, k)
        Output: the smallest distances, ascending.
    indices : ndarray of int64, shape (n_queries, k)
        Output: their indices into `images`; at equal distances in the order of candidates.
    """
    # Smoothing spreads ink by the radius, and derivatives need one more pixel.
    frame = make_frame(queries.shape[1], queries.shape[2], len(taps) // 2 + 1)
    coordinates = _make_coordinates(frame)
    n = coordinates.shape[1]
    rows = np.zeros((3, frame.length), np.float32)
    query = np.empty((1 + _TANGENTS, n), np.float32)
    image = np.empty((1 + _TANGENTS, n), np.float32)
    products = np.empty((3, 1 + _TANGENTS, 1 + _TANGENTS), np.float32)
    for q in range(len(queries)):
        _write_tangents(queries[q], frame, coordinates, taps, rows, query)
        _multiply(query, query, products[0])
        distances[q] = np.inf
        indices[q] = -1
        for candidate in candidates[q]:
            _write_tangents(images[candidate], frame, coordinates, taps, rows, image)
            _multiply(query, image, products[1])
            _multiply(image, image, products[2])
            insert(_distance(products, penalty), candidate, distances[q], indices[q])


@compiled(nogil=True)
def _make_coordinates(frame: Any) -> Any:  # pragma: no cover - compiled
    """Return x and y from the center, and 1, for each pixel; three 0 for margins."""
    coordinates = np.zeros((3, frame.height * frame.stride), np.float32)
    for i in range(frame.height):
        for j in range(frame.width):
            place = i * frame.stride + j
            coordinates[0, place] = j - (frame.width - 1) / 2
            coordinates[1, place] = i - (frame.height - 1) / 2
            coordinates[2, place] = 1
    return coordinates


@compiled(nogil=True, error_model="numpy")
def _write_tangents(
    image: Any, frame: Any, coordinates: Any, taps: Any, rows: Any, vectors: Any
) -> None:  # pragma: no cover - compiled
    """Write a smoothed image and its derivatives by seven transformations."""
    lay_out(image, frame, rows[0])
    _convolve(rows[0], taps, 1, frame, rows[1])
    _convolve(rows[1], taps, frame.stride, frame, rows[2])
    n = coordinates.shape[1]
    smooth = rows[2, frame.start :]
    left, right = rows[2, frame.start - 1 :], rows[2, frame.start + 1 :]
    above = rows[2, frame.start - frame.stride :]
    below = rows[2, frame.start + frame.stride :]
    x, y, inside = coordinates[0], coordinates[1], coordinates[2]
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
    """Write the convolution of a flat array with a filter whose taps are `step` apart."""
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
    """Write the dot products of the rows of `a` with the rows of `b`, four at a time."""
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
    """Return the squared norm of the difference that the tangents leave unexplained.

    `products` holds the dot products of query and query, query and image, image and image.
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
    """Return ``right . system^-1 right`` by a Cholesky decomposition, in place."""
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
        # A tangent that is zero or linearly dependent on the others explains nothing.
        is_independent = rest > 1e-9 * system[i, i]
        system[i, i] = np.sqrt(rest) if is_independent else np.inf
        right[i] /= system[i, i]
        total += right[i] ** 2
    return total
