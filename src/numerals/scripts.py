"""Which characters are digits, script by script."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.images import natural_key

SCRIPTS: dict[str, tuple[str, ...]] = {
    "latin": tuple("0123456789"),
    "kannada": tuple("೦೧೨೩೪೫೬೭೮೯"),
    "persian": tuple("۰۱۲۳۴۵۶۷۸۹"),
    "bangla": tuple("০১২৩৪৫৬৭৮৯"),
    "devanagari": tuple("०१२३४५६७८९"),
}
"""The ten digits of each script, zero first."""


def digits_only(text: str) -> str:
    """Return the characters of `text` that are digits of any script."""
    return "".join(filter(str.isdigit, text))


def classes_of_names(names: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Choose the classes for labels that are written out, as folder names are.

    Parameters
    ----------
    names : iterable of str
        The labels that occur.

    Returns
    -------
    classes : tuple of str
        All ten digits of a script if every name is one of them; otherwise the names, sorted.
    script : str
        That script; ``"latin"`` where no script has them all.

    Examples
    --------
    >>> classes_of_names(["७", "१"])[1]
    'devanagari'
    >>> classes_of_names(["b", "a"])
    (('a', 'b'), 'latin')
    """
    found = set(names)
    for script, classes in SCRIPTS.items():
        if found <= set(classes):
            return classes, script
    return tuple(sorted(found, key=natural_key)), "latin"


def classes_for_labels(path: Path, labels: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """Return the numbers from 0 as classes: ten of them, or more if the labels need more."""
    lowest, largest = int(labels.min(initial=0)), int(labels.max(initial=9))
    if lowest < -1 or largest > 0xFFFF:
        raise DataError(
            f"{path}: labels from {lowest} to {largest}; expected classes numbered from 0, or -1"
            " for none"
        )
    return tuple(str(number) for number in range(max(10, largest + 1)))
