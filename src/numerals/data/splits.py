"""The names of splits as folders, archives and files have them."""

import re
from collections.abc import Iterable

from numerals.errors import UnknownNameError

_ALIASES = {
    "train": ("train", "training", "tr", "trn"),
    "test": ("test", "testing", "te", "tst", "t10k"),
    "validation": ("validation", "val", "valid", "dev"),
}
_SPLITS = {alias: split for split, aliases in _ALIASES.items() for alias in aliases}

# Between words: what is no letter or digit; trainImages; Xtrain, trainX.
_WORD_ENDS = re.compile(
    r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])|(?<=^[xyXY])(?=(?:train|test|val)$)"
    r"|(?<=^train)(?=[xyXY]$)|(?<=^test)(?=[xyXY]$)"
)


def split_of_name(name: str) -> str | None:
    """Return which split a name means: ``"train"``, ``"test"``, ``"validation"``, or None.

    Examples
    --------
    >>> split_of_name("Testing"), split_of_name("7")
    ('test', None)
    """
    return _SPLITS.get(name.lower())


def split_in_name(name: str) -> tuple[str | None, str]:
    """Take the split out of a name of several words.

    Returns
    -------
    split : str or None
    rest : str
        The other words, in lower case, joined by ``_``.

    Examples
    --------
    >>> split_in_name("x_train"), split_in_name("train/target"), split_in_name("images")
    (('train', 'x'), ('train', 'target'), (None, 'images'))
    """
    words = [word.lower() for word in _WORD_ENDS.split(name) if word]
    found = [word for word in words if word in _SPLITS]
    rest = "_".join(word for word in words if word not in _SPLITS)
    return (_SPLITS[found[0]] if found else None), rest


def choose_split(wanted: str, present: Iterable[str]) -> str:
    """Return the one of the splits that are `present` which is wanted, under any of its names.

    Raises
    ------
    UnknownNameError
        If it is not there.
    """
    known = sorted(set(present))
    split = split_of_name(wanted)
    if split not in known:
        raise UnknownNameError("split", wanted, known)
    assert split is not None
    return split


def note_of_split(split: str, present: Iterable[str]) -> tuple[str, ...]:
    """Say which split was read, where there are several."""
    known = sorted(set(present))
    return (f"split {split} of {', '.join(known)} (--split)",) if len(known) > 1 else ()
