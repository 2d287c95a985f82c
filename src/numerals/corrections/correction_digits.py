"""Images of corrected lines: the line image for a line model, and single digits with labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import (
    DATA_SET_NAME,
    CorrectedLine,
    load_corrections,
    load_line,
    script_of,
)
from numerals.errors import DataNotFoundError
from numerals.images import load_picture
from numerals.ink import Component, find_field_ink, merge_components, to_mnist
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.ink.normalize import MNIST_SIZE
from numerals.models.line_model import STRIP_HEIGHT
from numerals.records import Digits
from numerals.scripts import SCRIPTS

if TYPE_CHECKING:
    from numerals.store import Store

_MIN_SHARE = 0.75  # share of a component's ink inside a character's box that assigns it
_CHARACTERS_PER_ERROR = 3  # the boxes are used if at most one in so many characters differs


@dataclass(frozen=True)
class DigitOrigin:
    """Where a digit comes from: its line in the store, and its position in `cut_digits`."""

    line_id: int | None = None
    position: int | None = None


def extract_line_image(line: CorrectedLine) -> npt.NDArray[np.uint8]:
    """Return the image of a line as the input of a line model.

    Returns
    -------
    ndarray of uint8, shape (40, n_columns)
        Ink bright; zeros if the crop shows no ink.
    """
    ink = find_field_ink(load_picture(line.crop).pixels)
    if not ink.lines:
        return np.zeros((STRIP_HEIGHT, STRIP_HEIGHT), np.uint8)
    return to_line_image(ink.gray, fit_line_frame(ink.lines[0]))


def has_reliable_boxes(line: CorrectedLine) -> bool:
    """Return whether the boxes of the characters as read are also those of the corrected text.

    This is assumed if both texts have the same length and at most one character in three differs:
    if ``1234`` was read as ``2345``, each box is that of another character.
    """
    read, text = _remove_spaces(line.read), _remove_spaces(line.text)
    if not read or len(read) != len(text) or len(line.boxes) != len(read):
        return False
    n_different = sum(a != b for a, b in zip(read, text, strict=True))
    return n_different <= max(1, len(text) // _CHARACTERS_PER_ERROR)


def load_correction_digits(name: str = DATA_SET_NAME, split: str = "train") -> Digits:
    """Return the single digits of a data set of corrections.

    Only lines with reliable boxes are used: see `has_reliable_boxes`. Signs, and digits that touch
    another character, are left out.

    Parameters
    ----------
    name : str, default="corrections"
    split : {"train", "test"}, default="train"

    Returns
    -------
    Digits
        Images of shape (n_digits, 28, 28).

    Raises
    ------
    UnknownNameError
        If there is no such data set or split.
    DataNotFoundError
        If it has no digits.
    """
    script = script_of(name)
    lines = load_corrections(script, split)
    digits = extract_digits(lines, script)
    if not len(digits):
        raise DataNotFoundError(
            f"{name}, {split}: {len(lines)} corrected lines, but no digit in them has a known "
            "position; read more files with --store, and correct them in numerals serve"
        )
    return replace(digits, name=name)


def extract_digits(lines: Sequence[CorrectedLine], script: str) -> Digits:
    """Return the single digits of some lines as in `load_correction_digits`; may be empty."""
    return extract_digits_with_origins(lines, script)[0]


def extract_digits_with_origins(
    lines: Sequence[CorrectedLine], script: str
) -> tuple[Digits, list[DigitOrigin]]:
    """Return the digits of `extract_digits`, and where each of them comes from."""
    images, labels, origins = [], [], []
    for line in lines:
        for position, (image, label) in enumerate(cut_digits(line, script)):
            images.append(image)
            labels.append(label)
            origins.append(DigitOrigin(line.id, position))
    array = np.array(images, np.uint8).reshape(-1, MNIST_SIZE, MNIST_SIZE)
    digits = Digits(array, np.array(labels, np.int64), SCRIPTS[script], DATA_SET_NAME, script)
    return digits, origins


def load_digit(store: "Store", script: str, origin: DigitOrigin) -> npt.NDArray[np.uint8] | None:
    """Return the image of a digit of a line in a store; None if it is not stored any more.

    Returns
    -------
    ndarray of uint8, shape (28, 28), optional
    """
    line = None if origin.line_id is None else load_line(store, script, origin.line_id)
    images = [] if line is None else [image for image, _ in cut_digits(line, script)]
    position = origin.position
    return images[position] if position is not None and position < len(images) else None


def cut_digits(line: CorrectedLine, script: str) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield the image and label of each digit that touches no other character.

    Lines whose boxes are not reliable have none.
    """
    if not has_reliable_boxes(line):
        return
    ink = find_field_ink(load_picture(line.crop).pixels)
    spans = [(box[0] / ink.scale, box[2] / ink.scale) for box in line.boxes]
    components: list[list[Component]] = [[] for _ in spans]
    is_separate = [True] * len(spans)
    for component in ink.lines[0].components if ink.lines else ():
        shares = [_share_between(component, *span) for span in spans]
        best = int(np.argmax(shares))
        if shares[best] >= _MIN_SHARE:
            components[best].append(component)
        else:  # the component connects several characters
            is_separate = [
                separate and share < 1 - _MIN_SHARE
                for separate, share in zip(is_separate, shares, strict=True)
            ]
    labels = {character: label for label, character in enumerate(SCRIPTS[script])}
    characters = zip(_remove_spaces(line.text), components, is_separate, strict=True)
    for character, own_components, separate in characters:
        if character in labels and own_components and separate:
            yield to_mnist(merge_components(own_components).mask, thicken=True), labels[character]


def _share_between(component: Component, left: float, right: float) -> float:
    """Return the share of a component's pixels between two columns."""
    columns = np.count_nonzero(component.mask, axis=0)
    x = component.box[0] + np.arange(len(columns)) + 0.5
    return float(columns[(x >= left) & (x <= right)].sum() / max(columns.sum(), 1))


def _remove_spaces(text: str) -> str:
    return text.replace(" ", "")
