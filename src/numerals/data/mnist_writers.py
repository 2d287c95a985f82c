"""Writers of MNIST's digits, from the label files of QMNIST."""

import dataclasses

import numpy as np

from numerals.data.fetch import is_on_disk, load_digits
from numerals.records import Digits


def attach_mnist_writers(digits: Digits, split: str) -> Digits:
    """Return MNIST's digits with their writers if the label files of QMNIST are on disk.

    `load_digits` does not attach them, because recipes split digits by writer where writers are
    known: their results must not depend on which other files are on disk.

    Parameters
    ----------
    digits : Digits
        Other data sets, and digits that differ from those of QMNIST, are returned as they are.
    split : str
        The split that `digits` is.

    Returns
    -------
    Digits
    """
    if digits.name != "mnist" or digits.writers is not None or not is_on_disk("qmnist", split):
        return digits
    with_writers = load_digits("qmnist", split)
    if not np.array_equal(with_writers.labels, digits.labels):
        return digits
    return dataclasses.replace(digits, writers=with_writers.writers)
