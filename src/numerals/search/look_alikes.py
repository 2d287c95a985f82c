"""Look-alikes: the digits that look most like one, and how much each counts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.records import Digits
from numerals.search.approximate import ApproximateIndex, recall
from numerals.search.exact import ExactIndex

EXACT_UP_TO = 3_000_000
"""More digits than this are searched approximately, unless one asks otherwise."""

_MEASURED = 20  # queries on which an approximate search is compared with an exact one


@dataclass(frozen=True, eq=False)
class LookAlikes:
    """The digits most like one, best first.

    Attributes
    ----------
    indices : ndarray of int64, shape (n,)
        Where they are in the data set.
    labels : ndarray of int64, shape (n,)
    similarities : ndarray of float64, shape (n,)
        Cosines of the angles between the pictures, in [0, 1].
    weights : ndarray of float64, shape (n,)
        How much each counts, in [0, 1]: ``exp(-(1 - s)^2 / (2 sigma^2))``.
    by_class : ndarray of float64, shape (n_classes,)
        Sum of the weights of each class.
    recall : float in [0, 1]
        Share of the true look-alikes that the search finds; 1 for an exact one, otherwise measured
        on digits of the data set itself.
    """

    indices: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    by_class: npt.NDArray[np.float64]
    recall: float

    def to_dict(self, classes: tuple[str, ...]) -> dict[str, Any]:
        """Return plain Python values, ready for JSON, with labels as `classes` are written."""
        rows = zip(self.indices, self.labels, self.similarities, self.weights, strict=True)
        return {
            "look_alikes": [
                {
                    "index": int(index),
                    "label": classes[label] if label >= 0 else None,
                    "similarity": round(float(similarity), 6),
                    "weight": round(float(weight), 6),
                }
                for index, label, similarity, weight in rows
            ],
            "weight_by_class": {
                name: round(float(weight), 6)
                for name, weight in zip(classes, self.by_class, strict=True)
            },
            "recall": round(self.recall, 4),
        }


def gaussian_weight(similarities: npt.NDArray[np.float64], sigma: float) -> npt.NDArray[np.float64]:
    """Return ``exp(-(1 - s)^2 / (2 sigma^2))``: 1 for the same direction, less for others."""
    weights: npt.NDArray[np.float64] = np.exp(-((1 - similarities) ** 2) / (2 * sigma**2))
    return weights


def find_look_alikes(
    image: npt.NDArray[np.uint8],
    digits: Digits,
    *,
    sigma: float = 0.1,
    height: float = 0.3,
    top: int | None = 20,
    approximate: bool | None = None,
) -> LookAlikes:
    """Find the digits that look most like a picture.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
        A digit, ink bright, of the data set's size.
    digits : Digits
        Where to look.
    sigma : float, default=0.1
        How quickly the weight falls as similarity does.
    height : float in [0, 1], default=0.3
        What weighs less is left out.
    top : int, optional, default=20
        At most so many; all by None, which only an exact search can give.
    approximate : bool, optional
        Whether to search approximately; by default from `EXACT_UP_TO` digits on.

    Returns
    -------
    LookAlikes

    Raises
    ------
    DataError
        If the picture has another size than the digits, or there are none.
    ValueError
        If `sigma`, `height` or `top` is out of range.
    """
    if not sigma > 0 or not 0 <= height <= 1 or (top is not None and top < 1):
        raise ValueError(
            f"sigma={sigma} must be above 0, height={height} between 0 and 1, top={top} at least 1"
        )
    if len(digits) == 0 or image.shape != digits.images.shape[1:]:
        raise DataError(
            f"the picture has {image.shape} pixels, the {len(digits)} digits of {digits.name} "
            f"{digits.images.shape[1:]}; name a data set of the same size"
        )
    X = digits.images.reshape(len(digits), -1)
    k = min(top or len(X), len(X))
    if approximate is None:
        approximate = len(X) > EXACT_UP_TO and top is not None
    exact = ExactIndex(X)
    share = 1.0
    if approximate:
        index = ApproximateIndex(X)
        similarities, indices = index.search(image.reshape(1, -1), k)
        share = measure_recall(index, exact, X, k)
    else:
        similarities, indices = exact.search(image.reshape(1, -1), k)
    return _weighted(similarities[0], indices[0], digits, sigma, height, share)


def measure_recall(
    index: ApproximateIndex, exact: ExactIndex, X: npt.NDArray[np.uint8], k: int
) -> float:
    """Return the share of true neighbours that `index` finds, on digits drawn from `X`."""
    queries = X[np.random.default_rng(0).integers(len(X), size=min(_MEASURED, len(X)))]
    return recall(index.search(queries, k)[1], exact.search(queries, k)[1])


def _weighted(
    similarities: npt.NDArray[np.float64],
    indices: npt.NDArray[np.int64],
    digits: Digits,
    sigma: float,
    height: float,
    share: float,
) -> LookAlikes:
    weights = gaussian_weight(similarities, sigma)
    kept = weights >= height
    labels = digits.labels[indices[kept]]
    known = labels >= 0
    by_class = np.zeros(len(digits.classes))
    np.add.at(by_class, labels[known], weights[kept][known])
    return LookAlikes(indices[kept], labels, similarities[kept], weights[kept], by_class, share)
