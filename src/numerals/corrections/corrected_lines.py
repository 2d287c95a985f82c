"""What people confirmed and corrected, as a data set: lines with their texts, and their digits.

It comes from the store that ``NUMERALS_STORE`` names, or the one in the user's folder. A fifth is
held out, always the same lines: the ``test`` part.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataNotFoundError, UnknownNameError
from numerals.images import load_picture
from numerals.ink import Component, find_field_ink, merge_components, to_mnist
from numerals.ink.line_frame import HEIGHT
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.ink.normalize import MNIST_SIZE
from numerals.records import Box, Digits
from numerals.scripts import SCRIPTS

if TYPE_CHECKING:
    from numerals.store import AnsweredLine, Store

NAME = "corrections"
SPLITS = ("train", "test")

_HELD_OUT = 5  # one block of so many is held out
_BLOCK = 4  # neighbouring lines of a page that stay together
_WITHIN = 0.75  # share of a piece of ink that makes it a character's own
_CHANGED = 3  # one character of so many may be wrong, if the places are to be believed


@dataclass(frozen=True)
class CorrectedLine:
    """A line that somebody confirmed or corrected.

    Attributes
    ----------
    id, reading_id : int
        Its numbers in the store.
    source : str
        The file that was read.
    read, text : str
        What was read, and what stands there.
    crop : bytes
        PNG of the line.
    boxes : tuple of Box
        Where each character that was read, spaces aside, stands in the crop; none if not known.
    split : {"train", "test"}
    answered_id : int
        Of the line whose answer counts: a later one, where the same crop was stored again.
    """

    id: int
    reading_id: int
    source: str
    read: str
    text: str
    crop: bytes
    boxes: tuple[Box, ...]
    split: str
    answered_id: int


def is_corrections(name: str) -> bool:
    """Whether a data set's name means corrections: those of Latin, or ``corrections-kannada``."""
    return name in names()


def names() -> list[str]:
    """Return the names of the corrections of each script."""
    return [NAME if script == "latin" else f"{NAME}-{script}" for script in SCRIPTS]


def script_of(name: str) -> str:
    """Return the script of a name that `names` returns.

    Raises
    ------
    UnknownNameError
        If it is none of those.
    """
    if name not in names():
        raise UnknownNameError("data set", name, names())
    return name.removeprefix(NAME).removeprefix("-") or "latin"


def count_corrections() -> dict[str, int]:
    """Return how many lines of each data set of corrections there are; only of those with any."""
    with opened_store() as store:
        counts = {name: store.count_answered(script_of(name)) if store else 0 for name in names()}
    return {name: count for name, count in counts.items() if count}


def load_corrections(script: str = "latin", split: str | None = None) -> list[CorrectedLine]:
    """Return the lines of a script that were confirmed or corrected.

    A crop that was stored twice, as when a file was read again, counts once, with the last answer.

    Parameters
    ----------
    script : str, default="latin"
    split : {"train", "test"}, optional
        Only this part; by default both.
    """
    if split is not None and split not in SPLITS:
        raise UnknownNameError(f"split of {NAME}", split, SPLITS)
    found: dict[bytes, CorrectedLine] = {}
    with opened_store() as store:
        for line in store.answered(script) if store else ():
            key = hashlib.sha256(line.crop).digest()
            if key in found:  # its part stays what it was
                found[key] = replace(found[key], text=line.answer, answered_id=line.id)
            else:
                found[key] = _corrected(line)
    return [line for line in found.values() if split in (None, line.split)]


def split_of(reading_id: int, page: int, number: int) -> str:
    """Return the part that a line belongs to, by its place alone, so that it never changes.

    Neighbouring lines, which one person may have written, stay together.
    """
    block = reading_id + page + (number - 1) // _BLOCK
    return "test" if block % _HELD_OUT == 0 else "train"


