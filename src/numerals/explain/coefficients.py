"""What a linear model has learned, as pictures: its scores written as weights of pixels.

The weights are found by asking: a map that is linear is known by what it makes of the empty
picture and of each pixel alone. So scaling, PCA, denoising and any way of combining the classes
are undone exactly, whatever they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.explain.attribution import Attribution
from numerals.records import Digits

Matrix = npt.NDArray[np.float64]

_TOLERANCE = 1e-3  # of the scores' range: room for float32, far below what bends a map
_N_PROBES = 32


@dataclass(frozen=True, eq=False)
class LinearScores:
    """A linear model's scores of the classes, in terms of pixels.

    ``scores = offsets + sum(weights * seen / 255)``, where ``seen`` is the digit, or what the
    steps named in `after` make of it.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_classes, height, width)
        What a pixel of full ink adds to each class's score; nan for a class that was not learned.
    offsets : ndarray of float64, shape (n_classes,)
        The scores of the empty picture.
    after : tuple of str
        Steps before the weights that are not linear, such as ``"deskew"``.
    """

    weights: Matrix
    offsets: Matrix
    after: tuple[str, ...]
    _prepare: Callable[[npt.NDArray[np.uint8]], Matrix]
    method: str = "weight times ink"
    unit: str = "score"

    def seen(self, images: npt.NDArray[np.uint8]) -> Matrix:
        """Return the pictures that the weights meet, (n_images, height, width), grey levels."""
        return self._prepare(images.reshape(len(images), -1)).reshape(images.shape)

    def scores(self, images: npt.NDArray[np.uint8]) -> Matrix:
        """Return the classes' scores, shape (n_images, n_classes)."""
        return self.offsets + np.tensordot(self.seen(images) / 255, self.weights, ((1, 2), (1, 2)))

    def attribute(
        self, image: npt.NDArray[np.uint8], answer: int, other: int | None = None
    ) -> Attribution:
        """Return weight times ink: exactly what each pixel adds to the score or the difference."""
        weights, baseline = self.weights[answer], float(self.offsets[answer])
        if other is not None:
            weights, baseline = weights - self.weights[other], baseline - float(self.offsets[other])
        seen = self.seen(image[None])[0]
        values = weights * seen / 255
        return Attribution(values, baseline + float(values.sum()), baseline, seen)


def linear_scores(
    estimator: Any, images: npt.NDArray[np.uint8], n_classes: int
) -> LinearScores | None:
    """Write an estimator's scores as weights of pixels, if they are linear.

    Parameters
    ----------
    estimator : object
        Fitted; a pipeline, or a classifier with ``decision_function`` and ``classes_``.
    images : ndarray of uint8, shape (n_images, height, width)
        Some digits, with which it is checked what is linear.
    n_classes : int
        How many classes there are, whether the estimator saw them or not.

    Returns
    -------
    LinearScores or None
        None for a model that is not linear in pixels.
    """
    samples = images[:_N_PROBES].reshape(min(len(images), _N_PROBES), -1)
    steps = getattr(estimator, "steps", [("", estimator)])
    for start in range(len(steps)):
        prepare = _preparation(estimator, start)
        decide = _decision(estimator[start:] if start else estimator)
        if decide is None:
            return None
        prepared = prepare(samples)
        if prepared.shape != samples.shape:  # no longer a picture
            return None
        if _is_linear(decide, prepared):
            after = tuple(name for name, step in steps[:start] if step not in (None, "passthrough"))
            return _probe(estimator, decide, prepare, images.shape[1:], n_classes, after)
    return None


def class_means(digits: Digits, scores: LinearScores | None = None) -> Matrix:
    """Return the mean image of each class, (n_classes, height, width), grey levels 0 to 255.

    Parameters
    ----------
    digits : Digits
        A class without an image has a mean of 0.
    scores : LinearScores, optional
        Take the mean of the pictures that these weights meet, such as deskewed ones.
    """
    means = np.zeros((len(digits.classes), *digits.images.shape[1:]))
    for label in range(len(digits.classes)):
        images = digits.images[digits.labels == label]
        if len(images):
            means[label] = (images if scores is None else scores.seen(images)).mean(axis=0)
    return means


def _probe(
    estimator: Any,
    decide: Callable[[Matrix], Matrix],
    prepare: Callable[[npt.NDArray[np.uint8]], Matrix],
    shape: tuple[int, ...],
    n_classes: int,
    after: tuple[str, ...],
) -> LinearScores:
    width = int(np.prod(shape))
    empty = decide(np.zeros((1, width)))[0]
    pixels = decide(255 * np.eye(width)) - empty  # (n_pixels, n_seen_classes)
    seen = np.asarray(estimator.classes_, np.int64)
    weights = np.full((n_classes, *shape), np.nan)
    offsets = np.full(n_classes, np.nan)
    weights[seen], offsets[seen] = pixels.T.reshape(-1, *shape), empty
    return LinearScores(weights, offsets, after, prepare)


def _is_linear(decide: Callable[[Matrix], Matrix], X: Matrix) -> bool:
    """Tell whether the scores of the means of two pictures are the means of their scores."""
    partners = np.roll(X, 1, axis=0) * np.linspace(0, 1, len(X))[:, None]
    ends, middle = (decide(X) + decide(partners)) / 2, decide((X + partners) / 2)
    return bool(np.abs(middle - ends).max() <= _TOLERANCE * max(float(np.ptp(ends)), 1e-12))


def _decision(model: Any) -> Callable[[Matrix], Matrix] | None:
    """Return what gives one score a class, shape (n, n_classes)."""
    function = getattr(model, "decision_function", None)
    if function is None:
        return None

    def decide(X: Matrix) -> Matrix:
        scores = np.asarray(function(X), np.float64)
        # Of two classes there is one score, their difference.
        return np.stack([-scores / 2, scores / 2], axis=1) if scores.ndim == 1 else scores

    return decide


def _preparation(estimator: Any, n_steps: int) -> Callable[[npt.NDArray[np.uint8]], Matrix]:
    """Return what the first steps of a pipeline do, to the pixels as the model gets them."""
    transform = estimator[:n_steps].transform if n_steps else np.asarray

    def prepare(X: npt.NDArray[np.uint8]) -> Matrix:
        return np.asarray(transform(X), np.float64)

    return prepare
