"""Explain nearest-neighbor models: per-pixel differences of the distances to two images."""

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


def _cosine_terms(image: Pixels, other: Pixels) -> Pixels:
    norms = np.sqrt((image**2).sum() * (other**2).sum())
    return -image * other / (norms or 1.0)


def _squared_terms(image: Pixels, other: Pixels) -> Pixels:
    return np.asarray((other - image) ** 2)


def _absolute_terms(image: Pixels, other: Pixels) -> Pixels:
    return np.asarray(np.abs(other - image))


DISTANCE_TERMS: dict[str, tuple[str, Callable[[Pixels, Pixels], Pixels]]] = {
    "cosine": ("cosine", _cosine_terms),
    "euclidean": ("squared distance", _squared_terms),
    "manhattan": ("distance", _absolute_terms),
}
"""Unit of each metric, and the function that returns each pixel's contribution to a distance."""


@dataclass(frozen=True, eq=False)
class NearestImageContrast:
    """Compares the nearest image of the answer with the nearest image of another class.

    A distance is a sum over pixels, and so is the difference of two distances. Distances are in
    units of full ink (grey level 255).

    Parameters
    ----------
    index : ClassIndex
        Index of the images that the model compares with, after preprocessing.
    transform : callable, optional
        Preprocessing of a digit: uint8 of shape (n, height, width) to the same.
    """

    index: ClassIndex
    transform: Callable[[Images], Images] | None = None
    method: str = "nearest images"

    @property
    def unit(self) -> str:
        """Name of the distance."""
        return DISTANCE_TERMS[self.index.metric][0]

    def attribute(self, image: Images, answer: int, other: int | None = None) -> Attribution:
        """Return how much nearer each pixel is to the answer's image than to the other one.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        answer : int
            Label of the first image.
        other : int, optional
            Label of the second image; any label except `answer` by default.

        Raises
        ------
        DataError
            If there is no image of one of the two classes.
        """
        others = set(self.index.train.labels.tolist()) - {answer} if other is None else {other}
        transformed = image if self.transform is None else self.transform(image[None])[0]
        values = self._distance_terms(transformed, others)
        values = values - self._distance_terms(transformed, {answer})
        picture = None if self.transform is None else transformed.astype(np.float64)
        return Attribution(values, float(values.sum()), 0.0, picture)

    def _distance_terms(self, image: Images, labels: set[int]) -> Pixels:
        """Return each pixel's contribution to the distance to the nearest image of some classes."""
        indices = self.index.nearest(image, 1, among=labels).indices
        if not len(indices):
            raise DataError(
                f"{self.index.train.name}: no image of a class to compare with; name others"
            )
        nearest = self.index.train.images[indices[0]]
        return DISTANCE_TERMS[self.index.metric][1](image / 255, nearest / 255)


def make_nearest_image_contrast(model: Model, train: Digits) -> NearestImageContrast | None:
    """Return the attributor of a nearest-neighbor model, or None for other models.

    Parameters
    ----------
    model : Model
        Explained if it compares pixels, or deskewed pixels, by any metric.
    train : Digits
        The digits that it was fitted on.
    """
    estimator: Any = getattr(model, "estimator", None)
    *steps, (_, classifier) = getattr(estimator, "steps", [("", estimator)])
    if not isinstance(classifier, NeighborsClassifier):
        return None
    before = [name for name, step in steps if step not in (None, "passthrough")]
    if not before:
        return NearestImageContrast(ClassIndex(train, classifier.metric))
    if before != ["deskew"]:  # the other steps do not return pixels
        return None

    def deskew(images: Images) -> Images:
        deskewed: Images = estimator[:-1].transform(images.reshape(len(images), -1))
        return deskewed.reshape(images.shape)

    deskewed_train = replace(train, images=deskew(train.images))
    return NearestImageContrast(ClassIndex(deskewed_train, classifier.metric), deskew)
