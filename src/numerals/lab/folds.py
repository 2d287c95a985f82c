"""Folds of a cross-validation: by writer where the writers are known."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from numerals.records import Digits

Split = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Indices of the digits to fit to, and of those to measure the accuracy on."""


@dataclass(frozen=True, eq=False)
class Folds:
    """The folds of a cross-validation.

    Attributes
    ----------
    splits : tuple of Split
    by_writer : bool
        Whether each writer is in one fold only.
    description : str
        One or two sentences for the user.
    """

    splits: tuple[Split, ...]
    by_writer: bool
    description: str


def make_folds(digits: Digits, n_folds: int) -> Folds:
    """Divide digits into stratified folds, with all digits of a writer in the same fold.

    If the writers are not known, or are fewer than the folds, the folds are random.

    Parameters
    ----------
    digits : Digits
        Labelled.
    n_folds : int

    Raises
    ------
    ValueError
        If there are fewer digits of each class than folds.

    Examples
    --------
    >>> labels, writers = np.arange(12) % 2, np.arange(12) // 4
    >>> digits = Digits(np.zeros((12, 2, 2), np.uint8), labels, writers=writers)
    >>> make_folds(digits, 3).by_writer
    True
    """
    n_writers = 0 if digits.writers is None else len(np.unique(digits.writers))
    by_writer = n_writers >= n_folds
    maker = StratifiedGroupKFold if by_writer else StratifiedKFold
    folds = maker(n_folds, shuffle=True, random_state=0)
    splits = tuple(folds.split(digits.X, digits.labels, digits.writers if by_writer else None))
    return Folds(splits, by_writer, _describe(digits, n_folds, n_writers, by_writer=by_writer))


def _describe(digits: Digits, n_folds: int, n_writers: int, *, by_writer: bool) -> str:
    if by_writer:
        return f"{n_folds} folds by writer: each of the {n_writers:,} writers is in one fold"
    reason = f"only {n_writers} writers" if n_writers else "no writers"
    return (
        f"warning: {n_folds} random folds, because {digits.name} names {reason}. If the digits of "
        "a writer are in several folds, the accuracy on new writers is lower than in "
        "cross-validation"
    )
