"""Digits that are held out of the training of a recipe's models. Needs no PyTorch."""

import numpy as np
import numpy.typing as npt

from numerals.data import load_digits
from numerals.ink.mnist_digits import digits_to_mnist
from numerals.records import Digits

WRITER_SEED = 2026
"""Seed of the order in which writers and lines are held out: the same for all recipes."""


def load_training_digits(name: str) -> Digits:
    """Load the training part of a data set, each digit as 28x28 (MNIST's preprocessing)."""
    digits = load_digits(name, "train")
    return digits_to_mnist(digits)


def hold_out(digits: Digits, n_images: int) -> npt.NDArray[np.bool_]:
    """Return a mask of the digits to hold out; every call returns the same one.

    All digits of a writer are held out together. If the writers are not known, the last images of
    each class are held out: data sets are in the order in which their forms were scanned, so that
    most writers of the last images wrote no others.

    Parameters
    ----------
    digits : Digits
    n_images : int
        Approximate number of images to hold out.

    Returns
    -------
    ndarray of bool, shape (n_digits,)
    """
    if digits.writers is not None:
        writers = np.random.default_rng(WRITER_SEED).permutation(np.unique(digits.writers))
        counts = np.array([np.count_nonzero(digits.writers == writer) for writer in writers])
        chosen = writers[: int(np.searchsorted(np.cumsum(counts), n_images)) + 1]
        return np.isin(digits.writers, chosen)
    mask = np.zeros(len(digits), np.bool_)
    for label in np.unique(digits.labels):
        of_class = np.flatnonzero(digits.labels == label)
        mask[of_class[-max(1, round(n_images * len(of_class) / len(digits))) :]] = True
    return mask
