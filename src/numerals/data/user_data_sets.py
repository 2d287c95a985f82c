"""Data sets that users make on this machine: corrected lines, and the drawings of classes."""

from collections import Counter

from numerals.classroom.class_digits import SPLITS as CLASS_SPLITS
from numerals.classroom.class_digits import (
    class_data_sets,
    is_class,
    load_class_digits,
    split_of,
)
from numerals.corrections.corrected_lines import (
    SPLITS,
    count_corrections,
    is_corrections,
    script_of,
)
from numerals.corrections.correction_digits import load_correction_digits
from numerals.data.data_set import DataSet
from numerals.errors import DataNotFoundError
from numerals.records import Digits


def is_user_data_set(name: str) -> bool:
    """Return whether `name` is that of corrections, or of a class on this machine."""
    return is_corrections(name) or is_class(name)


def list_user_data_sets() -> list[str]:
    """Return the names of the data sets of users that are not empty."""
    return [*count_corrections(), *class_data_sets()]


def load_user_digits(name: str, split: str = "train") -> Digits:
    """Return the digits of a user's data set; errors as in `numerals.data.load_digits`."""
    return load_class_digits(name, split) if is_class(name) else load_correction_digits(name, split)


def describe_user_data_set(name: str) -> DataSet:
    """Return the catalogue's entry for a user's data set.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    """
    return _describe_class(name) if is_class(name) else _describe_corrections(name)


def _describe_corrections(name: str) -> DataSet:
    script = script_of(name)
    sizes = count_corrections().get(name) or dict.fromkeys(SPLITS, 0)
    return DataSet(
        title="Reviewed lines that can be used for training",
        script=script,
        splits=dict.fromkeys(SPLITS, ()),
        sizes=sizes,
        read=lambda paths: load_correction_digits(name),
        licence="as of the files that were read",
        citation="",
        homepage="",
        notes="Sizes are numbers of lines: confirmed and corrected ones whose picture is stored,"
        " each picture once. Single digits come from the lines in which the position"
        " of each character is known. The test split, a fifth of the lines, is never used for"
        " training.",
    )


def _describe_class(name: str) -> DataSet:
    try:
        writers = load_class_digits(name).writers
    except DataNotFoundError:  # nobody has drawn yet
        writers = None
    counts = Counter(split_of(int(writer)) for writer in writers) if writers is not None else {}
    return DataSet(
        title="Digits that a class drew",
        script="latin",
        splits=dict.fromkeys(CLASS_SPLITS, ()),
        sizes={split: counts.get(split, 0) for split in CLASS_SPLITS},
        read=lambda paths: load_class_digits(name),
        licence="as the pupils permit",
        citation="",
        homepage="",
        notes="Drawn on phones with numerals serve --class. Each digit has the number of its"
        " writer; every fourth writer is in the test split.",
    )
