"""Normalize components to the input of a digit model."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, glyph_to_mnist, to_mnist
from numerals.models import Model


def to_model_images(model: Model, components: Sequence[Component]) -> npt.NDArray[np.uint8]:
    """Return components of a line as input of a digit model, shape (n_components, 28, 28)."""
    return normalize_components(components, width_ratio_of(model))


def to_model_image(model: Model, component: Component) -> npt.NDArray[np.uint8]:
    """Return the component of a single-digit picture as input of a model, shape (28, 28)."""
    return glyph_to_mnist(component.mask, width_ratio_of(model))


def width_ratio_of(model: Model) -> float:
    """Return the width of handwritten digits relative to the digits of a model's data set."""
    return float(model.metadata.get("across", 1))


def normalize_components(
    components: Sequence[Component], width_ratio: float
) -> npt.NDArray[np.uint8]:
    """Return components normalized as in MNIST and squeezed, shape (n_components, 28, 28)."""
    images = [
        to_mnist(component.mask, thicken=True, width_ratio=width_ratio) for component in components
    ]
    return np.stack(images) if images else np.zeros((0, 28, 28), np.uint8)
