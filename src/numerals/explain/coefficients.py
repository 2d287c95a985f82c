"""Express the scores of a linear model as weights of pixels.

The model is probed: the score of the empty picture is the offset, and the score of each single
pixel gives its weight. This inverts scaling, PCA, denoising and any multiclass scheme exactly,
without knowledge of the steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.explain.attribution import Attribution
from numerals.records import Digits

Matrix = npt.NDArray[np.float64]

_LINEARITY_TOLERANCE = 1e-3  # of the scores' range: above float32 rounding, far below nonlinearity
_N_PROBES = 32


@dataclass(frozen=True, eq=False)
class LinearScores:
    """Class scores of a linear model as a function of pixels.

    ``scores = offsets + sum(weights * transform(image) / 255)``, where ``transform`` applies the
    steps named in `steps_before`.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_classes, height, width)
        Contribution of a pixel of full ink to each class's score; nan for classes not learned.
    offsets : ndarray of float64, shape (n_classes,)
        Scores of the empty picture.
    steps_before : tuple of str
        Names of the nonlinear steps before the weights, such as ``"deskew"``.
    """

    weights: Matrix
    offsets: Matrix
    steps_before: tuple[str, ...]
    _transform: Callable[[npt.NDArray[np.uint8]], Matrix]
    method: str = "weight times ink"
    unit: str = "score"

    def transform(self, images: npt.NDArray[np.uint8]) -> Matrix:
        """Return the pictures that the weights apply to.

        Parameters
        ----------
        images : ndarray of uint8, shape (n_images, height, width)

        Returns
        -------
        ndarray of float64, shape (n_images, height, width)
            Grey levels.
        """
        return self._transform(images.reshape(len(images), -1)).reshape(images.shape)

    def scores(self, images: npt.NDArray[np.uint8]) -> Matrix:
        """Return the class scores, shape (n_images, n_classes)."""
        X = self.transform(images) / 255
        return self.offsets + np.tensordot(X, self.weights, ((1, 2), (1, 2)))

    def attribute(
        self, image: npt.NDArray[np.uint8], answer: int, other: int | None = None
    ) -> Attribution:
        """Return weight times ink, the exact contribution of each pixel to the score."""
        weights, baseline = self.weights[answer], float(self.offsets[answer])
        if other is not None:
            weights, baseline = weights - self.weights[other], baseline - float(self.offsets[other])
        transformed = self.transform(image[None])[0]
        values = weights * transformed / 255
        return Attribution(values, baseline + float(values.sum()), baseline, transformed)


def linear_scores(
    estimator: Any, images: npt.NDArray[np.uint8], n_classes: int
) -> LinearScores | None:
    """Express an estimator's scores as weights of pixels, if they are linear in the pixels.

    Parameters
    ----------
    estimator : object
        Fitted; a pipeline, or a classifier with ``decision_function`` and ``classes_``.
    images : ndarray of uint8, shape (n_images, height, width)
        Digits on which linearity is tested.
    n_classes : int
        Number of classes, including those that the estimator has not learned.

    Returns
    -------
    LinearScores or None
        None if the scores are not linear in the pixels, nor in the pixels after the first steps.
    """
    samples = images[:_N_PROBES].reshape(min(len(images), _N_PROBES), -1)
    steps = getattr(estimator, "steps", [("", estimator)])
    for start in range(len(steps)):
        transform = _transform_of_first_steps(estimator, start)
        decide = _decision_function(estimator[start:] if start else estimator)
        if decide is None:
            return None
        transformed = transform(samples)
        if transformed.shape != samples.shape:  # no longer a picture
            return None
        if _is_linear(decide, transformed):
            names = tuple(name for name, step in steps[:start] if step not in (None, "passthrough"))
            return _probe(estimator, decide, transform, images.shape[1:], n_classes, names)
    return None


def class_means(digits: Digits, scores: LinearScores | None = None) -> Matrix:
    """Return the mean image of each class, shape (n_classes, height, width), grey levels 0 to 255.

    Parameters
    ----------
    digits : Digits
        The mean of a class without images is 0.
    scores : LinearScores, optional
        If given, the means are of the pictures that its weights apply to, such as deskewed ones.
    """
    means = np.zeros((len(digits.classes), *digits.images.shape[1:]))
    for label in range(len(digits.classes)):
        images = digits.images[digits.labels == label]
        if len(images):
            means[label] = (images if scores is None else scores.transform(images)).mean(axis=0)
    return means


def _probe(
    estimator: Any,
    decide: Callable[[Matrix], Matrix],
    transform: Callable[[npt.NDArray[np.uint8]], Matrix],
    shape: tuple[int, ...],
    n_classes: int,
    steps_before: tuple[str, ...],
) -> LinearScores:
    n_pixels = int(np.prod(shape))
    empty = decide(np.zeros((1, n_pixels)))[0]
    pixels = decide(255 * np.eye(n_pixels)) - empty  # (n_pixels, n_learned_classes)
    learned = np.asarray(estimator.classes_, np.int64)
    weights = np.full((n_classes, *shape), np.nan)
    offsets = np.full(n_classes, np.nan)
    weights[learned], offsets[learned] = pixels.T.reshape(-1, *shape), empty
    return LinearScores(weights, offsets, steps_before, transform)


def _is_linear(decide: Callable[[Matrix], Matrix], X: Matrix) -> bool:
    """Check that the scores of midpoints of pictures are the midpoints of their scores."""
    partners = np.roll(X, 1, axis=0) * np.linspace(0, 1, len(X))[:, None]
    expected, actual = (decide(X) + decide(partners)) / 2, decide((X + partners) / 2)
    tolerance = _LINEARITY_TOLERANCE * max(float(np.ptp(expected)), 1e-12)
    return bool(np.abs(actual - expected).max() <= tolerance)


def _decision_function(model: Any) -> Callable[[Matrix], Matrix] | None:
    """Return a function to scores, shape (n, n_classes), or None if the model has none."""
    function = getattr(model, "decision_function", None)
    if function is None:
        return None

    def decide(X: Matrix) -> Matrix:
        scores = np.asarray(function(X), np.float64)
        # For two classes scikit-learn returns a single score, their difference.
        return np.stack([-scores / 2, scores / 2], axis=1) if scores.ndim == 1 else scores

    return decide


def _transform_of_first_steps(
    estimator: Any, n_steps: int
) -> Callable[[npt.NDArray[np.uint8]], Matrix]:
    """Return the transform of the first steps of a pipeline; the identity for 0 steps."""
    transform = estimator[:n_steps].transform if n_steps else np.asarray

    def transform_to_float(X: npt.NDArray[np.uint8]) -> Matrix:
        return np.asarray(transform(X), np.float64)

    return transform_to_float
