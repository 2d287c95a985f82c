"""Evidence: the training images that are most like a digit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.records import Digits
from numerals.search import ExactIndex


@dataclass(frozen=True, eq=False)
class Evidence:
    """Training images, the most similar first.

    Attributes
    ----------
    indices : ndarray of int64, shape (n,)
        Where they are in the training data.
    labels : ndarray of int64, shape (n,)
    values : ndarray of float64, shape (n,)
        Cosines of the angle between the pictures, in [0, 1]; or distances, where the index
        measures these.
    """

    indices: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def to_list(self, classes: Sequence[str]) -> list[dict[str, Any]]:
        """Return plain Python values, ready for JSON, with labels as `classes` are written."""
        return [
            {"index": int(i), "label": classes[label], "similarity": round(float(value), 6)}
            for i, label, value in zip(self.indices, self.labels, self.values, strict=True)
        ]


class ClassIndex:
    """Finds the nearest training images, exactly, in all classes or in some.

    Parameters
    ----------
    train : Digits
        Labelled.
    metric : {"cosine", "euclidean", "manhattan"}, default="cosine"
    """

    def __init__(self, train: Digits, metric: str = "cosine") -> None:
        self.train, self.metric = train, metric
        X = train.images.reshape(len(train), -1)
        self._places = {
            int(label): np.flatnonzero(train.labels == label) for label in np.unique(train.labels)
        }
        self._indexes = {
            label: ExactIndex(X[places], metric) for label, places in self._places.items()
        }

    def nearest(
        self,
        image: npt.NDArray[np.uint8],
        n: int,
        *,
        among: Iterable[int] | None = None,
        exclude: int | None = None,
    ) -> Evidence:
        """Return the nearest images.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        n : int
            How many, at most.
        among : iterable of int, optional
            Only images of these labels.
        exclude : int, optional
            An image that must not be chosen: the digit itself, where it is one of them.

        Returns
        -------
        Evidence
            Of equals the earlier image comes first.

        Raises
        ------
        DataError
            If the picture has another size.
        """
        if image.shape != self.train.images.shape[1:]:
            raise DataError(
                f"the digit is of {image.shape} pixels and those of {self.train.name} of"
                f" {self.train.images.shape[1:]}; name training data of the same size"
            )
        labels = self._indexes if among is None else set(among) & set(self._indexes)
        found = [self._nearest_of(image, label, n + 1) for label in sorted(labels)]
        values = np.concatenate([np.zeros(0), *(values for values, _ in found)])
        indices = np.concatenate([np.zeros(0, np.int64), *(places for _, places in found)])
        order = np.lexsort((indices, -values if self.metric == "cosine" else values))
        order = order[indices[order] != exclude][:n]  # None is no index
        return Evidence(indices[order], self.train.labels[indices[order]], values[order])

    def _nearest_of(
        self, image: npt.NDArray[np.uint8], label: int, n: int
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        places = self._places[label]
        query = image.reshape(1, -1)
        values, indices = self._indexes[label].search(query, min(n, len(places)))
        return values[0], places[indices[0]]
