"""Cut touching digits apart along the vertical paths that cross the least ink."""

import numpy as np
import numpy.typing as npt

from numerals.ink.connected_components import Component, crop_component

MIN_SLICE_WIDTH = 0.2
"""Minimum width of a slice at either end, digit heights."""
PATH_SPACING = 0.08
"""Distance between the starts of two candidate paths, digit heights."""
MAX_PATH_DEVIATION = 0.2
"""Maximum horizontal deviation of a path from its start, digit heights."""


def cut_touching_digits(
    component: Component, height: float, *, max_cuts: int = 20
) -> list[Component]:
    """Cut a component that is too wide for one digit into slices.

    Each slice is a digit or a piece of one.

    Parameters
    ----------
    component : Component
        Possibly several digits that touch.
    height : float
        Height of the line's digits, pixels.
    max_cuts : int, default=20
        Maximum number of cuts.

    Returns
    -------
    list of Component
        Left to right; together they hold all ink of the component.
    """
    first, last = MIN_SLICE_WIDTH * height, component.width - MIN_SLICE_WIDTH * height
    if last <= first:
        return [component]
    starts = np.arange(first, last + 1, max(1.0, PATH_SPACING * height)).astype(np.int64)
    max_deviation = max(2, round(MAX_PATH_DEVIATION * height))
    paths, costs = _cheapest_paths(component.mask, starts, max_deviation)
    chosen = _local_minima(paths.mean(axis=1), costs, 0.1 * height, max_cuts)
    return _slices(component, paths[chosen])


def _cheapest_paths(
    mask: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], max_deviation: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Find for each start the path within `max_deviation` of it that crosses the least ink.

    Returns
    -------
    paths : ndarray of int64, shape (n_starts, height)
        The column of each path in each row.
    costs : ndarray of float32, shape (n_starts,)
    """
    height, width = mask.shape
    offsets = np.arange(-max_deviation, max_deviation + 1)
    columns = starts[:, None] + offsets[None, :]  # (n_starts, n_offsets)
    outside = (columns < 1) | (columns >= width)
    columns = columns.clip(0, width - 1)
    ink = (mask > 0).astype(np.float32)
    deviation_cost = 0.01 * np.abs(offsets, dtype=np.float32)[None, :]
    extra_cost = np.where(outside, np.inf, deviation_cost / 4).astype(np.float32)
    steps = np.zeros((height, *columns.shape), np.int8)
    padded = np.full((columns.shape[0], columns.shape[1] + 2), np.inf, np.float32)
    total = padded[:, 1:-1]  # a view between two columns of infinite cost
    total[:] = 0
    options = np.empty((3, *columns.shape), np.float32)
    for y in range(height):
        np.add(padded[:, :-2], 0.05, out=options[0])
        options[1] = total
        np.add(padded[:, 2:], 0.05, out=options[2])
        steps[y] = options.argmin(axis=0) - 1
        np.add(options.min(axis=0), ink[y, columns] + extra_cost, out=total)
    at = total.argmin(axis=1)
    costs = total[np.arange(len(starts)), at]
    paths = np.zeros((len(starts), height), np.int64)
    for y in range(height - 1, -1, -1):
        paths[:, y] = columns[np.arange(len(starts)), at]
        at = at + steps[y, np.arange(len(starts)), at]
    return paths, costs


def _local_minima(
    positions: npt.NDArray[np.float64],
    costs: npt.NDArray[np.float32],
    spacing: float,
    max_cuts: int,
) -> list[int]:
    """Return the indices of the cheapest paths at least `spacing` apart, left to right."""
    chosen: list[int] = []
    for i in np.argsort(costs, kind="stable").tolist():
        if len(chosen) == max_cuts or not np.isfinite(costs[i]):
            break
        if all(abs(positions[i] - positions[j]) >= spacing for j in chosen):
            chosen.append(i)
    return sorted(chosen, key=lambda i: float(positions[i]))


def _slices(component: Component, paths: npt.NDArray[np.int64]) -> list[Component]:
    columns = np.arange(component.width)[None, :]
    # Number of paths to the left of each pixel.
    index = (columns[None] >= paths[:, :, None]).sum(axis=0)
    slices = [
        crop_component(component, np.where(index == i, component.mask, 0).astype(np.uint8))
        for i in range(len(paths) + 1)
    ]
    return [component_slice for component_slice in slices if component_slice is not None]
