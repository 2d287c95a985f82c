"""Nearest neighbours explained: the pixels in which one training image is nearer than another."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.classifiers.neighbors import NeighborsClassifier
from numerals.errors import DataError
from numerals.explain.attribution import Attribution
from numerals.explain.class_index import ClassIndex
from numerals.models import Model
from numerals.records import Digits

Pixels = npt.NDArray[np.float64]
Images = npt.NDArray[np.uint8]


def _cosine(image: Pixels, other: Pixels) -> Pixels:
    lengths = np.sqrt((image**2).sum() * (other**2).sum())
    return -image * other / (lengths or 1.0)


def _squared(image: Pixels, other: Pixels) -> Pixels:
    return np.asarray((other - image) ** 2)


def _absolute(image: Pixels, other: Pixels) -> Pixels:
    return np.asarray(np.abs(other - image))


METRICS: dict[str, tuple[str, Callable[[Pixels, Pixels], Pixels]]] = {
    "cosine": ("cosine", _cosine),
    "euclidean": ("squared distance", _squared),
    "manhattan": ("distance", _absolute),
}
"""Metric -> what its distances are called, and what each pixel adds to them."""


@dataclass(frozen=True, eq=False)
class NearestImages:
    """Compares the nearest image of the answer with the nearest of the other class.

    A distance is a sum over pixels, so the difference of two is one as well: what each pixel says
    for the one image rather than the other. Distances are in units of full ink.

    Parameters
    ----------
    index : ClassIndex
        Of the images that the neighbours are chosen from, as they are compared; its metric is one
        of `METRICS`.
    prepare : callable, optional
        What is done to a digit before it is compared: uint8 of shape (n, height, width) to the
        same.
    """

    index: ClassIndex
    prepare: Callable[[Images], Images] | None = None
    method: str = "nearest images"

    @property
    def unit(self) -> str:
        """What is compared."""
        return METRICS[self.index.metric][0]

    def attribute(self, image: Images, answer: int, other: int | None = None) -> Attribution:
        """Say by how much each pixel is nearer to the answer's image than to the other's.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        answer : int
            Label of the nearer image.
        other : int, optional
            Label of the image that it is held against; any other than `answer` by default.

        Raises
        ------
        DataError
            If there is no image of one of the two.
        """
        others = set(self.index.train.labels.tolist()) - {answer} if other is None else {other}
        seen = image if self.prepare is None else self.prepare(image[None])[0]
        values = self._distance(seen, others) - self._distance(seen, {answer})
        picture = None if self.prepare is None else seen.astype(np.float64)
        return Attribution(values, float(values.sum()), 0.0, picture)

    def _distance(self, seen: Images, labels: set[int]) -> Pixels:
        """Return what each pixel adds to the distance of the nearest image of some classes."""
        found = self.index.nearest(seen, 1, among=labels).indices
        if not len(found):
            raise DataError(
                f"{self.index.train.name}: no image of a class to compare with; name others"
            )
        nearest = self.index.train.images[found[0]]
        return METRICS[self.index.metric][1](seen / 255, nearest / 255)


def nearest_images(model: Model, train: Digits) -> NearestImages | None:
    """Return how a model of nearest neighbours can be explained; None for any other.

    Parameters
    ----------
    model : Model
        Compares pixels, or upright digits, by any metric.
    train : Digits
        What it was fitted on.
    """
    estimator: Any = getattr(model, "estimator", None)
    *steps, (_, classifier) = getattr(estimator, "steps", [("", estimator)])
    if not isinstance(classifier, NeighborsClassifier):
        return None
    before = [name for name, step in steps if step not in (None, "passthrough")]
    if not before:
        return NearestImages(ClassIndex(train, classifier.metric))
    if before != ["deskew"]:  # components are no pixels
        return None

    def prepare(images: Images) -> Images:
        upright: Images = estimator[:-1].transform(images.reshape(len(images), -1))
        return upright.reshape(images.shape)

    upright_train = replace(train, images=prepare(train.images))
    return NearestImages(ClassIndex(upright_train, classifier.metric), prepare)
