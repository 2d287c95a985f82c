"""Data sets with images of MNIST's size."""

from dataclasses import replace

import numpy as np

from numerals.ink.normalize import MNIST_SIZE, to_mnist
from numerals.records import Digits

MNIST_SHAPE = (MNIST_SIZE, MNIST_SIZE)
"""Height and width of MNIST's images, pixels."""


def digits_to_mnist(digits: Digits) -> Digits:
    """Return a data set with images of `MNIST_SHAPE`; others are centred like MNIST's."""
    if digits.image_shape == MNIST_SHAPE:
        return digits
    return replace(digits, images=np.stack([to_mnist(image) for image in digits.images]))
