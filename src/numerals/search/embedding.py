"""Short codes of images, whose distances are lower bounds of the distances between the images.

A search compares codes of 64 numbers first, not images of 784 pixels, and then only those images
exactly whose codes are near: filter and refine. That works because a few principal components hold
most of the variance of images of digits.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

N_COMPONENTS = 63
"""Principal components of a code, which has the norm of the residual as one more number."""

_N_FITTED = 6000  # vectors that the components are fitted to
_VECTORS_PER_BATCH = 4096  # encoded at a time, in float64
_MIN_VARIANCE = 0.6  # share of the variance that the components must hold to rule anything out
_ROUNDING_ERROR = 1e-6  # relative to the norm of a vector; more than float64 loses
_N_LEVELS = 240  # of 256, between the extremes of the sample: other vectors can lie outside

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Embedding:
    """Map from vectors to codes: ``step`` times a distance of codes bounds the true distance.

    A vector is reduced to its principal components and the norm of the residual. This can only
    shorten distances. The result is rotated, so that all numbers have a similar range, and
    quantized to 8 bits. The error of a code is the distance that quantization moved it.

    Attributes
    ----------
    mean : ndarray of float64, shape (n_features,)
    components : ndarray of float64, shape (n_features, N_COMPONENTS)
        Orthonormal columns.
    rotation : ndarray of float64, shape (N_COMPONENTS + 1, N_COMPONENTS + 1)
        An orthogonal matrix.
    center : ndarray of float64, shape (N_COMPONENTS + 1,)
        Reduced and rotated vector of the middle code.
    step : float
        Distance between two adjacent levels of a code.
    unit : bool
        Whether vectors are first scaled to length 1, so that the nearest by Euclidean distance is
        the nearest by cosine.

    References
    ----------
    Seidl, Kriegel 1998, Optimal multi-step k-nearest neighbor search (filter and refine).
    Hwang, Han, Ahn 2012, A fast nearest neighbor search algorithm by nonlinear embedding (the norm
    of the residual as one more number).
    """

    mean: Floats
    components: Floats
    rotation: Floats
    center: Floats
    step: float
    unit: bool

    def encode(self, vectors: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], Floats]:
        """Return the codes of vectors and their errors.

        Parameters
        ----------
        vectors : ndarray of uint8, shape (n_vectors, n_features)

        Returns
        -------
        codes : ndarray of uint8, shape (n_vectors, N_COMPONENTS + 1)
        errors : ndarray of float64, shape (n_vectors,)
        """
        codes = np.empty((len(vectors), N_COMPONENTS + 1), np.uint8)
        errors = np.empty(len(vectors))
        for start in range(0, len(vectors), _VECTORS_PER_BATCH):
            batch = slice(start, start + _VECTORS_PER_BATCH)
            reduced, norms = self._reduce(vectors[batch])
            levels = (reduced - self.center) / self.step + 128
            codes[batch] = np.clip(np.rint(levels), 0, 255)
            quantization = np.linalg.norm(levels - codes[batch], axis=1) * self.step
            errors[batch] = quantization + _ROUNDING_ERROR * norms
        return codes, errors

    def _reduce(self, vectors: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """Return the reduced and rotated vectors, and the norms of the centered ones."""
        centered = _to_floats(vectors, unit=self.unit) - self.mean
        projected = centered @ self.components
        squares = np.einsum("ij,ij->i", centered, centered)
        residual = np.sqrt(np.maximum(squares - np.einsum("ij,ij->i", projected, projected), 0))
        return np.column_stack([projected, residual]) @ self.rotation, np.sqrt(squares)


def fit_embedding(stored: npt.NDArray[np.uint8], *, unit: bool) -> Embedding | None:
    """Fit an embedding to the stored vectors.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
    unit : bool
        Whether vectors are scaled to length 1.

    Returns
    -------
    Embedding or None
        None if the vectors are short, or the components hold too little of their variance.
    """
    n_features = stored.shape[1]
    if n_features <= 2 * N_COMPONENTS:
        return None
    sample = stored[:: -(-len(stored) // _N_FITTED)]
    centered = _to_floats(sample, unit=unit)
    mean = centered.mean(axis=0)
    centered -= mean
    variances, vectors = np.linalg.eigh(centered.T @ centered)
    largest = variances[::-1][:N_COMPONENTS]
    if largest.sum() < _MIN_VARIANCE * variances.sum() or largest[-1] <= 0:
        return None
    components = vectors[:, ::-1][:, :N_COMPONENTS].copy()
    rng = np.random.default_rng(0)
    rotation = np.linalg.qr(rng.standard_normal((N_COMPONENTS + 1, N_COMPONENTS + 1)))[0]
    unscaled = Embedding(mean, components, rotation, np.zeros(1), 1, unit)
    reduced, _ = unscaled._reduce(sample)
    low, high = reduced.min(axis=0), reduced.max(axis=0)
    step = float((high - low).max()) / _N_LEVELS
    return Embedding(mean, components, rotation, (low + high) / 2, step, unit)


def _to_floats(vectors: npt.NDArray[np.uint8], *, unit: bool) -> Floats:
    floats = vectors.astype(np.float64)
    if unit:
        lengths = np.linalg.norm(floats, axis=1, keepdims=True)
        np.divide(floats, lengths, out=floats, where=lengths > 0)
    return floats
