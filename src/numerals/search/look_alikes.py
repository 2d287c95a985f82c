"""Find the digits of a data set that are most similar to an image, with a weight for each."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.records import Digits
from numerals.search.approximate import ApproximateIndex, recall
from numerals.search.exact import ExactIndex

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXACT_UP_TO = 3_000_000
"""Number of digits above which the search is approximate by default."""

_MAX_SHOWN = 39  # look-alikes that a notebook shows
_N_RECALL_QUERIES = 20  # queries that the recall of an approximate search is measured on
_ROWS_PER_BLOCK = 4096  # limits the memory of float64 copies


@dataclass(frozen=True, eq=False, repr=False)
class LookAlikes:
    """The digits most similar to an image, best first.

    Attributes
    ----------
    query : ndarray of uint8, shape (height, width)
        The image.
    searched : Digits
        The data set that was searched.
    indices : ndarray of int64, shape (n,)
        Indices in the data set.
    similarities : ndarray of float64, shape (n,)
        Cosines of the angles between the images, in [0, 1].
    weights : ndarray of float64, shape (n,)
        ``exp(-(1 - s)^2 / (2 sigma^2))`` of each similarity s, in [0, 1].
    by_class : ndarray of float64, shape (n_classes,)
        Sum of the weights in each class: of all similar digits, also of those beyond `top`; of an
        approximate search only of the digits in `indices`.
    n_similar : int, optional
        Number of digits that reach the minimum weight, also beyond `top`; None for an approximate
        search, which does not find them all.
    recall : float in [0, 1]
        Share of the true nearest neighbors that the search finds: 1 for an exact search, else
        measured on digits of the data set.
    """

    query: npt.NDArray[np.uint8]
    searched: Digits
    indices: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    by_class: npt.NDArray[np.float64]
    n_similar: int | None
    recall: float

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """Labels of the digits, shape (n,); -1 for a digit without a label."""
        return self.searched.labels[self.indices]

    @property
    def digits(self) -> Digits:
        """The digits, best first."""
        return self.searched[self.indices]

    def plot(
        self, columns: int = 8, ax: "Axes | None" = None, *, max_shown: int | None = None
    ) -> "Axes":
        """Draw the image, then its look-alikes with their classes and similarities.

        Parameters
        ----------
        columns : int, default=8
        ax : Axes, optional
            By default the axes of a new figure.
        max_shown : int, optional
            Maximum number of look-alikes; by default all.
        """
        from numerals import displays

        shown = self.digits[:max_shown]
        names = [shown.classes[label] if label >= 0 else "?" for label in shown.labels]
        titles = [f"{name}  {s:.3f}" for name, s in zip(names, self.similarities, strict=False)]
        images = np.concatenate([self.query[None], shown.images])
        return displays.plot_images(images, ["query", *titles], columns, ax=ax)

    def plot_weights(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the sum of the weights of each class.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure.
        """
        from numerals import displays

        return displays.plot_class_weights(self.by_class, self.searched.classes, ax)

    def __repr__(self) -> str:
        weights = sorted(
            zip(self.by_class.tolist(), self.searched.classes, strict=True), reverse=True
        )
        sums = [f"{name} {weight:.2f}" for weight, name in weights[:3] if weight > 0]
        return (
            f"LookAlikes({len(self.indices):,} of {len(self.searched):,} digits of "
            f"{self.searched.name}; sums of weights: {', '.join(sums) or 'none'})"
        )

    def _repr_html_(self) -> str:
        """Return the look-alikes and the weights of the classes as pictures, for notebooks."""
        from numerals.displays.html import below_html, figure_html, side_by_side_html, text_html

        shown = partial(self.plot, max_shown=_MAX_SHOWN)
        return below_html(
            text_html(repr(self)),
            side_by_side_html(
                figure_html(shown, "the image and its look-alikes"),
                figure_html(self.plot_weights, "sum of the weights of each class"),
            ),
        )

    def to_dict(self, classes: tuple[str, ...]) -> dict[str, Any]:
        """Return plain Python values for JSON.

        Parameters
        ----------
        classes : tuple of str
            The text of each label.
        """
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
            "n_similar": self.n_similar,
            "recall": round(self.recall, 4),
        }


def gaussian_weight(similarities: npt.NDArray[np.float64], sigma: float) -> npt.NDArray[np.float64]:
    """Return ``exp(-(1 - s)^2 / (2 sigma^2))`` of each similarity s, in [0, 1]."""
    weights: npt.NDArray[np.float64] = np.exp(-((1 - similarities) ** 2) / (2 * sigma**2))
    return weights


