"""A model and a data set -> how well the one does on the other."""

import dataclasses
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.evaluation.digit_metrics import DigitAccuracy, digit_accuracy
from numerals.ink import to_mnist
from numerals.models import Model
from numerals.records import Digits

_BLOCK = 500  # images between two steps of the progress bar

Track = Callable[[Iterable[Any], int, str], Iterator[Any]]
"""Yields the items it is given, so many, and may show how far it is."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What came of one model on one data set.

    Attributes
    ----------
    digits : Digits
        As the model saw them: of its size, with its classes.
    proba : ndarray of float32, shape (n_images, n_classes)
    accuracy : DigitAccuracy
    model : Model
    """

    digits: Digits
    proba: npt.NDArray[np.float32]
    accuracy: DigitAccuracy
    model: Model

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        names = {"data": self.digits.name, "class_names": list(self.model.classes)}
        return names | self.accuracy.to_dict()


def evaluate_model(model: Model, digits: Digits, *, track: Track | None = None) -> Evaluation:
    """Classify a data set and compare with its labels.

    Parameters
    ----------
    model : Model
    digits : Digits
        Labelled. Where the pictures are not of the model's size, see `match_digits`.
    track : callable, optional
        Shows progress, as ``cli.console.with_progress`` does.

    Raises
    ------
    DataError
        If digits have no label, or classes or sizes that the model does not know.
    """
    matched = match_digits(digits, model)
    blocks = [matched.images[start : start + _BLOCK] for start in range(0, len(matched), _BLOCK)]
    steps = track(blocks, len(blocks), "classifying") if track else blocks
    proba = np.concatenate([model.predict_proba(block) for block in steps])
    return Evaluation(matched, proba, digit_accuracy(proba, matched.labels), model)


def first_digits(digits: Digits, limit: int | None) -> Digits:
    """Return the first `limit` digits, all if that is None or more than there are."""
    return dataclasses.replace(
        digits,
        images=digits.images[:limit],
        labels=digits.labels[:limit],
        writers=None if digits.writers is None else digits.writers[:limit],
    )


def match_digits(digits: Digits, model: Model) -> Digits:
    """Bring digits to the size and the classes of a model.

    Parameters
    ----------
    digits : Digits
    model : Model

    Returns
    -------
    Digits
        Labels are columns of the model's `predict_proba`. A class is matched by its character, or
        by its value if it is a digit: "೩" and "3" are the same. Images of another size are centred
        in 28x28 as MNIST's are, if that is what the model takes.

    Raises
    ------
    DataError
        If there are no digits or some have no label, or the model lacks one of their classes, or
        takes a size that they cannot be brought to.
    """
    if not len(digits):
        raise DataError(f"{digits.name}: holds no digits")
    unlabelled = int((digits.labels < 0).sum())
    if unlabelled:
        raise DataError(
            f"{digits.name}: {unlabelled:,} of {len(digits):,} digits have no label, so there is"
            " nothing to compare answers with; choose data with labels"
        )
    columns = _columns(digits, model)
    return dataclasses.replace(
        digits,
        images=_fit(digits, model.image_shape),
        labels=columns[digits.labels],
        classes=model.classes,
    )


def _columns(digits: Digits, model: Model) -> npt.NDArray[np.int64]:
    """Return the model's column for each class of the data; -1 for one that does not occur."""
    known = {_value(name): column for column, name in enumerate(model.classes)}
    columns = np.array([known.get(_value(name), -1) for name in digits.classes], np.int64)
    strange = [digits.classes[i] for i in np.unique(digits.labels) if columns[i] < 0]
    if strange:
        raise DataError(
            f"{digits.name}: has the classes {' '.join(strange[:20])}, which the model does not"
            f" know; it knows {' '.join(model.classes[:20])}"
        )
    return columns


def _value(name: str) -> str:
    """Return a class's name with digits of any script written as 0 to 9."""
    return "".join(str(unicodedata.digit(c, c)) for c in name)


def _fit(digits: Digits, shape: tuple[int, int]) -> npt.NDArray[np.uint8]:
    found = digits.images.shape[1:]
    if found == shape:
        return digits.images
    if shape != (28, 28):
        raise DataError(
            f"{digits.name}: digits of {found[0]}x{found[1]} pixels, but the model takes"
            f" {shape[0]}x{shape[1]}; choose data of that size"
        )
    return np.stack([to_mnist(image) for image in digits.images])
