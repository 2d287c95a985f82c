"""Displacement field of bent paper: smooth, and zero far from measured points.

References
----------
C. E. Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006, eq. 2.25:
the mean of a Gaussian process, refitted with lower weights for outliers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_LENGTH_SCALE = 0.25  # of the kernel, as a share of the longer side of the form
_SIGNAL_STD = 6.0  # prior standard deviation of the displacements, pixels
_NOISE_STD = 0.6  # standard deviation of the measured corners, pixels
_N_ITERATIONS = 4  # of the reweighted fit
_MIN_MEDIAN_RESIDUAL = 0.25  # pixels; bounds the weights of exact measurements


@dataclass(frozen=True, eq=False)
class DisplacementField:
    """Displacements around points where they were measured.

    Attributes
    ----------
    points : ndarray of float64, shape (n_points, 2)
        In pixels of the reference.
    coefficients : ndarray of float64, shape (n_points, 2)
        Kernel coefficient of each point, pixels.
    length_scale : float, pixels
        Width of the Gaussian kernel.
    """

    points: Array
    coefficients: Array
    length_scale: float

    def at(self, positions: Array) -> Array:
        """Return the displacement at each position, shape (n_positions, 2), pixels."""
        kernel = _gaussian_kernel(positions, self.points, self.length_scale)
        return np.asarray(kernel @ self.coefficients, np.float64)

    def scaled(self, scale: float) -> "DisplacementField":
        """Return the field for a reference whose pixel coordinates are multiplied by `scale`."""
        return DisplacementField(
            self.points * scale, self.coefficients * scale, self.length_scale * scale
        )


def fit_displacement(points: Array, displacements: Array, side: float) -> DisplacementField:
    """Fit a displacement field to measured displacements, robust to outliers.

    Parameters
    ----------
    points : ndarray of float64, shape (n_points, 2)
        In pixels of the reference.
    displacements : ndarray of float64, shape (n_points, 2)
        Measured displacement of each point, pixels; some may be wrong.
    side : float, pixels
        Longer side of the form.

    Returns
    -------
    DisplacementField
    """
    length_scale = _LENGTH_SCALE * side
    kernel = _gaussian_kernel(points, points, length_scale)
    weights = np.ones(len(points))
    coefficients = np.zeros_like(points)
    for _ in range(_N_ITERATIONS if len(points) else 0):
        noise = (_NOISE_STD / _SIGNAL_STD) ** 2 / weights
        coefficients = np.asarray(
            np.linalg.solve(kernel + np.diag(noise), displacements), np.float64
        )
        residuals = np.linalg.norm(displacements - kernel @ coefficients, axis=1)
        median = max(float(np.median(residuals)), _MIN_MEDIAN_RESIDUAL)
        weights = 1 / (1 + (residuals / (3 * median)) ** 2) ** 2
    return DisplacementField(points, coefficients, length_scale)


def _gaussian_kernel(a: Array, b: Array, length_scale: float) -> Array:
    """Return the kernel of all pairs of points, shape (n_a, n_b), in [0, 1]."""
    squares = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    return np.asarray(np.exp(-0.5 * squares / length_scale**2), np.float64)
