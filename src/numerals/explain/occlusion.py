"""Occlusion: attribute an answer to pixels by covering parts of the digit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.explain.attribution import Attribution
from numerals.models import Model

MIN_ODDS_PROBABILITY = 1e-9
"""Lower bound of probabilities in log-odds, which keeps them finite."""


@dataclass(frozen=True, eq=False)
class Occlusion:
    """Slides a square over the digit and measures the decrease of a class's log-odds.

    It needs only ``predict_proba``.

    Parameters
    ----------
    model : Model
    patch : int, default=6
        Side of the square, pixels.
    stride : int, default=2
        Distance of neighboring squares, pixels; at most `patch`.
    fill : int or ndarray of uint8, shape (height, width), default=0
        Grey levels that replace the covered pixels. With the mean image of the data, covering
        empty paper also shows where missing ink matters.

    Raises
    ------
    ModelError
        If `patch` or `stride` is out of range.

    References
    ----------
    Zeiler, Fergus 2014, Visualizing and understanding convolutional networks, section 4.2.
    """

    model: Model
    patch: int = 6
    stride: int = 2
    fill: int | npt.NDArray[np.uint8] = 0
    method: str = "occlusion"
    unit: str = "log-odds"

    def __post_init__(self) -> None:
        if not 1 <= self.stride <= self.patch <= min(self.model.image_shape):
            raise ModelError(
                f"patch={self.patch} and stride={self.stride}: expected 1 <= stride <= patch <="
                f" {min(self.model.image_shape)}, the side of the digits"
            )

    def attribute(
        self, image: npt.NDArray[np.uint8], answer: int, other: int | None = None
    ) -> Attribution:
        """Return, for each pixel, the mean decrease of the log-odds under squares that cover it.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        answer : int
            Column of the class.
        other : int, optional
            Column of the class in the denominator of the odds; all other classes by default.
        """
        masks = _square_masks(self.model.image_shape, self.patch, self.stride)
        covered = np.where(masks, np.asarray(self.fill, np.uint8), image)
        proba = self.model.predict_proba(np.concatenate([image[None], covered]))
        scores = _log_odds(proba, answer, other)  # (1 + n_masks,)
        decrease = scores[0] - scores[1:]
        values = np.tensordot(decrease, masks, axes=1) / masks.sum(axis=0)
        return Attribution(values, float(scores[0]))


def _log_odds(
    proba: npt.NDArray[np.float32], answer: int, other: int | None
) -> npt.NDArray[np.float64]:
    proba = proba.astype(np.float64)
    against = np.delete(proba, answer, axis=1).sum(axis=1) if other is None else proba[:, other]
    odds = np.stack([proba[:, answer], against])
    numerator, denominator = np.log(np.maximum(odds, MIN_ODDS_PROBABILITY))
    return np.asarray(numerator - denominator)


def _square_masks(shape: tuple[int, int], patch: int, stride: int) -> npt.NDArray[np.bool_]:
    """Return a mask of each square, shape (n_squares, height, width)."""
    height, width = shape
    corners = [
        (top, left)
        for top in _starts(height, patch, stride)
        for left in _starts(width, patch, stride)
    ]
    masks = np.zeros((len(corners), height, width), bool)
    for mask, (top, left) in zip(masks, corners, strict=True):
        mask[top : top + patch, left : left + patch] = True
    return masks


def _starts(length: int, patch: int, stride: int) -> list[int]:
    """Return the first pixels of the squares; the last square ends at the border."""
    return sorted({*range(0, length - patch, stride), length - patch})
