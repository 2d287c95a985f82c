"""Confident learning: rank labels by how likely they are wrong, given out-of-sample predictions.

cleanlab has the same algorithm, and the tests compare the results. It is not used here because it
needs pandas, and its search for duplicates and outliers also needs Hugging Face's datasets.

References
----------
Northcutt, Jiang, Chuang 2021, Confident Learning: Estimating Uncertainty in Dataset Labels,
https://arxiv.org/abs/1911.00068
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """Labels ranked by how likely they are wrong.

    Attributes
    ----------
    order : ndarray of int64, shape (n_images,)
        Indices of the images, lowest margin first.
    margin : ndarray of float64, shape (n_images,)
        Probability of the label minus that of the most probable other class, in [-1, 1].
    suggestions : ndarray of int64, shape (n_images,)
        The most probable class other than the label.
    is_suspect : ndarray of bool, shape (n_images,)
        Whether confident learning counts the label as an error.
    """

    order: npt.NDArray[np.int64]
    margin: npt.NDArray[np.float64]
    suggestions: npt.NDArray[np.int64]
    is_suspect: npt.NDArray[np.bool_]


def find_label_errors(proba: npt.NDArray[Any], labels: npt.NDArray[np.int64]) -> LabelErrors:
    """Rank labels by how likely they are wrong.

    Parameters
    ----------
    proba : ndarray of float, shape (n_images, n_classes)
        Probabilities of models that were not fitted to the image. Rows sum to 1.
    labels : ndarray of int64, shape (n_images,)
        Columns of `proba`.

    Returns
    -------
    LabelErrors

    Raises
    ------
    ValueError
        If the shapes do not match, a label is no column, or there are fewer than two columns.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05]])
    >>> errors = find_label_errors(proba, np.array([0, 0, 1, 1]))
    >>> errors.order.tolist(), errors.is_suspect.tolist()
    ([3, 1, 0, 2], [False, False, False, True])
    """
    proba = np.asarray(proba, np.float64)
    _check(proba, labels)
    rows = np.arange(len(labels))
    others = proba.copy()
    others[rows, labels] = -1.0
    suggestions = others.argmax(axis=1)
    margin = proba[rows, labels] - proba[rows, suggestions]
    confident = confident_classes(proba, labels)
    is_suspect = (confident >= 0) & (confident != labels)
    return LabelErrors(np.argsort(margin, kind="stable"), margin, suggestions, is_suspect)


def confident_classes(
    proba: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the class that each image is confidently predicted as, -1 if there is none.

    An image is confidently predicted as a class if its probability reaches the mean probability
    that images with the label of this class have (equation 1 of the paper). Of several such
    classes, the most probable one is returned.

    Parameters
    ----------
    proba : ndarray of float64, shape (n_images, n_classes)
    labels : ndarray of int64, shape (n_images,)

    Returns
    -------
    ndarray of int64, shape (n_images,)
    """
    n_classes = proba.shape[1]
    counts = np.bincount(labels, minlength=n_classes)
    sums = np.bincount(labels, proba[np.arange(len(labels)), labels], minlength=n_classes)
    # No image is predicted as a class without labels.
    thresholds = np.divide(sums, counts, out=np.full(n_classes, np.inf), where=counts > 0)
    eligible = np.where(proba >= thresholds, proba, -1.0)
    best = eligible.argmax(axis=1)
    return np.where(eligible.max(axis=1) >= 0, best, -1)


def _check(proba: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> None:
    if proba.ndim != 2 or proba.shape[1] < 2 or labels.shape != proba.shape[:1]:
        raise ValueError(
            f"proba of shape {proba.shape} must have one row for each of the labels, which have"
            f" shape {labels.shape}, and two columns or more"
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() < proba.shape[1]:
        raise ValueError(
            f"labels from {labels.min()} to {labels.max()} must be columns of proba, which has"
            f" {proba.shape[1]}"
        )
