"""Digits of a data set that options select: by index, by label."""

from typing import TYPE_CHECKING

from numerals.errors import DataError, UnknownNameError
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from numerals.records import Digits


def check_index(digits: "Digits", index: int, source: str) -> int:
    """Return the index; raise `DataError` if the data set has no such digit.

    Parameters
    ----------
    digits : Digits
    index : int
    source : str
        Data set and split, for the message.
    """
    if not 0 <= index < len(digits):
        raise DataError(f"{source} has digits 0 to {len(digits) - 1}; got {index}")
    return index


def find_label(digits: "Digits", text: str) -> int:
    """Return the label of a class by its name, in its own script or in 0 to 9.

    Raises
    ------
    UnknownNameError
        If there is no such class.
    """
    names = list(digits.classes)
    if text in names:
        return names.index(text)
    ascii_names = [to_ascii_digits(name) for name in names]
    if text in ascii_names:
        return ascii_names.index(text)
    raise UnknownNameError("digit", text, names)


def first_index_of(digits: "Digits", text: str, source: str) -> int:
    """Return the index of the first digit with a label.

    Raises
    ------
    UnknownNameError
        If there is no such class.
    DataError
        If no digit has this label.
    """
    label = find_label(digits, text)
    for index, each in enumerate(digits.labels.tolist()):
        if each == label:
            return index
    raise DataError(f"{source} has no digit labelled {text}; choose another digit or split")


def label_text(digits: "Digits", index: int) -> str:
    """Return ``"labelled 7"``, or ``"without a label"``."""
    label = int(digits.labels[index])
    return f"labelled {digits.classes[label]}" if label >= 0 else "without a label"
