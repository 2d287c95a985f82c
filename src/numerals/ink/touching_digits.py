"""Where touching digits may be cut: along the paths from top to bottom that cross least ink."""

import numpy as np
import numpy.typing as npt

from numerals.ink.connected_components import Component, crop_component

_MARGIN = 0.2  # of the digits' height: nothing narrower than this is cut off
_SPACING = 0.08  # of the digits' height, between two paths tried
_REACH = 0.2  # of the digits' height: how far a path may stray to either side


def cut_touching_digits(component: Component, height: float, *, most: int = 20) -> list[Component]:
    """Cut a part that is too wide for one digit into slices, each a digit or a piece of one.

    Parameters
    ----------
    component : Part
        What may be several digits that touch.
    height : float
        How high the line's digits are, pixels.
    most : int, default=20
        The largest number of cuts.

    Returns
    -------
    list of Part
        Left to right; together they hold all the part's ink.
    """
    first, last = _MARGIN * height, component.width - _MARGIN * height
    if last <= first:
        return [component]
    starts = np.arange(first, last + 1, max(1.0, _SPACING * height)).astype(np.int64)
    reach = max(2, round(_REACH * height))
    paths, costs = _cheapest_paths(component.mask, starts, reach)
    chosen = _local_minima(paths.mean(axis=1), costs, 0.1 * height, most)
    return _slices(component, paths[chosen])


def _cheapest_paths(
    mask: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], reach: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Find for each start the path within `reach` of it that crosses the least ink.

    Returns
    -------
    paths : ndarray of int64, shape (n_starts, height)
        The column of each path in each row.
    costs : ndarray of float32, shape (n_starts,)
    """
    height, width = mask.shape
    offsets = np.arange(-reach, reach + 1)
    columns = starts[:, None] + offsets[None, :]  # (n_starts, n_offsets)
    outside = (columns < 1) | (columns >= width)
    columns = columns.clip(0, width - 1)
    ink = (mask > 0).astype(np.float32)
    straying = 0.01 * np.abs(offsets, dtype=np.float32)[None, :]
    extra = np.where(outside, np.inf, straying / 4).astype(np.float32)
    steps = np.zeros((height, *columns.shape), np.int8)
    padded = np.full((columns.shape[0], columns.shape[1] + 2), np.inf, np.float32)
    total = padded[:, 1:-1]  # a view, between two columns that no path can come from
    total[:] = 0
    options = np.empty((3, *columns.shape), np.float32)
    for y in range(height):
        np.add(padded[:, :-2], 0.05, out=options[0])
        options[1] = total
        np.add(padded[:, 2:], 0.05, out=options[2])
        steps[y] = options.argmin(axis=0) - 1
        np.add(options.min(axis=0), ink[y, columns] + extra, out=total)
    at = total.argmin(axis=1)
    costs = total[np.arange(len(starts)), at]
    paths = np.zeros((len(starts), height), np.int64)
    for y in range(height - 1, -1, -1):
        paths[:, y] = columns[np.arange(len(starts)), at]
        at = at + steps[y, np.arange(len(starts)), at]
    return paths, costs


def _local_minima(
    positions: npt.NDArray[np.float64], costs: npt.NDArray[np.float32], spacing: float, most: int
) -> list[int]:
    """Choose the cheapest paths that are at least `spacing` apart, left to right."""
    chosen: list[int] = []
    for i in np.argsort(costs, kind="stable").tolist():
        if len(chosen) == most or not np.isfinite(costs[i]):
            break
        if all(abs(positions[i] - positions[j]) >= spacing for j in chosen):
            chosen.append(i)
    return sorted(chosen, key=lambda i: float(positions[i]))


def _slices(component: Component, paths: npt.NDArray[np.int64]) -> list[Component]:
    columns = np.arange(component.width)[None, :]
    # How many paths lie to the left of each pixel.
    index = (columns[None] >= paths[:, :, None]).sum(axis=0)
    slices = [
        crop_component(component, np.where(index == i, component.mask, 0).astype(np.uint8))
        for i in range(len(paths) + 1)
    ]
    return [piece for piece in slices if piece is not None]
