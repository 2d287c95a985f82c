"""How paper bends: a smooth field of shifts, drawn to zero where nothing was seen.

References
----------
C. E. Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006, eq. 2.25:
the mean of a Gaussian process, refitted with less weight for outliers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_LENGTH = 0.25  # of the form: over such a distance shifts are alike
_SHIFT, _NOISE = 6.0, 0.6  # pixels: how far paper strays, how exactly a corner is followed
_ROUNDS = 4


@dataclass(frozen=True, eq=False)
class Bend:
    """Shifts that hold near the points where they were seen.

    Attributes
    ----------
    points : ndarray of float64, shape (n_points, 2)
        In pixels of the reference.
    pulls : ndarray of float64, shape (n_points, 2)
        What each point adds to the shift around it.
    reach : float, pixels
        How far around.
    """

    points: Array
    pulls: Array
    reach: float

    def at(self, places: Array) -> Array:
        """Return the shift at each place, shape (n_places, 2)."""
        return np.asarray(_kernel(places, self.points, self.reach) @ self.pulls, np.float64)

    def scaled(self, scale: float) -> "Bend":
        """Return the same for a reference that is so many times as large."""
        return Bend(self.points * scale, self.pulls * scale, self.reach * scale)


def fit_bend(points: Array, shifts: Array, side: float) -> Bend:
    """Fit a smooth field of shifts.

    Parameters
    ----------
    points, shifts : ndarray of float64, shape (n_points, 2)
        Where shifts were seen, and which; some may be wrong.
    side : float, pixels
        The longer side of the form.
    """
    reach = _LENGTH * side
    prior = _kernel(points, points, reach)
    trust = np.ones(len(points))
    pulls = np.zeros_like(points)
    for _ in range(_ROUNDS if len(points) else 0):
        noise = (_NOISE / _SHIFT) ** 2 / trust
        pulls = np.asarray(np.linalg.solve(prior + np.diag(noise), shifts), np.float64)
        wrong = np.linalg.norm(shifts - prior @ pulls, axis=1)
        usual = max(float(np.median(wrong)), 0.25)
        trust = 1 / (1 + (wrong / (3 * usual)) ** 2) ** 2
    return Bend(points, pulls, reach)


def _kernel(a: Array, b: Array, reach: float) -> Array:
    squares = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    return np.asarray(np.exp(-0.5 * squares / reach**2), np.float64)
