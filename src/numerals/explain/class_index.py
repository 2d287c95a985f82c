"""Find the training images that are nearest to a digit, in all classes or in some."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.records import Digits
from numerals.search import ExactIndex


@dataclass(frozen=True, eq=False)
class NeighborEvidence:
    """Training images near a digit, the nearest first.

    Attributes
    ----------
    indices : ndarray of int64, shape (n,)
        Indices into the training data.
    labels : ndarray of int64, shape (n,)
    values : ndarray of float64, shape (n,)
        Cosine similarities in [0, 1], or distances, depending on the metric of the index.
    """

    indices: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def to_list(self, classes: Sequence[str]) -> list[dict[str, Any]]:
        """Return plain Python values, ready for JSON, with class names as labels."""
        return [
            {"index": int(i), "label": classes[label], "similarity": round(float(value), 6)}
            for i, label, value in zip(self.indices, self.labels, self.values, strict=True)
        ]


class ClassIndex:
    """Exact nearest-neighbor search that can be limited to some classes.

    Parameters
    ----------
    train : Digits
        Labelled.
    metric : {"cosine", "euclidean", "manhattan"}, default="cosine"
    """

    def __init__(self, train: Digits, metric: str = "cosine") -> None:
        self.train, self.metric = train, metric
        X = train.X
        self._members = {
            int(label): np.flatnonzero(train.labels == label) for label in np.unique(train.labels)
        }
        self._indexes = {
            label: ExactIndex(X[members], metric) for label, members in self._members.items()
        }

    def nearest(
        self,
        image: npt.NDArray[np.uint8],
        n: int,
        *,
        among: Iterable[int] | None = None,
        exclude: int | None = None,
    ) -> NeighborEvidence:
        """Return the nearest training images.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        n : int
            Maximum number of images.
        among : iterable of int, optional
            Labels to search; all by default.
        exclude : int, optional
            Index of a training image to leave out, such as the digit itself.

        Returns
        -------
        NeighborEvidence
            Ties are sorted by index.

        Raises
        ------
        DataError
            If the image has another size than the training images.
        """
        if image.shape != self.train.images.shape[1:]:
            raise DataError(
                f"the digit is of {image.shape} pixels and those of {self.train.name} of"
                f" {self.train.images.shape[1:]}; name training data of the same size"
            )
        labels = self._indexes if among is None else set(among) & set(self._indexes)
        results = [self._nearest_of_class(image, label, n + 1) for label in sorted(labels)]
        values = np.concatenate([np.zeros(0), *(values for values, _ in results)])
        indices = np.concatenate([np.zeros(0, np.int64), *(indices for _, indices in results)])
        order = np.lexsort((indices, -values if self.metric == "cosine" else values))
        order = order[indices[order] != exclude][:n]  # None differs from every index
        return NeighborEvidence(indices[order], self.train.labels[indices[order]], values[order])

    def _nearest_of_class(
        self, image: npt.NDArray[np.uint8], label: int, n: int
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        members = self._members[label]
        query = image.reshape(1, -1)
        values, indices = self._indexes[label].search(query, min(n, len(members)))
        return values[0], members[indices[0]]
