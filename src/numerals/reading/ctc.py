"""Frames of a line -> the likeliest texts: prefix beam search for CTC, with number formats.

A recognizer says for each frame of a line how probable each character is there, and the blank,
which stands between characters and parts equal ones. A text's probability is the sum over all
alignments, the ways to spread it over the frames. The search keeps the likeliest beginnings; with
a format, only those that a valid number may have.

References
----------
Graves, Fernandez, Gomez, Schmidhuber 2006, Connectionist temporal classification, section 4.
Hannun, Maas, Jurafsky, Ng 2014, First-pass large vocabulary continuous speech recognition using
bi-directional recurrent DNNs, algorithm 1 (prefix beam search).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.reading.ctc_alignment import (
    Span,
    align,
    forward_log_probabilities,
    forward_log_probability,
)
from numerals.reading.ctc_search import Prefix, TextTest, frames_to_visit, search, to_ctc_frames

__all__ = ["Decoded", "decode", "decode_together", "forward_log_probability"]

N_ALTERNATIVES = 3
"""How many other classes a character carries."""

_BEAM_WIDTH, _N_BEST, _MIN_PROBA = 16, 5, 1e-3  # unless told otherwise
_RETRY_FACTOR = 8  # how much wider the beam is if no valid text came out


@dataclass(frozen=True)
class Decoded:
    """A text that a line may read as.

    Attributes
    ----------
    text : str
        Its characters.
    log_probability : float
        Of the whole text, summed over all alignments.
    spans : tuple of (int, int)
        For each character the first and last frame where the best alignment has it.
    character_proba : tuple of float in [0, 1]
        How probable each character is in its span, given that some character stands there.
    alternatives : tuple of tuples of (str, float)
        For each character the likeliest others there, likeliest first.
    """

    text: str
    log_probability: float
    spans: tuple[Span, ...]
    character_proba: tuple[float, ...]
    alternatives: tuple[tuple[tuple[str, float], ...], ...]


def decode(
    log_proba: npt.NDArray[np.float32],
    classes: Sequence[str],
    *,
    beam_width: int = _BEAM_WIDTH,
    n_best: int = _N_BEST,
    may_begin: TextTest | None = None,
    accepts: TextTest | None = None,
    min_proba: float = _MIN_PROBA,
) -> list[Decoded]:
    """Find the likeliest texts of a line.

    Parameters
    ----------
    log_proba : ndarray of float32, shape (n_frames, n_classes + 1)
        Logarithms of the probabilities of each frame; the last column is the blank's.
    classes : sequence of str
        The characters of the other columns.
    beam_width : int, default=16
        How many beginnings are kept from frame to frame; eight times as many in a second attempt
        if `accepts` refuses all texts of the first.
    n_best : int, default=5
        How many texts are returned at most.
    may_begin : callable (str) -> bool, optional
        Whether a valid text may begin so; beginnings where it says no are dropped.
    accepts : callable (str) -> bool, optional
        Whether a text is valid; others are not returned.
    min_proba : float, default=1e-3
        In each frame, characters less probable than this are passed over by the search, and
        frames where all are count as blank. 0 considers everything.

    Returns
    -------
    list of Decoded
        Likeliest first. Empty if no text that was found is valid.

    Raises
    ------
    ValueError
        If `log_proba` does not have a column for each class and one for the blank, or no reading
        is asked for.

    Examples
    --------
    >>> proba = np.array([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.1, 0.7, 0.2]], np.float32)
    >>> [best, *others] = decode(np.log(proba), ["4", "7"])
    >>> best.text, round(best.log_probability, 2), best.spans
    ('47', -0.82, ((0, 0), (2, 2)))
    >>> decode(np.log(proba), ["4", "7"], accepts="77".__eq__)[0].text
    '77'
    """
    labels, visited = _find(
        log_proba,
        classes,
        beam_width=beam_width,
        n_best=n_best,
        may_begin=may_begin,
        accepts=accepts,
        min_proba=min_proba,
    )
    sums = forward_log_probabilities(log_proba, labels) if labels else []
    return _describe(labels, sums, log_proba, visited, classes)


def decode_together(
    views: Sequence[npt.NDArray[np.float32]], classes: Sequence[str], **options: Any
) -> list[Decoded]:
    """Find the likeliest texts of a line that was looked at in several ways.

    A text's probability is the geometric mean of those that the views give it (a product of
    experts): where the views disagree, no text is likely.

    Parameters
    ----------
    views : sequence of ndarray of float32, shape (n_frames, n_classes + 1)
        As for `decode`; their numbers of frames may differ. Places are those of the first one.
    classes : sequence of str
        One character each.
    **options
        As for `decode`.

    Returns
    -------
    list of Decoded
        Likeliest first.

    References
    ----------
    Hinton 2002, Training products of experts by minimizing contrastive divergence, section 1.

    Examples
    --------
    >>> sure = np.array([[0.1, 0.9, 0.0]], np.float32)
    >>> unsure = np.array([[0.6, 0.3, 0.1]], np.float32)
    >>> with np.errstate(divide="ignore"):
    ...     [best, *_] = decode_together([np.log(unsure), np.log(sure)], ["4", "7"])
    >>> best.text, round(float(np.exp(best.log_probability)), 2)
    ('7', 0.52)
    """
    found = {tuple(text) for view in views for text in _find(view, classes, **options)[0]}
    labels = sorted(found, key=lambda text: [classes[label] for label in text])
    if not labels:
        return []
    seen = np.mean([forward_log_probabilities(view, labels) for view in views], axis=0).tolist()
    # The first view may have too few frames for what another one saw.
    labels = [row for row, value in zip(labels, seen, strict=True) if np.isfinite(value)]
    every_frame = np.arange(len(views[0]))
    return _describe(labels, list(filter(np.isfinite, seen)), views[0], every_frame, classes)


def _find(
    log_proba: npt.NDArray[np.float32],
    classes: Sequence[str],
    *,
    beam_width: int = _BEAM_WIDTH,
    n_best: int = _N_BEST,
    may_begin: TextTest | None = None,
    accepts: TextTest | None = None,
    min_proba: float = _MIN_PROBA,
) -> tuple[list[list[int]], npt.NDArray[np.intp]]:
    """Return the columns of the likeliest texts' characters, and the frames that were visited."""
    _check(log_proba, classes)
    if beam_width < 1 or n_best < 1:
        raise ValueError(f"beam_width={beam_width} and n_best={n_best} must be at least 1")
    proba = np.exp(log_proba, dtype=np.float64)
    likely = proba[:, :-1] >= min_proba
    visited = frames_to_visit(likely)
    frames = to_ctc_frames(proba, likely, visited)
    found: list[Prefix] = []
    for width in (beam_width, beam_width * _RETRY_FACTOR):
        texts = search(frames, classes, width, may_begin)
        valid = (text for text in texts if accepts is None or accepts(text.text))
        found = list(islice(valid, n_best))
        if found or accepts is None:
            break
    return [prefix.labels() for prefix in found], visited


