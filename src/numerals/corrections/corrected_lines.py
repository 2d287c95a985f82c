"""Reviewed lines that can be used for training: ``corrections``, ``corrections-kannada``, ...

These are the confirmed and corrected lines whose picture is stored; identical pictures are one
line. The page, ``numerals data`` and the training count them here. They come from the store that
``NUMERALS_STORE`` names, or from the one in the user's data folder. A fixed fifth of them is the
test split.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from numerals.errors import DataNotFoundError, UnknownNameError
from numerals.records import Box
from numerals.scripts import SCRIPTS

if TYPE_CHECKING:
    from numerals.corrections.answered_lines import AnsweredLine
    from numerals.store import Store

DATA_SET_NAME = "corrections"
SPLITS = ("train", "test")

_N_FOLDS = 5  # one fold is the test split
_LINES_PER_BLOCK = 4  # adjacent lines of a page that are always in the same split


@dataclass(frozen=True)
class CorrectedLine:
    """A confirmed or corrected line.

    Attributes
    ----------
    id, reading_id : int
        Ids in the store.
    source : str
        Name of the file.
    read, text : str
        Text as read, and text as answered.
    crop : bytes
        PNG of the line.
    boxes : tuple of Box
        Box of each character as read, spaces excluded, in pixels of the crop; empty if unknown.
    split : {"train", "test"}
    by, at : str
        Who answered, and when (ISO 8601, UTC).
    """

    id: int
    reading_id: int
    source: str
    read: str
    text: str
    crop: bytes
    boxes: tuple[Box, ...]
    split: str
    by: str
    at: str


def is_corrections(name: str) -> bool:
    """Return whether `name` is the name of a data set of corrections."""
    return name in corrections_names()


def corrections_names() -> list[str]:
    """Return the name of the data set of each script; that of Latin is ``corrections``."""
    return [
        DATA_SET_NAME if script == "latin" else f"{DATA_SET_NAME}-{script}" for script in SCRIPTS
    ]


def script_of(name: str) -> str:
    """Return the script of a data set of corrections.

    Raises
    ------
    UnknownNameError
        If `name` is not one of `corrections_names`.
    """
    if name not in corrections_names():
        raise UnknownNameError("data set", name, corrections_names())
    return name.removeprefix(DATA_SET_NAME).removeprefix("-") or "latin"


def count_corrections() -> dict[str, dict[str, int]]:
    """Return the number of lines in each split, of each data set that is not empty."""
    with _open_user_store() as store:
        if store is None:
            return {}
        counts = {name: count_lines(store, script_of(name)) for name in corrections_names()}
    return {name: count for name, count in counts.items() if any(count.values())}


def count_lines(store: "Store", script: str) -> dict[str, int]:
    """Return the number of lines in each split that `load_corrections` returns for a store."""
    from numerals.corrections.answered_lines import list_distinct_lines

    splits = Counter(
        assign_split(line.reading_id, line.page, line.number)
        for line in list_distinct_lines(store, script)
    )
    return {split: splits[split] for split in SPLITS}


def load_corrections(script: str = "latin", split: str | None = None) -> list[CorrectedLine]:
    """Return the confirmed and corrected lines of a script.

    Identical crops, as of a file that was read twice, are one line: it has the id and split of the
    first one and the answer of the last one.

    Parameters
    ----------
    script : str, default="latin"
    split : {"train", "test"}, optional
        By default both.

    Returns
    -------
    list of CorrectedLine
        Empty if there is no store.

    Raises
    ------
    UnknownNameError
        If `split` is neither of these.
    StoreError
        If the store cannot be read.
    """
    if split is not None and split not in SPLITS:
        raise UnknownNameError(f"split of {DATA_SET_NAME}", split, SPLITS)
    with _open_user_store() as store:
        lines = [] if store is None else load_lines(store, script)
    return [line for line in lines if split in (None, line.split)]


def load_lines(store: "Store", script: str) -> list[CorrectedLine]:
    """Return the lines of both splits that `load_corrections` returns for a store."""
    from numerals.corrections.answered_lines import iter_answered_lines

    lines: dict[bytes, CorrectedLine] = {}
    for answered in iter_answered_lines(store, script):
        digest = hashlib.sha256(answered.crop).digest()
        if digest in lines:
            lines[digest] = replace(
                lines[digest], text=answered.answer, by=answered.by, at=answered.at
            )
        else:
            lines[digest] = _to_corrected_line(answered)
    return list(lines.values())


def load_line(store: "Store", script: str, line_id: int) -> CorrectedLine | None:
    """Return one line; None if it is not answered, or it or its crop is not stored."""
    from numerals.corrections.answered_lines import load_answered_line

    answered = load_answered_line(store, script, line_id)
    return None if answered is None else _to_corrected_line(answered)


def require_lines(lines: list[CorrectedLine], script: str) -> list[CorrectedLine]:
    """Return `lines`, or raise DataNotFoundError if there are none.

    Parameters
    ----------
    lines : list of CorrectedLine
    script : str
        For the message.
    """
    if not lines:
        raise DataNotFoundError(
            f"no line of {script} has been corrected; read files with numerals read --store, then "
            "review them in numerals serve"
        )
    return lines


def assign_split(reading_id: int, page: int, number: int) -> str:
    """Return the split of a line, computed from its position so that it never changes.

    Adjacent lines, which one person may have written, are in the same split.

    Parameters
    ----------
    reading_id : int
    page, number : int
        Number of the page, and of the line on the page, from 1.

    Returns
    -------
    {"train", "test"}
    """
    block = reading_id + page + (number - 1) // _LINES_PER_BLOCK
    return "test" if block % _N_FOLDS == 0 else "train"


def _to_corrected_line(line: "AnsweredLine") -> CorrectedLine:
    return CorrectedLine(
        line.id,
        line.reading_id,
        line.source,
        line.read,
        line.answer,
        line.crop,
        line.boxes,
        assign_split(line.reading_id, line.page, line.number),
        line.by,
        line.at,
    )


@contextmanager
def _open_user_store() -> Iterator["Store | None"]:
    """Open the user's store; None if it does not exist or SQLAlchemy is not installed."""
    try:
        from numerals.store import open_store, store_exists
    except ModuleNotFoundError:
        yield None
        return
    if not store_exists():
        yield None
        return
    store = open_store()
    try:
        yield store
    finally:
        store.close()
