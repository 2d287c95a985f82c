"""A short stand-in for each vector: no two stand-ins are farther apart than their vectors are.

So most of what is stored is ruled out by 64 numbers instead of 784, and the rest is compared
exactly: filter and refine. Images allow it, since a few principal components hold most of them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

N_COMPONENTS = 63  # and what is left over, as one number more
_N_FITTED = 6000  # vectors that the components are found from
_AT_ONCE = 4096  # vectors that are embedded at a time, in double precision
_LEAST_VARIANCE = 0.6  # share that the components must hold, or hardly anything is ruled out
_ROUNDING = 1e-6  # of a vector's length: more than double precision loses

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Embedding:
    """Maps vectors to codes whose distances, times `step`, bound theirs from below.

    A vector is written as its principal components and the length of what these leave, which can
    only bring two vectors nearer; then turned, so that all numbers are of a size; then rounded to
    8 bits. A code's error is its distance from what was rounded.

    References
    ----------
    Seidl, Kriegel 1998, Optimal multi-step k-nearest neighbor search (filter and refine); Hwang,
    Han, Ahn 2012, A fast nearest neighbor search algorithm by nonlinear embedding (the length that
    is left as one more number).
    """

    mean: Floats  # (n_features,)
    components: Floats  # (n_features, N_COMPONENTS), orthonormal columns
    turn: Floats  # (N_COMPONENTS + 1, N_COMPONENTS + 1), orthogonal
    middle: Floats  # (N_COMPONENTS + 1,), of the turned
    step: float  # between two neighbouring codes
    unit: bool  # vectors are brought to length 1 first, so that nearest means most alike by cosine

    def encode(self, vectors: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], Floats]:
        """Return codes, shape (n, N_COMPONENTS + 1), and their errors, shape (n,)."""
        codes = np.empty((len(vectors), N_COMPONENTS + 1), np.uint8)
        errors = np.empty(len(vectors))
        for start in range(0, len(vectors), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            numbers, lengths = self._reduce(vectors[part])
            levels = (numbers - self.middle) / self.step + 128
            codes[part] = np.clip(np.rint(levels), 0, 255)
            rounding = np.linalg.norm(levels - codes[part], axis=1) * self.step
            errors[part] = rounding + _ROUNDING * lengths
        return codes, errors

    def _reduce(self, vectors: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        centred = _as_compared(vectors, unit=self.unit) - self.mean
        kept = centred @ self.components
        lengths = np.einsum("ij,ij->i", centred, centred)
        left = np.sqrt(np.maximum(lengths - np.einsum("ij,ij->i", kept, kept), 0))
        return np.column_stack([kept, left]) @ self.turn, np.sqrt(lengths)


def fit_embedding(stored: npt.NDArray[np.uint8], *, unit: bool) -> Embedding | None:
    """Find the principal components of what is stored; none if they hold too little of it."""
    n_features = stored.shape[1]
    if n_features <= 2 * N_COMPONENTS:
        return None
    sample = _as_compared(stored[:: -(-len(stored) // _N_FITTED)], unit=unit)
    mean = sample.mean(axis=0)
    sample -= mean
    variances, vectors = np.linalg.eigh(sample.T @ sample)
    largest = variances[::-1][:N_COMPONENTS]
    if largest.sum() < _LEAST_VARIANCE * variances.sum() or largest[-1] <= 0:
        return None
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.standard_normal((N_COMPONENTS + 1, N_COMPONENTS + 1)))[0]
    rough = Embedding(mean, vectors[:, ::-1][:, :N_COMPONENTS].copy(), turn, np.zeros(1), 1, unit)
    numbers, _ = rough._reduce(stored[:: -(-len(stored) // _N_FITTED)])
    low, high = numbers.min(axis=0), numbers.max(axis=0)
    step = float((high - low).max()) / 240  # a little room: the sample does not hold the extremes
    return Embedding(mean, rough.components, turn, (low + high) / 2, step, unit)


def _as_compared(vectors: npt.NDArray[np.uint8], *, unit: bool) -> Floats:
    floats = vectors.astype(np.float64)
    if unit:
        lengths = np.linalg.norm(floats, axis=1, keepdims=True)
        np.divide(floats, lengths, out=floats, where=lengths > 0)
    return floats
