"""Prepare the data of a comparison: train and test splits, and their class balance."""

import numpy as np

from numerals.errors import DataError
from numerals.records import Digits

_TEST_SHARE = 0.2  # of data sets without a test split


def split_train_test(train: Digits, test: Digits, random_state: int = 0) -> tuple[Digits, Digits]:
    """Return disjoint training and test digits.

    Parameters
    ----------
    train, test : Digits
        If they are equal (the data set has a single part, such as a folder of pictures), a fifth
        of them, chosen at random, becomes the test split.
    random_state : int, default=0

    Raises
    ------
    DataError
        If there are too few digits to split.
    """
    if train.images.shape != test.images.shape or not np.array_equal(train.images, test.images):
        return train, test
    order = np.random.default_rng(random_state).permutation(len(train))
    n_test = round(_TEST_SHARE * len(train))
    if not 0 < n_test < len(train):
        raise DataError(
            f"{train.name}: {len(train)} digits are too few to fit and test on; choose more data"
        )
    return train[np.sort(order[n_test:])], train[np.sort(order[:n_test])]


def class_balance(train: Digits | None, test: Digits) -> dict[str, tuple[int, ...]]:
    """Count the images of each class in each split.

    Parameters
    ----------
    train : Digits or None
    test : Digits

    Returns
    -------
    dict of str to tuple of int
        By the name of the split: ``"train"``, unless None, and ``"test"``.

    Raises
    ------
    DataError
        If digits have no label.
    """
    splits = {"train": train, "test": test}
    for name, digits in splits.items():
        n_unlabelled = 0 if digits is None else int((digits.labels < 0).sum())
        if n_unlabelled:
            raise DataError(
                f"{test.name}, {name}: {n_unlabelled:,} digits have no label, so methods can be"
                " neither fitted nor compared; choose data with labels"
            )
    return {
        name: tuple(digits.counts().values())
        for name, digits in splits.items()
        if digits is not None
    }
