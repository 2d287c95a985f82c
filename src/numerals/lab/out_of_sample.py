"""Predict every digit of a data set with models that were not fitted to it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from numerals.errors import DataError
from numerals.evaluation.model_evaluation import TrackProgress
from numerals.lab.fit import fit_method
from numerals.records import Digits
from numerals.search.near_duplicates import group_equal_images

N_FOLDS = 5
"""Folds of the cross-validation."""

DEFAULT_METHOD = "cnn"
"""Method that `fast_settings` has settings for."""

_IMAGES_SEEN = 48_000  # training images of all epochs: one epoch for a fold of MNIST
_MAX_EPOCHS = 16


def fast_settings(method: str, n_images: int) -> dict[str, Any]:
    """Return settings of a method that fit fast and do not memorize wrong labels.

    Parameters
    ----------
    method : str
    n_images : int
        Number of training images.

    Returns
    -------
    dict of str to value
        Of the network: few epochs without distortions, and its default of label smoothing, with
        which it is less certain of its errors. Empty for other methods.
    """
    if method != DEFAULT_METHOD:
        return {}
    epochs = min(max(1, round(_IMAGES_SEEN / max(n_images, 1))), _MAX_EPOCHS)
    return {"epochs": epochs, "widths": (16, 32, 64), "augment": 0.0, "coarse": 0.0}


def cross_validated_proba(
    digits: Digits,
    method: str = DEFAULT_METHOD,
    settings: Mapping[str, Any] = MappingProxyType({}),
    *,
    n_folds: int = N_FOLDS,
    random_state: int = 0,
    track: TrackProgress | None = None,
) -> npt.NDArray[np.float32]:
    """Predict each fold with a model that was fitted to the other folds.

    Parameters
    ----------
    digits : Digits
        Labelled, with two or more digits of each class that occurs.
    method : str, default="cnn"
        A name in `numerals.classifiers.METHODS`.
    settings : mapping of str to value
        Changes of `fast_settings`; as in `make_classifier`.
    n_folds : int, default=5
    random_state : int, default=0
        Seed of the folds and of the method.
    track : callable, optional
        Displays progress, as ``cli.console.with_progress`` does.

    Returns
    -------
    ndarray of float32, shape (n_images, n_classes)

    Raises
    ------
    UnknownNameError
        If the method or a setting is unknown.
    DataError
        If there are fewer than two folds, or the method cannot be fitted.
    """
    folds = assign_folds(digits, n_folds, random_state)
    proba = np.zeros((len(digits), len(digits.classes)), np.float32)
    present = np.unique(folds).tolist()
    for fold in track(present, len(present), f"fitting {method}") if track else present:
        train = digits[folds != fold]
        chosen = {**fast_settings(method, len(train)), **settings}
        model = fit_method(method, train, chosen, random_state=random_state)
        held_out = folds == fold
        proba[held_out] = model.predict_proba(digits.images[held_out])
    return proba


def assign_folds(digits: Digits, n_folds: int, random_state: int = 0) -> npt.NDArray[np.int64]:
    """Assign digits to folds at random.

    All digits of a writer are in the same fold, or, if the writers are not known, all equal images:
    otherwise the model would be fitted to the handwriting, or to the image, that it predicts. If
    the writers are not known, the classes are spread evenly.

    Parameters
    ----------
    digits : Digits
        Labelled.
    n_folds : int
        Fewer are used if there are fewer writers, or fewer digits of every class.
    random_state : int, default=0

    Returns
    -------
    ndarray of int64, shape (n_images,)

    Raises
    ------
    DataError
        If there are fewer than two folds, or fewer than two writers.
    """
    if n_folds < 2:
        raise DataError(f"n_folds={n_folds} must be 2 or more")
    if digits.writers is not None:
        return _folds_of_writers(digits, digits.writers, n_folds, random_state)
    group_of, _ = group_equal_images(digits.images)
    _, first = np.unique(group_of, return_index=True)
    order = np.random.default_rng(random_state).permutation(first)
    order = order[np.argsort(digits.labels[order], kind="stable")]
    fold_of_group = np.zeros(len(first), np.int64)
    # The first digit of each class continues where the class before ended.
    fold_of_group[group_of[order]] = np.arange(len(order)) % n_folds
    return fold_of_group[group_of]


def _folds_of_writers(
    digits: Digits, writers: npt.NDArray[np.int64], n_folds: int, random_state: int
) -> npt.NDArray[np.int64]:
    n_writers = len(np.unique(writers))
    if n_writers < 2:
        raise DataError(
            f"{digits.name}: all digits are by the same writer, so that no model can be fitted to"
            " other writers; choose an existing model (--model) instead"
        )
    splitter = GroupKFold(min(n_folds, n_writers), shuffle=True, random_state=random_state)
    folds = np.zeros(len(digits), np.int64)
    for fold, (_, held_out) in enumerate(splitter.split(digits.X, groups=writers)):
        folds[held_out] = fold
    return folds
