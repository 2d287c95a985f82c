"""Compiled functions (numba) of the image distortion models IDM and P2DHMDM."""

from typing import Any, NamedTuple

import numpy as np

from numerals.classifiers.flat_image_kernels import insert, lay_out, make_frame
from numerals.search.compiled import compiled

_BAND_ROWS = 4  # rows of pixels per band; after each the sum is compared with the k-th distance


class _Scratch(NamedTuple):
    """Buffers of one thread for a band of `_BAND_ROWS` rows, which has n numbers."""

    inside: Any  # 1 for pixels of the frame, 0 for its margins
    squares: Any  # n, and a row above and below
    sums: Any  # n, and a row above and below
    best: Any  # n
    costs: Any  # (rows, displacements in x, displacements in y and one on each side, stride)
    paths: Any  # the same for one row, flat
    ends: Any  # (displacements in x, stride)


@compiled(nogil=True, error_model="numpy")
def search_distorted(
    queries: Any,
    candidates: Any,
    images: Any,
    warp_range: Any,
    pseudo_2d: Any,
    distances: Any,
    indices: Any,
) -> None:  # pragma: no cover - compiled
    """Find the candidates with the smallest distortion distances to each query, in place.

    Parameters
    ----------
    queries : ndarray of float32, shape (n_queries, height, width)
    candidates : ndarray of int64, shape (n_queries, n_candidates)
        Indices into `images`, near ones first: far ones are then abandoned early.
    images : ndarray of uint8 or float32, shape (n_images, height, width)
    warp_range : int, pixels
    pseudo_2d : bool
        Whether displacements are constrained as in the P2DHMDM, or independent as in the IDM.
    distances : ndarray of float64, shape (n_queries, k)
        Output: the smallest distances, ascending.
    indices : ndarray of int64, shape (n_queries, k)
        Output: their indices into `images`; at equal distances in the order of candidates.
    """
    reach = warp_range + 1 if pseudo_2d else warp_range
    frame = make_frame(queries.shape[1], queries.shape[2], reach + 1)  # 1 for the context
    picture = np.zeros(frame.length, np.float32)
    query = np.zeros((2, frame.length), np.float32)
    image = np.zeros((2, frame.length), np.float32)
    scratch = _make_scratch(frame, 2 * warp_range + 1)
    for q in range(len(queries)):
        lay_out(queries[q], frame, picture)
        _sobel(picture, frame, scratch.inside, query)
        distances[q] = np.inf
        indices[q] = -1
        for candidate in candidates[q]:
            lay_out(images[candidate], frame, picture)
            _sobel(picture, frame, scratch.inside, image)
            limit = np.float32(distances[q, -1])
            if pseudo_2d:
                distance = _p2dhmdm(query, image, frame, warp_range, limit, scratch)
            else:
                distance = _idm(query, image, frame, warp_range, limit, scratch)
            insert(distance, candidate, distances[q], indices[q])


@compiled(nogil=True)
def _make_scratch(frame: Any, side: Any) -> _Scratch:  # pragma: no cover - compiled
    inside = np.zeros((frame.height, frame.stride), np.float32)
    inside[:, : frame.width] = 1
    n_padded = (_BAND_ROWS + 2) * frame.stride
    # Displacements in y beyond the range have an infinite cost.
    costs = np.full((_BAND_ROWS, side + 2, side + 2, frame.stride), np.inf, np.float32)
    return _Scratch(
        inside.reshape(-1),
        np.empty(n_padded + 2, np.float32),
        np.empty(n_padded, np.float32),
        np.empty(_BAND_ROWS * frame.stride, np.float32),
        costs,
        np.zeros((2, side * (side + 2) * frame.stride), np.float32),
        np.empty((side, frame.stride), np.float32),
    )


