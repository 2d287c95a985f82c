"""Prefix beam search for CTC.

After each frame, the search keeps the most probable prefixes, each with its probability summed over
the alignments that were followed so far.

References
----------
Hannun, Maas, Jurafsky, Ng 2014, First-pass large vocabulary continuous speech recognition using
bi-directional recurrent DNNs, algorithm 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import numpy.typing as npt

TextTest = Callable[[str], bool]

MIN_BEAM_TOTAL = 1e-100
"""Probability of the best prefix below which all prefixes are rescaled, to prevent underflow."""
BY_TOTAL = attrgetter("total")


class Prefix:
    """A prefix of a text with its probability after the frames so far.

    Attributes
    ----------
    blank, open, total : float
        Probability of the alignments that end in a blank, in the prefix's last character, and in
        either.
    gain : float
        Probability that is added from its parent in the current frame.
    """

    __slots__ = ("blank", "children", "frame", "gain", "label", "open", "parent", "text", "total")

    def __init__(self, parent: "Prefix | None", label: int, text: str) -> None:
        self.parent = parent
        self.label = label
        self.text = text
        self.children: dict[int, Prefix | None] = {}  # None for prefixes of no valid text
        self.frame = -1  # index of the last frame at which it was in the beam
        self.blank = self.open = self.total = self.gain = 0.0

    def labels(self) -> list[int]:
        """Return the labels of its characters."""
        labels = []
        prefix = self
        while prefix.parent is not None:
            labels.append(prefix.label)
            prefix = prefix.parent
        return labels[::-1]


@dataclass(frozen=True)
class CtcFrame:
    """The probabilities of a frame, the blank last, and the characters to be considered."""

    proba: list[float]
    candidates: list[tuple[int, float]]


def frames_to_visit(is_candidate: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the frames with candidates, and the first frame without candidates after each."""
    informative = is_candidate.any(axis=1)
    return np.flatnonzero(informative | np.append(False, informative)[:-1])


def to_ctc_frames(
    proba: npt.NDArray[np.float64],
    is_candidate: npt.NDArray[np.bool_],
    visited: npt.NDArray[np.intp],
) -> list[CtcFrame]:
    """Return the visited frames as plain Python values, which are fastest in the search."""
    labels: list[list[int]] = [[] for _ in visited]
    for i, label in np.argwhere(is_candidate[visited]).tolist():
        labels[i].append(label)
    rows = proba[visited].tolist()
    return [
        CtcFrame(row, [(label, row[label]) for label in row_labels])
        for row, row_labels in zip(rows, labels, strict=True)
    ]


def search_beam(
    frames: Sequence[CtcFrame], classes: Sequence[str], width: int, may_begin: TextTest | None
) -> list[Prefix]:
    """Return the prefixes in the beam after the last frame, by descending probability."""
    start = Prefix(None, -1, "")
    start.blank = start.total = 1.0
    beam = [start]
    for i, frame in enumerate(frames):
        if not frame.candidates:  # all go on with a blank
            for prefix in beam:
                prefix.blank, prefix.open = prefix.total, 0.0
            continue
        beam = _advance(beam, i, frame, classes, width, may_begin)
        if not beam:
            return []
    return sorted(beam, key=BY_TOTAL, reverse=True)


def _advance(
    beam: list[Prefix],
    i: int,
    frame: CtcFrame,
    classes: Sequence[str],
    width: int,
    may_begin: TextTest | None,
) -> list[Prefix]:
    """Return the beam after frame `i`."""
    proba = frame.proba
    blank = proba[-1]
    for prefix in beam:
        prefix.frame, prefix.gain = i, 0.0
    # The beam is full: prefixes less probable than its last one will be dropped.
    stays = [prefix.total * blank + prefix.open * proba[prefix.label] for prefix in beam]
    min_total = min(stays) if len(beam) >= width else 0.0
    grown = []
    for prefix in beam:
        for label, p in frame.candidates:
            mass = p * (prefix.blank if label == prefix.label else prefix.total)
            child = prefix.children.get(label, prefix)  # `prefix` itself: not created yet
            if mass <= min_total and (child is None or child is prefix or child.frame != i):
                continue
            if child is prefix:
                child = _grow(prefix, label, classes[label], may_begin)
            if child is None:
                continue
            child.gain = mass
            if child.frame != i:
                grown.append(child)
    for prefix in beam:
        prefix.blank = prefix.total * blank
        prefix.open = prefix.open * proba[prefix.label] + prefix.gain
        prefix.total = prefix.blank + prefix.open
    for prefix in grown:
        prefix.blank, prefix.open, prefix.total = 0.0, prefix.gain, prefix.gain
    return _prune([*beam, *grown], width)


def _grow(prefix: Prefix, label: int, character: str, may_begin: TextTest | None) -> Prefix | None:
    """Create the child of a prefix, or None if no valid text begins with it; cache the result."""
    text = prefix.text + character
    allowed = may_begin is None or may_begin(text)
    child = prefix.children[label] = Prefix(prefix, label, text) if allowed else None
    return child


def _prune(beam: list[Prefix], width: int) -> list[Prefix]:
    """Return the most probable prefixes, rescaled if their probabilities are close to underflow."""
    beam = [prefix for prefix in beam if prefix.total > 0.0]
    if len(beam) > width:
        beam = sorted(beam, key=BY_TOTAL, reverse=True)[:width]
    max_total = max((prefix.total for prefix in beam), default=1.0)
    if max_total < MIN_BEAM_TOTAL:
        for prefix in beam:
            prefix.blank /= max_total
            prefix.open /= max_total
            prefix.total /= max_total
    return beam
