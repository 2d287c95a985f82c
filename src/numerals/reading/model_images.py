"""Pieces of ink as a digit model was shown digits."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.ink import Part, glyph_to_mnist, to_mnist
from numerals.models import Model


def to_model_images(model: Model, parts: Sequence[Part]) -> npt.NDArray[np.uint8]:
    """Return parts as a model wants them, shape (n, 28, 28)."""
    return to_images(parts, across_of(model))


def to_model_image(model: Model, part: Part) -> npt.NDArray[np.uint8]:
    """Return the part of a picture of one digit as a model wants it, shape (28, 28)."""
    return glyph_to_mnist(part.mask, across_of(model))


def across_of(model: Model) -> float:
    """Return how many times as wide people write as the digits that a model learned from."""
    return float(model.metadata.get("across", 1))


def to_images(parts: Sequence[Part], across: float) -> npt.NDArray[np.uint8]:
    """Return parts as MNIST has digits, squeezed like those of a set, shape (n, 28, 28)."""
    images = [to_mnist(part.mask, thicken=True, across=across) for part in parts]
    return np.stack(images) if images else np.zeros((0, 28, 28), np.uint8)
