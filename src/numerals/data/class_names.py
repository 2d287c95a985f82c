"""The class names that belong to the labels of a data set."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.images import natural_key
from numerals.scripts import SCRIPTS

MAX_LABEL = 0xFFFF
"""The largest integer label that is accepted."""


def classes_of_names(names: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Return the classes of text labels, such as folder names.

    Parameters
    ----------
    names : iterable of str
        The labels that occur.

    Returns
    -------
    classes : tuple of str
        All ten digits of a script if every name is one of them, otherwise the sorted names.
    script : str
        That script; ``"latin"`` if the names are not the digits of one script.

    Examples
    --------
    >>> classes_of_names(["७", "१"])[1]
    'devanagari'
    >>> classes_of_names(["b", "a"])
    (('a', 'b'), 'latin')
    """
    unique = set(names)
    for script, classes in SCRIPTS.items():
        if unique <= set(classes):
            return classes, script
    return tuple(sorted(unique, key=natural_key)), "latin"


def classes_for_labels(path: Path, labels: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """Return the names of integer classes: ``"0"`` to ``"9"``, or more if a label is larger.

    Parameters
    ----------
    path : Path
        The file, for error messages.
    labels : ndarray of int64, shape (n_images,)

    Raises
    ------
    DataError
        If a label is below -1 or above `MAX_LABEL`.
    """
    min_label, max_label = int(labels.min(initial=0)), int(labels.max(initial=9))
    if min_label < -1 or max_label > MAX_LABEL:
        raise DataError(
            f"{path}: got labels from {min_label} to {max_label}, expected 0 to {MAX_LABEL}, or -1"
            " for an unlabelled image; renumber the classes from 0"
        )
    return tuple(str(number) for number in range(max(10, max_label + 1)))
