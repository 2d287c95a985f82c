"""The drawings of a class as a data set: ``class-NAME``.

Every fourth pupil is in the test split, so that a model is tested on pupils whose writing it has
not seen.
"""

import re
from pathlib import Path

import numpy as np

from numerals.classroom.journal import SIDE, Drawing, read_class
from numerals.errors import DataNotFoundError, OptionError, UnknownNameError
from numerals.models.user_folder import user_folder
from numerals.records import Digits

PREFIX = "class-"
SPLITS = ("train", "test")

_N_FOLDS = 4  # one in so many pupils is in the test split
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def class_path(name: str) -> Path:
    """Return the path of the journal of a class, whether or not it exists.

    Raises
    ------
    OptionError
        If the name has other characters than a-z, 0-9 and hyphens.
    """
    if not _NAME.fullmatch(name):
        raise OptionError(
            f"class name {name!r}: use up to 40 of the characters a-z, 0-9 and -, such as year7"
        )
    return user_folder() / "classes" / f"{name}.jsonl"


def class_data_sets() -> list[str]:
    """Return the names of the data sets of all classes on this machine."""
    return sorted(
        f"{PREFIX}{path.stem}"
        for path in (user_folder() / "classes").glob("*.jsonl")
        if _NAME.fullmatch(path.stem)
    )


def is_class(name: str) -> bool:
    """Return whether `name` is the data set of a class on this machine."""
    return name.startswith(PREFIX) and name in class_data_sets()


def load_class_digits(name: str, split: str | None = None) -> Digits:
    """Return the drawings of a class.

    Parameters
    ----------
    name : str
        Name of the data set, such as ``"class-year7"``.
    split : {"train", "test"}, optional
        By default both.

    Returns
    -------
    Digits
        Images of shape (n_digits, 28, 28), with the number of each pupil in `writers`.

    Raises
    ------
    UnknownNameError
        If there is no such class or split.
    DataNotFoundError
        If the split has no drawings.
    DataError
        If the file of the class is damaged.
    """
    if not is_class(name):
        raise UnknownNameError("data set", name, class_data_sets())
    if split is not None and split not in SPLITS:
        raise UnknownNameError(f"split of {name}", split, SPLITS)
    drawings = [
        drawing
        for drawing in read_class(class_path(name.removeprefix(PREFIX))).drawings
        if split in (None, split_of(drawing.writer))
    ]
    if not drawings:
        raise DataNotFoundError(
            f"{name}, {split or 'train and test'}: no drawings yet; let pupils draw with numerals "
            f"serve --class {name.removeprefix(PREFIX)}. Every {_N_FOLDS}th pupil is in the test "
            "split"
        )
    return to_digits(drawings, name)


def split_of(writer: int) -> str:
    """Return the split of a pupil's drawings."""
    return "test" if writer % _N_FOLDS == 0 else "train"


def to_digits(drawings: list[Drawing], name: str) -> Digits:
    """Return drawings as a data set; it may be empty."""
    images = np.array([drawing.image for drawing in drawings], np.uint8).reshape(-1, SIDE, SIDE)
    return Digits(
        images,
        np.array([drawing.label for drawing in drawings], np.int64),
        name=name,
        writers=np.array([drawing.writer for drawing in drawings], np.int64),
    )