def strip_of(line: CorrectedLine) -> npt.NDArray[np.uint8]:
    """Return a line as a line model sees it, shape (40, n_columns)."""
    ink = find_field_ink(load_picture(line.crop).pixels)
    if not ink.lines:
        return np.zeros((HEIGHT, HEIGHT), np.uint8)
    return to_line_image(ink.gray, fit_line_frame(ink.lines[0]))


def has_places(line: CorrectedLine) -> bool:
    """Whether it is known where each character of the text stands.

    That is so where as many characters were read as stand there, nearly all of them the same: in
    ``2345`` for ``1234`` each place is wrong.
    """
    read, text = _close_up(line.read), _close_up(line.text)
    if not read or len(read) != len(text) or len(line.boxes) != len(read):
        return False
    changed = sum(a != b for a, b in zip(read, text, strict=True))
    return changed <= max(1, len(text) // _CHANGED)


def correction_digits(name: str = NAME, split: str = "train") -> Digits:
    """Return the single digits of corrected lines, 28x28.

    Only lines whose digits' places are known give any (see `has_places`). Signs are left out, and
    digits that touch another character.

    Raises
    ------
    DataNotFoundError
        If there is none.
    """
    script = script_of(name)
    lines = load_corrections(script, split)
    digits = digits_of_lines(lines, script)
    if not len(digits):
        raise DataNotFoundError(
            f"{name}, {split}: {len(lines)} corrected lines, and no digit of them whose place is "
            "known; read with --store, and correct: numerals serve"
        )
    return replace(digits, name=name)


def digits_of_lines(lines: Sequence[CorrectedLine], script: str) -> Digits:
    """Return the single digits of corrected lines, as `correction_digits` does; maybe none."""
    pairs = [pair for line in lines if has_places(line) for pair in _digits_of(line, script)]
    images = np.array([image for image, _ in pairs], np.uint8).reshape(-1, MNIST_SIZE, MNIST_SIZE)
    labels = np.array([label for _, label in pairs], np.int64)
    return Digits(images, labels, SCRIPTS[script], NAME, script)


def _corrected(line: "AnsweredLine") -> CorrectedLine:
    return CorrectedLine(
        line.id,
        line.reading_id,
        line.source,
        line.text,
        line.answer,
        line.crop,
        line.boxes,
        split_of(line.reading_id, line.page, line.number),
        line.id,
    )


def _digits_of(line: CorrectedLine, script: str) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield the digits of a line that touch no other character."""
    ink = find_field_ink(load_picture(line.crop).pixels)
    spans = [(box[0] / ink.scale, box[2] / ink.scale) for box in line.boxes]
    owned: list[list[Component]] = [[] for _ in spans]
    is_whole = [True] * len(spans)
    for part in ink.lines[0].components if ink.lines else ():
        shares = [_share_within(part, *span) for span in spans]
        best = int(np.argmax(shares))
        if shares[best] >= _WITHIN:
            owned[best].append(part)
        else:
            is_whole = [
                whole and s < 1 - _WITHIN for whole, s in zip(is_whole, shares, strict=True)
            ]
    values = {character: value for value, character in enumerate(SCRIPTS[script])}
    for character, parts, whole in zip(_close_up(line.text), owned, is_whole, strict=True):
        if character in values and parts and whole:
            yield to_mnist(merge_components(parts).mask, thicken=True), values[character]


def _share_within(part: Component, left: float, right: float) -> float:
    """Return the share of a part's ink that lies between two columns."""
    columns = np.count_nonzero(part.mask, axis=0)
    x = part.box[0] + np.arange(len(columns)) + 0.5
    return float(columns[(x >= left) & (x <= right)].sum() / max(columns.sum(), 1))


def _close_up(text: str) -> str:
    return text.replace(" ", "")


@contextmanager
def opened_store() -> Iterator["Store | None"]:
    """Open the user's store; None where there is none, or nothing that could have made one."""
    try:
        from numerals.store import is_there, open_store
    except ModuleNotFoundError:
        yield None
        return
    if not is_there():
        yield None
        return
    store: Any = open_store()
    try:
        yield store
    finally:
        store.close()
