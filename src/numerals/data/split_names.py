"""Recognize the names of splits in the names of folders, archives and arrays."""

import re
from collections.abc import Iterable

from numerals.errors import UnknownNameError

_ALIASES = {
    "train": ("train", "training", "tr", "trn"),
    "test": ("test", "testing", "te", "tst", "t10k"),
    "validation": ("validation", "val", "valid", "dev"),
}
_SPLIT_OF_ALIAS = {alias: split for split, aliases in _ALIASES.items() for alias in aliases}

# Word boundaries: other characters than letters and digits; trainImages; Xtrain and trainX.
_WORD_ENDS = re.compile(
    r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])|(?<=^[xyXY])(?=(?:train|test|val)$)"
    r"|(?<=^train)(?=[xyXY]$)|(?<=^test)(?=[xyXY]$)"
)

_SPLITS_NOTE = re.compile(r"split \w+ of (\w+(?:, \w+)+) \(--split\)")


def split_of_name(name: str) -> str | None:
    """Return the split that a name means, ``"train"``, ``"test"`` or ``"validation"``; else None.

    Examples
    --------
    >>> split_of_name("Testing"), split_of_name("7")
    ('test', None)
    """
    return _SPLIT_OF_ALIAS.get(name.lower())


def split_in_name(name: str) -> tuple[str | None, str]:
    """Separate the split from the other words of a name.

    Returns
    -------
    split : str or None
    rest : str
        The other words in lower case, joined by ``_``.

    Examples
    --------
    >>> split_in_name("x_train"), split_in_name("train/target"), split_in_name("images")
    (('train', 'x'), ('train', 'target'), (None, 'images'))
    """
    words = [word.lower() for word in _WORD_ENDS.split(name) if word]
    splits = [_SPLIT_OF_ALIAS[word] for word in words if word in _SPLIT_OF_ALIAS]
    rest = "_".join(word for word in words if word not in _SPLIT_OF_ALIAS)
    return (splits[0] if splits else None), rest


def choose_split(requested: str, present: Iterable[str]) -> str:
    """Return the split that `requested` names, by any synonym, if it is present.

    Raises
    ------
    UnknownNameError
        If it is not present.
    """
    known = sorted(set(present))
    split = split_of_name(requested)
    if split not in known:
        raise UnknownNameError("split", requested, known)
    assert split is not None
    return split


def note_of_split(split: str, present: Iterable[str]) -> tuple[str, ...]:
    """Return a note that states which split was read, if there are several."""
    known = sorted(set(present))
    return (f"split {split} of {', '.join(known)} (--split)",) if len(known) > 1 else ()


def splits_in_notes(notes: Iterable[str]) -> list[str]:
    """Return the splits that a note of `note_of_split` lists; none without such a note.

    Examples
    --------
    >>> splits_in_notes(note_of_split("train", ["test", "train"]))
    ['test', 'train']
    """
    for note in notes:
        if match := _SPLITS_NOTE.fullmatch(note):
            return match[1].split(", ")
    return []