def _describe(
    texts: Sequence[Sequence[int]],
    log_probabilities: Sequence[float],
    log_proba: npt.NDArray[np.float32],
    visited: npt.NDArray[np.intp],
    classes: Sequence[str],
) -> list[Decoded]:
    """Return the texts with what is known of them, likeliest first."""
    if not texts:
        return []
    spans = _spans(texts, log_proba, visited)
    characters = iter(_characters(log_proba, texts, spans, classes))
    decoded = []
    for labels, row, log_probability in zip(texts, spans, log_probabilities, strict=True):
        found = list(islice(characters, len(labels)))
        decoded.append(
            Decoded(
                "".join(classes[label] for label in labels),
                log_probability,
                tuple(row),
                tuple(proba for proba, _ in found),
                tuple(alternatives for _, alternatives in found),
            )
        )
    return sorted(decoded, key=lambda text: text.log_probability, reverse=True)


def _spans(
    texts: Sequence[Sequence[int]],
    log_proba: npt.NDArray[np.float32],
    visited: npt.NDArray[np.intp],
) -> list[list[Span]]:
    """Align the texts with the visited frames; each stands for those up to the next one too."""
    if not len(visited):
        return [[] for _ in texts]
    runs = np.add.reduceat(log_proba, visited, axis=0, dtype=np.float64)
    frame = visited.tolist()
    return [[(frame[first], frame[last]) for first, last in row] for row in align(runs, texts)]


def _characters(
    log_proba: npt.NDArray[np.float32],
    texts: Sequence[Sequence[int]],
    spans: Sequence[Sequence[Span]],
    classes: Sequence[str],
) -> list[tuple[float, tuple[tuple[str, float], ...]]]:
    """Return for each character of the texts its share of its span, and the likeliest others'.

    The classes' shares sum to 1, the blank aside.
    """
    labels = [label for text in texts for label in text]
    if not labels:
        return []
    bounds = np.array([(first, last + 1) for row in spans for first, last in row])
    proba = np.exp(log_proba[:, :-1], dtype=np.float64)
    padded = np.append(proba, np.zeros((1, len(classes))), axis=0)
    shares = np.add.reduceat(padded, bounds.ravel(), axis=0)[::2]  # (n_characters, n_classes)
    shares /= shares.sum(axis=1, keepdims=True)
    own = shares[np.arange(len(labels)), labels].tolist()
    shares[np.arange(len(labels)), labels] = -1.0
    order = np.argsort(-shares, axis=1, kind="stable")[:, : min(N_ALTERNATIVES, len(classes) - 1)]
    values = np.take_along_axis(shares, order, axis=1).tolist()
    return [
        (share, tuple((classes[i], value) for i, value in zip(row, row_values, strict=True)))
        for share, row, row_values in zip(own, order.tolist(), values, strict=True)
    ]


def _check(log_proba: npt.NDArray[np.float32], classes: Sequence[str]) -> None:
    if log_proba.ndim != 2 or log_proba.shape[1] != len(classes) + 1:
        raise ValueError(
            f"log_proba of shape {log_proba.shape} must have {len(classes) + 1} columns: one for"
            f" each of the {len(classes)} classes and the blank's as the last"
        )
