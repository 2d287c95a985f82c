"""Frames -> the likeliest texts: prefix beam search for CTC.

After each frame the search knows the likeliest beginnings of a text, and for each how probable it
is that the frames so far read as just that, summed over the alignments that it followed.

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

_SMALL = 1e-100
_TOTAL = attrgetter("total")


class Prefix:
    """The beginning of a text, and how probable it is after the frames so far.

    `blank` sums the alignments that end in a blank, `open` those that end in its last character,
    `total` both; `gain` is what comes into it from its parent in this frame.
    """

    __slots__ = ("blank", "children", "frame", "gain", "label", "open", "parent", "text", "total")

    def __init__(self, parent: "Prefix | None", label: int, text: str) -> None:
        self.parent = parent
        self.label = label
        self.text = text
        self.children: dict[int, Prefix | None] = {}  # None where no valid text begins so
        self.frame = -1  # the last one that it came into as one of the beam
        self.blank = self.open = self.total = self.gain = 0.0

    def labels(self) -> list[int]:
        """Return its characters' columns."""
        labels = []
        prefix = self
        while prefix.parent is not None:
            labels.append(prefix.label)
            prefix = prefix.parent
        return labels[::-1]


@dataclass(frozen=True)
class CtcFrame:
    """A frame's probabilities, the blank's last, and which characters are worth a try."""

    proba: list[float]
    candidates: list[tuple[int, float]]


def frames_to_visit(likely: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the frames with likely characters, and the first of those without after each."""
    informative = likely.any(axis=1)
    return np.flatnonzero(informative | np.append(False, informative)[:-1])


def to_ctc_frames(
    proba: npt.NDArray[np.float64], likely: npt.NDArray[np.bool_], visited: npt.NDArray[np.intp]
) -> list[CtcFrame]:
    """Return those frames as the search wants them: plain Python is the fastest here."""
    labels: list[list[int]] = [[] for _ in visited]
    for i, label in np.argwhere(likely[visited]).tolist():
        labels[i].append(label)
    rows = proba[visited].tolist()
    return [
        CtcFrame(row, [(label, row[label]) for label in found])
        for row, found in zip(rows, labels, strict=True)
    ]


def search(
    frames: Sequence[CtcFrame], classes: Sequence[str], width: int, may_begin: TextTest | None
) -> list[Prefix]:
    """Return the texts that the beam holds after the last frame, likeliest first."""
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
    return sorted(beam, key=_TOTAL, reverse=True)


def _advance(
    beam: list[Prefix],
    i: int,
    frame: CtcFrame,
    classes: Sequence[str],
    width: int,
    may_begin: TextTest | None,
) -> list[Prefix]:
    """Take the beam through frame number `i`."""
    proba = frame.proba
    blank = proba[-1]
    for prefix in beam:
        prefix.frame, prefix.gain = i, 0.0
    # The beam is full: what is less probable than the least of it will not come in.
    stays = [prefix.total * blank + prefix.open * proba[prefix.label] for prefix in beam]
    least = min(stays) if len(beam) >= width else 0.0
    grown = []
    for prefix in beam:
        for label, p in frame.candidates:
            mass = p * (prefix.blank if label == prefix.label else prefix.total)
            child = prefix.children.get(label, prefix)  # itself: not yet asked for
            if mass <= least and (child is None or child is prefix or child.frame != i):
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
    return _keep([*beam, *grown], width)


def _grow(prefix: Prefix, label: int, character: str, may_begin: TextTest | None) -> Prefix | None:
    """Make a prefix's child, unless no valid text begins so; ask that only once."""
    text = prefix.text + character
    allowed = may_begin is None or may_begin(text)
    child = prefix.children[label] = Prefix(prefix, label, text) if allowed else None
    return child


def _keep(beam: list[Prefix], width: int) -> list[Prefix]:
    """Return the likeliest that are possible, scaled up where they come near the least float."""
    beam = [prefix for prefix in beam if prefix.total > 0.0]
    if len(beam) > width:
        beam = sorted(beam, key=_TOTAL, reverse=True)[:width]
    most = max((prefix.total for prefix in beam), default=1.0)
    if most < _SMALL:
        for prefix in beam:
            prefix.blank /= most
            prefix.open /= most
            prefix.total /= most
    return beam
