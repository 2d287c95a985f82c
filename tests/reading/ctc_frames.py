"""Outputs of a line model for invented lines, and their exact probabilities by enumeration."""

from collections import defaultdict
from itertools import groupby, product

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

Frames = npt.NDArray[np.float32]

CLASSES = ("1", "7", "4")
BLANK = len(CLASSES)


def to_log(proba) -> Frames:
    """Return the logarithms of rows, normalized to sum to 1."""
    rows = np.asarray(proba, np.float64)
    rows = rows / rows.sum(axis=1, keepdims=True)
    return np.log(np.maximum(rows, 1e-30)).astype(np.float32)


def peaks(columns: list[dict[str, float]], classes=CLASSES) -> Frames:
    """Return frames with a blank after each column; the remainder of each column is blank."""
    rows = []
    for column in columns:
        row = [column.get(character, 0.0) for character in classes]
        rows += [[*row, max(0.0, 1.0 - sum(row))], [*[0.0] * len(classes), 1.0]]
    return to_log(rows)


def all_texts(log_proba: Frames) -> dict[tuple[int, ...], float]:
    """Return the probability of every text, summed over all its alignments."""
    proba = np.exp(log_proba.astype(np.float64))
    texts: dict[tuple[int, ...], float] = defaultdict(float)
    for alignment in product(range(proba.shape[1]), repeat=len(proba)):
        mass = float(np.prod(proba[np.arange(len(proba)), alignment]))
        texts[collapse(alignment)] += mass
    return texts


def best_alignment(log_proba: Frames, labels: tuple[int, ...]) -> float:
    """Return the probability of the best alignment of a text."""
    proba = np.exp(log_proba.astype(np.float64))
    return max(
        float(np.prod(proba[np.arange(len(proba)), alignment]))
        for alignment in product(range(proba.shape[1]), repeat=len(proba))
        if collapse(alignment) == labels
    )


def collapse(alignment) -> tuple[int, ...]:
    """Return the text of an alignment, without repeats and blanks."""
    return tuple(label for label, _ in groupby(alignment) if label != BLANK)


@st.composite
def lines(draw, most: int = 5) -> Frames:
    """Draw one to `most` frames over three classes and the blank."""
    n_frames = draw(st.integers(1, most))
    weight = st.floats(0.01, 1.0)
    rows = [draw(st.lists(weight, min_size=4, max_size=4)) for _ in range(n_frames)]
    return to_log(np.array(rows) ** draw(st.sampled_from([1, 3])))