@compiled(nogil=True, error_model="numpy")
def _sobel(
    picture: Any, frame: Any, inside: Any, gradient: Any
) -> None:  # pragma: no cover - compiled
    """Write the gradients in x and y of the pixels in the frame; those of the margin stay 0."""
    start, stride, two = frame.start, frame.stride, np.float32(2)
    a, b, c = (
        picture[start - stride - 1 :],
        picture[start - stride :],
        picture[start - stride + 1 :],
    )
    d, f = picture[start - 1 :], picture[start + 1 :]
    g, h, i = (
        picture[start + stride - 1 :],
        picture[start + stride :],
        picture[start + stride + 1 :],
    )
    across, down = gradient[0, start:], gradient[1, start:]
    for k in range(len(inside)):  # of  a b c / d e f / g h i
        across[k] = (c[k] + two * f[k] + i[k] - a[k] - two * d[k] - g[k]) * inside[k]
        down[k] = (g[k] + two * h[k] + i[k] - a[k] - two * b[k] - c[k]) * inside[k]


@compiled(nogil=True, error_model="numpy")
def _compare(
    query: Any, image: Any, start: Any, shift: Any, stride: Any, n: Any, scratch: Any
) -> None:  # pragma: no cover - compiled
    """Sum squared differences of gradients over three columns, with the image displaced.

    Writes the sums from the row above the band to the row below it. The cost of a pixel is the
    sum of three rows.
    """
    squares, sums = scratch.squares, scratch.sums
    first, m = start - stride - 1, n + 2 * stride
    q0, q1 = query[0, first : first + m + 2], query[1, first : first + m + 2]
    t0 = image[0, first + shift : first + shift + m + 2]
    t1 = image[1, first + shift : first + shift + m + 2]
    for k in range(m + 2):
        across, down = q0[k] - t0[k], q1[k] - t1[k]
        squares[k] = across * across + down * down
    middle, right = squares[1:], squares[2:]
    for k in range(m):
        sums[k] = squares[k] + middle[k] + right[k]


