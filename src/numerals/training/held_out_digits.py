"""Digits that a recipe's models do not learn from. Needs no PyTorch."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from numerals.data import load_digits
from numerals.ink import to_mnist
from numerals.records import Digits


def load_training_digits(name: str) -> Digits:
    """Load a data set's training part, each digit as 28x28 (MNIST's preprocessing)."""
    digits = load_digits(name, "train")
    if digits.images.shape[1:] == (28, 28):
        return digits
    return replace(digits, images=np.stack([to_mnist(image) for image in digits.images]))


def hold_out(digits: Digits, n_images: int) -> npt.NDArray[np.bool_]:
    """Mark about `n_images` by writers who are then held out whole, the same at every call.

    Where the writers are not known: the last images of each class. Data sets are kept in the order
    in which their forms were scanned, so that most of these writers are not among the others.
    """
    if digits.writers is not None:
        writers = np.random.default_rng(2026).permutation(np.unique(digits.writers))
        counts = np.array([np.count_nonzero(digits.writers == writer) for writer in writers])
        chosen = writers[: int(np.searchsorted(np.cumsum(counts), n_images)) + 1]
        return np.isin(digits.writers, chosen)
    marked = np.zeros(len(digits), np.bool_)
    for label in np.unique(digits.labels):
        of_class = np.flatnonzero(digits.labels == label)
        marked[of_class[-max(1, round(n_images * len(of_class) / len(digits))) :]] = True
    return marked
