"""Typical digits and hard ones, class by class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.records import Digits

MOST_OF_A_CLASS = 1000
"""Prototypes are chosen among this many images of a class, the first ones."""


@dataclass(frozen=True)
class HardExample:
    """A digit whose true class the model thought unlikely.

    Attributes
    ----------
    index : int
        Where it is in the data.
    truth, answer : int
        Columns of the probabilities.
    truth_probability, confidence : float in [0, 1]
        What the model gave to the truth, and to its answer.
    """

    index: int
    truth: int
    answer: int
    truth_probability: float
    confidence: float

    def to_dict(self, classes: Sequence[str]) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "index": self.index,
            "truth": classes[self.truth],
            "answer": classes[self.answer],
            "truth_probability": round(self.truth_probability, 6),
            "confidence": round(self.confidence, 6),
        }


def prototypes(digits: Digits, n_prototypes: int = 8) -> tuple[tuple[int, ...], ...]:
    """Choose images that stand for their class.

    The first is the medoid, the image whose distances to all others of the class add up to the
    least; each further one is that which brings the class's images nearest to their nearest
    prototype. This is the building phase of PAM, with Euclidean distances between pixels.

    Parameters
    ----------
    digits : Digits
        Labelled; of each class the first `MOST_OF_A_CLASS` images are considered.
    n_prototypes : int, default=8
        How many of each class; fewer where there are fewer images.

    Returns
    -------
    tuple of tuple of int
        Indices into `digits`, for each of its classes, in the order in which they were chosen.

    References
    ----------
    Kaufman, Rousseeuw 1990, Finding groups in data, chapter 2, section 4.1 (BUILD).
    """
    chosen = []
    for label in range(len(digits.classes)):
        members = np.flatnonzero(digits.labels == label)[:MOST_OF_A_CLASS]
        order = _build_medoids(_distances(digits.images[members]), n_prototypes)
        chosen.append(tuple(int(members[i]) for i in order))
    return tuple(chosen)


def hardest_examples(
    proba: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], n_examples: int = 8
) -> tuple[tuple[HardExample, ...], ...]:
    """Find the digits whose true class the model thought least likely.

    Parameters
    ----------
    proba : ndarray of float32, shape (n_images, n_classes)
    labels : ndarray of int64, shape (n_images,)
        The true columns; unlabelled images (-1) are left out.
    n_examples : int, default=8
        How many of each class.

    Returns
    -------
    tuple of tuple of HardExample
        For each class, the hardest first.
    """
    answers, confidence = proba.argmax(axis=1), proba.max(axis=1)
    found = []
    for label in range(proba.shape[1]):
        members = np.flatnonzero(labels == label)
        order = members[np.argsort(proba[members, label], kind="stable")[:n_examples]]
        found.append(
            tuple(
                HardExample(
                    int(i), label, int(answers[i]), float(proba[i, label]), float(confidence[i])
                )
                for i in order
            )
        )
    return tuple(found)


def _distances(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return Euclidean distances between all pairs, shape (n, n)."""
    X = images.reshape(len(images), images.shape[1] * images.shape[2]).astype(np.float64)
    squares = np.einsum("ij,ij->i", X, X)
    between = squares[:, None] + squares - 2 * X @ X.T
    distances: npt.NDArray[np.float64] = np.sqrt(np.maximum(between, 0))
    return distances


def _build_medoids(distances: npt.NDArray[np.float64], n_medoids: int) -> list[int]:
    n = len(distances)
    chosen: list[int] = []
    nearest = np.full(n, np.inf)  # distance of each image to its nearest prototype
    for _ in range(min(n_medoids, n)):
        costs = np.minimum(distances, nearest).sum(axis=1)  # of adding each image
        costs[chosen] = np.inf
        best = int(costs.argmin())
        chosen.append(best)
        nearest = np.minimum(nearest, distances[best])
    return chosen