def find_look_alikes(
    image: npt.NDArray[np.uint8],
    digits: Digits,
    *,
    sigma: float = 0.1,
    min_weight: float = 0.3,
    top: int | None = 20,
    approximate: bool | None = None,
) -> LookAlikes:
    """Find the digits that are most similar to an image.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
        A digit, ink bright, of the size of `digits`.
    digits : Digits
        The digits to search.
    sigma : float, default=0.1
        Width of the Gaussian weight; above 0.
    min_weight : float in [0, 1], default=0.3
        Digits with a lower weight are left out.
    top : int, optional, default=20
        Maximum number of digits to return; None for all, which requires an exact search. The sums
        of an exact search include the digits beyond it.
    approximate : bool, optional
        Whether to search approximately; by default if there are more than `EXACT_UP_TO` digits.

    Returns
    -------
    LookAlikes

    Raises
    ------
    DataError
        If the image and the digits differ in size, or `digits` is empty.
    ValueError
        If `sigma`, `min_weight` or `top` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from numerals.records import Digits
    >>> dots = 9 * np.eye(3, dtype=np.uint8).reshape(3, 1, 3)
    >>> find_look_alikes(dots[1], Digits(dots, np.arange(3), name="dots"))
    LookAlikes(1 of 3 digits of dots; sums of weights: 1 1.00)
    """
    if not sigma > 0 or not 0 <= min_weight <= 1 or (top is not None and top < 1):
        raise ValueError(
            f"sigma={sigma} must be above 0, min_weight={min_weight} between 0 and 1, "
            f"top={top} at least 1"
        )
    if len(digits) == 0:
        raise DataError(f"{digits.name}: holds no digits to search; choose data with at least one")
    if np.shape(image) != digits.images.shape[1:]:
        raise DataError(
            f"the image has shape {np.shape(image)}, the {len(digits)} digits of {digits.name} "
            f"have {digits.images.shape[1:]}; choose a data set of the same size"
        )
    if approximate is None:
        approximate = len(digits) > EXACT_UP_TO and top is not None
    k = min(top or len(digits), len(digits))
    if approximate:
        index = ApproximateIndex(digits.X)
        values, neighbors = index.search(image.reshape(1, -1), k)
        similarities, indices = values[0], neighbors[0]
    else:
        cosines = cosine_similarities(image.ravel(), digits.X)
        indices = np.argsort(-cosines, kind="stable")  # ties in ascending order
        similarities = cosines[indices]
    weights = gaussian_weight(similarities, sigma)
    is_similar = weights >= min_weight
    indices, similarities = indices[is_similar], similarities[is_similar]
    weights = weights[is_similar]
    return LookAlikes(
        image,
        digits,
        indices[:k],
        similarities[:k],
        weights[:k],
        _sum_by_class(weights, digits.labels[indices], len(digits.classes)),
        None if approximate else len(indices),
        measure_recall(index, ExactIndex(digits.X), digits.X, k) if approximate else 1.0,
    )


def cosine_similarities(
    image: npt.NDArray[np.uint8], X: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float64]:
    """Return the cosine of the angle between an image and each row of X.

    Parameters
    ----------
    image : ndarray of uint8, shape (n_features,)
    X : ndarray of uint8, shape (n_samples, n_features)

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        0 where either of them is black.

    Examples
    --------
    >>> cosine_similarities(np.array([3, 4], np.uint8), np.array([[6, 8], [4, 0]], np.uint8))
    array([1. , 0.6])
    """
    query = image.astype(np.float64)
    parts = [np.zeros(0)]
    for start in range(0, len(X), _ROWS_PER_BLOCK):
        block = X[start : start + _ROWS_PER_BLOCK].astype(np.float64)
        lengths = np.sqrt(np.einsum("ij,ij->i", block, block) * (query @ query))
        cosines = np.zeros(len(block))
        parts.append(np.divide(block @ query, lengths, out=cosines, where=lengths > 0))
    return np.concatenate(parts)


def measure_recall(
    index: ApproximateIndex, exact: ExactIndex, X: npt.NDArray[np.uint8], k: int
) -> float:
    """Return the share of the `k` true neighbors that `index` finds, for random digits of `X`."""
    queries = X[np.random.default_rng(0).integers(len(X), size=min(_N_RECALL_QUERIES, len(X)))]
    return recall(index.search(queries, k)[1], exact.search(queries, k)[1])


def _sum_by_class(
    weights: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], n_classes: int
) -> npt.NDArray[np.float64]:
    is_labelled = labels >= 0
    sums = np.bincount(labels[is_labelled], weights[is_labelled], minlength=n_classes)
    return np.asarray(sums, np.float64)
