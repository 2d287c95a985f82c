"""Select example images of each class: prototypes and the hardest examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.records import Digits

MAX_PROTOTYPE_CANDIDATES = 1000
"""Number of images of each class, the first ones, from which prototypes are chosen."""


@dataclass(frozen=True)
class HardExample:
    """A digit whose true class has a low predicted probability.

    Attributes
    ----------
    index : int
        Index of the digit in the data set.
    truth, answer : int
        True and predicted class, as columns of the probabilities.
    truth_probability, confidence : float in [0, 1]
        Probability of the true class and of the predicted class.
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
    """Choose prototypes of each class by the BUILD phase of PAM (k-medoids).

    The first prototype is the medoid, the image with the minimum sum of distances to the other
    images of its class. Each further prototype is the image that minimizes the sum of the distances
    from the class's images to their nearest prototype. Distances are Euclidean, between pixels.

    Parameters
    ----------
    digits : Digits
        Labelled; the first `MAX_PROTOTYPE_CANDIDATES` images of each class are considered.
    n_prototypes : int, default=8
        Maximum number of prototypes of a class.

    Returns
    -------
    tuple of tuple of int
        Indices into `digits` for each class, in the order in which they were chosen.

    References
    ----------
    Kaufman, Rousseeuw 1990, Finding groups in data, chapter 2, section 4.1 (BUILD).
    """
    chosen = []
    for label in range(len(digits.classes)):
        members = np.flatnonzero(digits.labels == label)[:MAX_PROTOTYPE_CANDIDATES]
        order = _build_medoids(_pairwise_distances(digits.images[members]), n_prototypes)
        chosen.append(tuple(int(members[i]) for i in order))
    return tuple(chosen)


def hardest_examples(
    proba: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], n_examples: int = 8
) -> tuple[tuple[HardExample, ...], ...]:
    """Return the digits of each class whose true class has the lowest probability.

    Parameters
    ----------
    proba : ndarray of float32, shape (n_images, n_classes)
    labels : ndarray of int64, shape (n_images,)
        The true columns; unlabelled images (-1) are ignored.
    n_examples : int, default=8
        Maximum number of examples of a class.

    Returns
    -------
    tuple of tuple of HardExample
        For each class, by increasing probability of the true class.
    """
    answers, confidence = proba.argmax(axis=1), proba.max(axis=1)
    examples = []
    for label in range(proba.shape[1]):
        members = np.flatnonzero(labels == label)
        order = members[np.argsort(proba[members, label], kind="stable")[:n_examples]]
        examples.append(
            tuple(
                HardExample(
                    int(i), label, int(answers[i]), float(proba[i, label]), float(confidence[i])
                )
                for i in order
            )
        )
    return tuple(examples)


def _pairwise_distances(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the Euclidean distances of all pairs, shape (n, n)."""
    X = images.reshape(len(images), images.shape[1] * images.shape[2]).astype(np.float64)
    squares = np.einsum("ij,ij->i", X, X)
    squared_distances = squares[:, None] + squares - 2 * X @ X.T
    distances: npt.NDArray[np.float64] = np.sqrt(np.maximum(squared_distances, 0))
    return distances


def _build_medoids(distances: npt.NDArray[np.float64], n_medoids: int) -> list[int]:
    n = len(distances)
    chosen: list[int] = []
    nearest = np.full(n, np.inf)  # distance of each image to its nearest medoid
    for _ in range(min(n_medoids, n)):
        costs = np.minimum(distances, nearest).sum(axis=1)  # total distance if each were added
        costs[chosen] = np.inf
        best = int(costs.argmin())
        chosen.append(best)
        nearest = np.minimum(nearest, distances[best])
    return chosen
