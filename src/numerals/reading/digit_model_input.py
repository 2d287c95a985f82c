"""Pieces of ink as a digit model was shown digits."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, glyph_to_mnist, to_mnist
from numerals.models import Model


def to_model_images(model: Model, components: Sequence[Component]) -> npt.NDArray[np.uint8]:
    """Return parts as a model wants them, shape (n, 28, 28)."""
    return to_images(components, width_ratio_of(model))


def to_model_image(model: Model, component: Component) -> npt.NDArray[np.uint8]:
    """Return the part of a picture of one digit as a model wants it, shape (28, 28)."""
    return glyph_to_mnist(component.mask, width_ratio_of(model))


def width_ratio_of(model: Model) -> float:
    """Return how many times as wide people write as the digits that a model learned from."""
    return float(model.metadata.get("across", 1))


def to_images(components: Sequence[Component], width_ratio: float) -> npt.NDArray[np.uint8]:
    """Return parts as MNIST has digits, squeezed like those of a set, shape (n, 28, 28)."""
    images = [
        to_mnist(component.mask, thicken=True, width_ratio=width_ratio) for component in components
    ]
    return np.stack(images) if images else np.zeros((0, 28, 28), np.uint8)
