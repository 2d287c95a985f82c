"""Convert labels of any usual form to class indices: integers, floats, strings, one-hot rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.class_names import MAX_LABEL, classes_for_labels, classes_of_names
from numerals.errors import DataError

_TEN_FOR_ZERO = "labels 1 to 10 without 0: 10 means the digit 0, as in MATLAB"


@dataclass(frozen=True)
class Labels:
    """Class indices with the names of the classes.

    Attributes
    ----------
    values : ndarray of int64, shape (n_images,)
        Indices into `classes`; -1 for unlabelled images.
    classes : tuple of str
    script : str
        Script of the classes, a key of `SCRIPTS`.
    notes : tuple of str
        What was assumed.
    """

    values: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    script: str = "latin"
    notes: tuple[str, ...] = ()


def no_labels(n_images: int) -> Labels:
    """Return the labels of unlabelled images, all -1."""
    return Labels(np.full(n_images, -1, np.int64), tuple("0123456789"))


def to_labels(path: Path, key: str, values: npt.NDArray[Any], n_images: int) -> Labels:
    """Convert an array of labels to class indices.

    Parameters
    ----------
    path : Path
        The file, for messages.
    key : str
        Name of the array or column, for messages.
    values : ndarray
        Integers of any dtype, strings, or one-hot rows of shape (n_images, n_classes).
    n_images : int

    Returns
    -------
    Labels

    Raises
    ------
    DataError
        If there is not one label for each image.
    """
    if values.ndim == 2 and values.shape[0] != n_images and values.shape[1] == n_images:
        values = values.T
    if values.shape == (n_images, 1):
        values = values.reshape(n_images)
    if values.ndim == 2 and len(values) == n_images and _is_one_hot(values):
        values = values.argmax(axis=1)
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", errors="replace")
    if values.shape == (n_images,) and values.dtype.kind == "U":
        return labels_of_texts(path, key, values.tolist())
    if values.shape == (n_images,) and _are_integers(values):
        return _labels_of_integers(path, values.astype(np.int64))
    raise DataError(
        f"{path}: got {key} of {values.dtype} and shape {values.shape}, expected one integer, name"
        f" or one-hot row for each of {n_images:,} images; name another column or array with"
        " --label-column, or read without labels with --label-column none"
    )


def labels_of_texts(path: Path, key: str, texts: list[str]) -> Labels:
    """Convert strings to class indices: numbers by their value, other strings as class names.

    Parameters
    ----------
    path, key
        As in `to_labels`.
    texts : list of str
        An empty string means unlabelled.

    Returns
    -------
    Labels

    Raises
    ------
    DataError
        If there are more than `MAX_LABEL` classes.
    """
    names = [text.strip().strip("\"'") for text in texts]
    try:
        numbers = np.array([float(name or -1) for name in names], np.float64)
        is_number = bool((np.abs(numbers) <= MAX_LABEL).all() and (numbers % 1 == 0).all())
    except ValueError:
        is_number = False
    if is_number and all(name.isascii() for name in names):  # other digits are class names
        return _labels_of_integers(path, numbers.astype(np.int64))
    classes, script = classes_of_names(name for name in names if name)
    if len(classes) > MAX_LABEL:
        raise DataError(
            f"{path}: got {len(classes):,} different values in {key}, expected at most"
            f" {MAX_LABEL:,} classes; name the labels with --label-column"
        )
    indices = {name: index for index, name in enumerate(classes)}
    return Labels(np.array([indices.get(n, -1) for n in names], np.int64), classes, script)


def _labels_of_integers(path: Path, values: npt.NDArray[np.int64]) -> Labels:
    if np.array_equal(np.unique(values), np.arange(1, 11)):
        return Labels(values % 10, tuple("0123456789"), notes=(_TEN_FOR_ZERO,))
    return Labels(values, classes_for_labels(path, values))


def _is_one_hot(values: npt.NDArray[Any]) -> bool:
    if values.dtype.kind not in "buif" or values.shape[1] < 2:
        return False
    ones = values == 1
    return bool((ones | (values == 0)).all() and (ones.sum(axis=1) == 1).all())


def _are_integers(values: npt.NDArray[Any]) -> bool:
    if values.dtype.kind != "f":
        return values.dtype.kind in "bui"
    with np.errstate(invalid="ignore"):
        return bool((np.abs(values) <= MAX_LABEL).all() and (values % 1 == 0).all())