@compiled(nogil=True, error_model="numpy")
def _idm(
    query: Any, image: Any, frame: Any, warp_range: Any, limit: Any, scratch: Any
) -> Any:  # pragma: no cover - compiled
    """Return the IDM distance, or infinity once the partial sum reaches `limit`."""
    n_bands = (frame.height + _BAND_ROWS - 1) // _BAND_ROWS
    total = np.float32(0)
    for turn in range(n_bands):
        # From the center, where most ink is, outwards: bands 2, 3, 1, 4, 0 of five.
        step = (turn + 1) // 2
        first = ((n_bands - 1) // 2 + (step if turn % 2 else -step)) * _BAND_ROWS
        n_rows = min(_BAND_ROWS, frame.height - first)
        best = scratch.best[: n_rows * frame.stride]
        _write_min_costs(query, image, frame, first, warp_range, scratch, best)
        for i in range(1, n_rows):
            row = best[i * frame.stride :]
            for j in range(frame.width):
                best[j] += row[j]
        total += best[: frame.width].sum()
        if total >= limit:
            return np.float32(np.inf)
    return total


@compiled(nogil=True, error_model="numpy")
def _write_min_costs(
    query: Any, image: Any, frame: Any, first: Any, warp_range: Any, scratch: Any, best: Any
) -> None:  # pragma: no cover - compiled
    """Write the minimum cost of each pixel of a band over all displacements."""
    n = len(best)
    above, beside = scratch.sums[:n], scratch.sums[frame.stride :]
    below = scratch.sums[2 * frame.stride :]
    best[:] = np.inf
    start = frame.start + first * frame.stride
    for down in range(-warp_range, warp_range + 1):
        for across in range(-warp_range, warp_range + 1):
            shift = down * frame.stride + across
            _compare(query, image, start, shift, frame.stride, n, scratch)
            for k in range(n):
                best[k] = min(best[k], above[k] + beside[k] + below[k])


@compiled(nogil=True, error_model="numpy")
def _p2dhmdm(
    query: Any, image: Any, frame: Any, warp_range: Any, limit: Any, scratch: Any
) -> Any:  # pragma: no cover - compiled
    """Return the P2DHMDM distance, or infinity once a lower bound reaches `limit`."""
    paths, longer = scratch.paths[0], scratch.paths[1]
    paths[:] = 0
    for first in range(0, frame.height, _BAND_ROWS):
        n_rows = min(_BAND_ROWS, frame.height - first)
        _write_all_costs(query, image, frame, first, n_rows, warp_range, scratch)
        for i in range(n_rows):
            _extend_paths(paths, scratch.costs[i], longer)
            paths, longer = longer, paths
        _write_column_minima(paths, scratch.ends)
        # The sum so far is a lower bound. The factor allows for another order of rounding.
        if _sum_column_minima(scratch.ends, frame.width) * np.float32(0.9999) >= limit:
            return np.float32(np.inf)
    return _sum_columns(scratch.ends, frame.width)


@compiled(nogil=True, error_model="numpy")
def _write_all_costs(
    query: Any, image: Any, frame: Any, first: Any, n_rows: Any, warp_range: Any, scratch: Any
) -> None:  # pragma: no cover - compiled
    """Write the cost of each pixel of a band for every displacement."""
    stride, n = frame.stride, n_rows * frame.stride
    sums = scratch.sums.reshape(-1, stride)
    start = frame.start + first * stride
    for x in range(2 * warp_range + 3):
        for y in range(2 * warp_range + 1):
            shift = (y - warp_range) * stride + x - 1 - warp_range
            _compare(query, image, start, shift, stride, n, scratch)
            for i in range(n_rows):
                cost = scratch.costs[i, x, y + 1]
                above, beside, below = sums[i], sums[i + 1], sums[i + 2]
                for j in range(stride):
                    cost[j] = above[j] + beside[j] + below[j]


@compiled(nogil=True, error_model="numpy")
def _extend_paths(paths: Any, costs: Any, longer: Any) -> None:  # pragma: no cover - compiled
    """Extend the paths of all columns by a row of pixels (dynamic programming).

    `paths` holds the minimum cost of each column j up to a row, by the column's displacement in x
    and its last pixel's displacement in y, at ``(x * len(y) + y) * stride + j``. A pixel deviates
    by at most 1 from its column in x, and from the last pixel's displacement in y.
    """
    n, stride = len(paths), costs.shape[2]
    flat = costs.reshape(-1)
    here, next_one, last = flat[:n], flat[costs[0].size :], flat[2 * costs[0].size :]
    less, more = paths[: n - 2 * stride], paths[2 * stride :]
    same, out = paths[stride:], longer[stride:]
    # The first and the last displacement in y of each x stay infinite, whatever is read for them.
    for k in range(n - 2 * stride):
        out[k] = min(same[k], min(less[k], more[k]))
    for k in range(n):
        longer[k] += min(here[k], min(next_one[k], last[k]))


@compiled(nogil=True, error_model="numpy")
def _write_column_minima(paths: Any, ends: Any) -> None:  # pragma: no cover - compiled
    """Write the minimum cost of each column, by its displacement in x."""
    rows = paths.reshape(len(ends), -1, ends.shape[1])
    ends[:] = np.inf
    for x in range(len(ends)):
        end = ends[x]
        for y in range(1, rows.shape[1] - 1):
            path = rows[x, y]
            for j in range(len(end)):
                end[j] = min(end[j], path[j])


@compiled(nogil=True, error_model="numpy")
def _sum_column_minima(ends: Any, width: Any) -> Any:  # pragma: no cover - compiled
    """Return the sum of the columns' minimum costs over independent displacements."""
    total = np.float32(0)
    for j in range(width):
        total += ends[:, j].min()
    return total


@compiled(nogil=True, error_model="numpy")
def _sum_columns(ends: Any, width: Any) -> Any:  # pragma: no cover - compiled
    """Return the minimum sum of columns; neighboring displacements differ by at most 1.

    Overwrites `ends`.
    """
    side = len(ends)
    for j in range(1, width):
        for x in range(side):
            ends[x, j] += ends[max(x - 1, 0) : min(x + 2, side), j - 1].min()
    return ends[:, width - 1].min()
