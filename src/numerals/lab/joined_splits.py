"""Join the splits of a data set, and find the split and index of each of its digits again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.lab.data_audit import AuditedPicture
from numerals.records import Digits

SINGLE_SPLIT = "all"
"""Name of the split of data that have only one."""


@dataclass(frozen=True, eq=False)
class JoinedSplits:
    """The digits of all splits.

    Attributes
    ----------
    digits : Digits
        The splits one after the other.
    sizes : mapping of str to int
        Number of digits of each split, in this order.
    files : mapping of str to sequence of str
        Names of the files of the digits, of some of the splits.
    """

    digits: Digits
    sizes: Mapping[str, int]
    files: Mapping[str, Sequence[str]]

    def picture_at(self, number: int) -> AuditedPicture:
        """Return the digit with an index among all digits."""
        starts = np.cumsum([0, *self.sizes.values()])
        position = int(np.searchsorted(starts, number, side="right")) - 1
        split, index = list(self.sizes)[position], number - int(starts[position])
        label = int(self.digits.labels[number])
        return AuditedPicture(
            split=split,
            index=index,
            label=self.digits.classes[label] if label >= 0 else "",
            image=self.digits.images[number],
            file=self.files[split][index] if split in self.files else "",
        )


def join_splits(
    digits: Digits | Mapping[str, Digits], files: Mapping[str, Sequence[str]]
) -> JoinedSplits:
    """Join splits that have images of the same size; classes are matched by name.

    Parameters
    ----------
    digits : Digits or mapping of str to Digits
        Digits without a name of the split are named `SINGLE_SPLIT`.
    files : mapping of str to sequence of str
        A name for each digit of the splits in it.

    Raises
    ------
    DataError
        If there are fewer than two digits, the sizes of the images differ, or names are missing.
    """
    splits = {SINGLE_SPLIT: digits} if isinstance(digits, Digits) else dict(digits)
    splits = {name: split for name, split in splits.items() if len(split)}
    if sum(map(len, splits.values())) < 2:
        raise DataError("there are fewer than two digits to audit; choose more data")
    first = next(iter(splits.values()))
    for name, split in splits.items():
        height, width = split.images.shape[1:]
        if (height, width) != first.images.shape[1:]:
            raise DataError(
                f"{split.name}: the digits of {name} have {height}x{width} pixels, those of"
                f" {next(iter(splits))} {first.images.shape[1]}x{first.images.shape[2]}; audit one"
                " split at a time (--split)"
            )
        if name in files and len(files[name]) != len(split):
            raise DataError(
                f"{split.name}: {len(files[name])} file names for {len(split)} digits of {name};"
                " pass one for each"
            )
    return JoinedSplits(
        _concatenate(list(splits.values())), {k: len(v) for k, v in splits.items()}, files
    )


def _concatenate(parts: Sequence[Digits]) -> Digits:
    classes = tuple(dict.fromkeys(name for part in parts for name in part.classes))
    known_writers = [part.writers for part in parts if part.writers is not None]
    return replace(
        parts[0],
        images=np.concatenate([part.images for part in parts]),
        labels=np.concatenate([_relabel(part, classes) for part in parts]),
        classes=classes,
        writers=np.concatenate(known_writers) if len(known_writers) == len(parts) else None,
    )


def _relabel(digits: Digits, classes: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return labels as indices into other classes; -1 stays."""
    numbers = np.array([*(classes.index(name) for name in digits.classes), -1], np.int64)
    return np.asarray(numbers[digits.labels])
