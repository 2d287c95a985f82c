"""Duplicates and outliers of a data set, from the distances of each image to its neighbors."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from numerals.search.exact import ExactIndex

N_NEIGHBORS = 8
"""Neighbors of each image."""

MAX_DUPLICATE_RATIO = 0.4
"""Maximum distance of near duplicates, relative to the median distance to the next neighbors.
`benchmarks/label_audit.py --near-duplicates` prints the smallest ratio in MNIST's training split,
which is larger, and how many changed copies are found."""

MAX_DUPLICATE_DISTANCE = 0.2
"""Maximum distance of near duplicates: in a small data set, two straight ones can be closer to each
other than to anything else."""

_QUERIES_PER_STEP = 4096  # between two steps of the progress bar

Images = npt.NDArray[np.uint8]
TrackProgress = Callable[[Iterable[Any], int, str], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Neighborhoods:
    """The nearest other images of each image.

    Attributes
    ----------
    distances : ndarray of float64, shape (n_images, k)
        Distances between the images scaled to length 1, in [0, sqrt(2)], ascending.
    indices : ndarray of int64, shape (n_images, k)
    """

    distances: npt.NDArray[np.float64]
    indices: npt.NDArray[np.int64]

    @property
    def mean_distances(self) -> npt.NDArray[np.float64]:
        """Mean distance to the neighbors, shape (n_images,); large for outliers."""
        return np.asarray(self.distances.mean(axis=1))


def find_neighborhoods(images: Images, *, track: TrackProgress | None = None) -> Neighborhoods:
    """Find the nearest other images of each image, by cosine.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
        Ink bright; two or more images. Brightness does not change the distances.
    track : callable, optional
        Displays progress, as ``cli.console.with_progress`` does.

    Returns
    -------
    Neighborhoods
        With `N_NEIGHBORS` neighbors, or all others if there are fewer.
    """
    X = images.reshape(len(images), -1)
    index = ExactIndex(X, "cosine")
    k = min(N_NEIGHBORS, len(X) - 1)
    starts = range(0, len(X), _QUERIES_PER_STEP)
    parts = []
    for start in track(starts, len(starts), "searching") if track else starts:
        cosines, indices = index.search(X[start : start + _QUERIES_PER_STEP], k + 1)
        parts.append(_drop_self(cosines, indices, start))
    cosines, indices = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Neighborhoods(np.sqrt(np.maximum(2 - 2 * cosines, 0)), indices)


def find_duplicates(
    images: Images, neighborhoods: Neighborhoods
) -> tuple[list[list[int]], list[list[int]]]:
    """Group the images that are equal, and those that are nearly equal.

    Two images are near duplicates if they are neighbors and their distance is at most
    `MAX_DUPLICATE_RATIO` times the median distance from one of them to the neighbors that follow,
    and at most `MAX_DUPLICATE_DISTANCE`. A maximum distance alone would report thousands of ones,
    which all look alike.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
    neighborhoods : Neighborhoods

    Returns
    -------
    equal : list of list of int
        Indices of the images of each group, ascending. Images without ink are left out.
    near : list of list of int
        Groups that contain near duplicates; they may contain equal images too.
    """
    group_of, is_blank = group_equal_images(images)
    n_groups = int(group_of.max()) + 1
    rows, columns = _near_pairs(neighborhoods, group_of, is_blank)
    graph = coo_array(
        (np.ones(len(rows)), (group_of[rows], group_of[columns])), shape=(n_groups, n_groups)
    )
    _, clusters = connected_components(graph, directed=False)
    cluster_of_group = np.asarray(clusters, np.int64)
    has_near_pair = np.unique(cluster_of_group[group_of[rows]])
    near = _members(cluster_of_group[group_of], has_near_pair)
    counts = np.bincount(group_of[~is_blank], minlength=n_groups)
    in_near = np.isin(cluster_of_group, has_near_pair)
    equal = _members(group_of, np.flatnonzero((counts > 1) & ~in_near))
    return equal, near


def group_equal_images(images: Images) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the number of each image's group of equal images, and whether it has no ink.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
    """
    X = np.ascontiguousarray(images.reshape(len(images), -1))
    rows = X.view(np.dtype((np.void, X.shape[1])))[:, 0]
    _, group_of = np.unique(rows, return_inverse=True)
    return group_of.reshape(-1).astype(np.int64), np.asarray(~X.any(axis=1))


def _drop_self(
    cosines: npt.NDArray[np.float64], indices: npt.NDArray[np.int64], start: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Remove each query from its own neighbors, or the last neighbor if it is not among them."""
    is_self = indices == np.arange(start, start + len(indices))[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    shape = (len(indices), indices.shape[1] - 1)
    return cosines[~is_self].reshape(shape), indices[~is_self].reshape(shape)


def _near_pairs(
    neighborhoods: Neighborhoods, group_of: npt.NDArray[np.int64], is_blank: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the pairs of near duplicates that are not equal."""
    distances, indices = neighborhoods.distances, neighborhoods.indices
    n_images, k = distances.shape
    if k < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    rows = np.repeat(np.arange(n_images), k - 1)
    columns = indices[:, :-1].ravel()
    # Median of the neighbors that follow each one; (n_images, k - 1)
    following = np.stack([np.median(distances[:, i + 1 :], axis=1) for i in range(k - 1)], axis=1)
    maximum = np.minimum(MAX_DUPLICATE_RATIO * following, MAX_DUPLICATE_DISTANCE)
    is_near = (distances[:, :-1] <= maximum).ravel()
    is_near &= (group_of[rows] != group_of[columns]) & ~is_blank[rows] & ~is_blank[columns]
    return rows[is_near], columns[is_near]


def _members(group_of: npt.NDArray[np.int64], groups: npt.NDArray[np.int64]) -> list[list[int]]:
    """Return the indices of the members of some groups, ascending."""
    chosen = np.flatnonzero(np.isin(group_of, groups))
    order = chosen[np.argsort(group_of[chosen], kind="stable")]
    bounds = np.flatnonzero(np.diff(group_of[order])) + 1
    return sorted(part.tolist() for part in np.split(order, bounds)) if len(order) else []
