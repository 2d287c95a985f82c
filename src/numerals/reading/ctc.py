"""Decode the outputs of a line model: CTC prefix beam search with number formats.

For each frame of a line, the model gives the probability of each character and of the blank, which
lies between characters and separates equal ones. The probability of a text is the sum over all
alignments, that is, over all ways to distribute its characters over the frames. The beam search
keeps the most probable prefixes; with a format, only prefixes of valid numbers.

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
from numerals.reading.ctc_search import (
    Prefix,
    TextTest,
    frames_to_visit,
    search_beam,
    to_ctc_frames,
)

__all__ = ["Decoded", "decode", "decode_together", "forward_log_probability"]

N_ALTERNATIVES = 3
"""Maximum number of alternatives of a character."""

DEFAULT_BEAM_WIDTH, DEFAULT_N_BEST, DEFAULT_MIN_PROBA = 16, 5, 1e-3
"""Defaults of `decode`."""
BEAM_RETRY_FACTOR = 8
"""Factor of the beam width in a second attempt, after no valid text was found."""


@dataclass(frozen=True)
class Decoded:
    """A possible text of a line.

    Attributes
    ----------
    text : str
    log_probability : float
        Log-probability of the text, summed over all alignments.
    spans : tuple of (int, int)
        First and last frame of each character in the best alignment.
    character_proba : tuple of float in [0, 1]
        Probability of each character in its span, given that the span is not blank.
    alternatives : tuple of tuples of (str, float)
        The next most probable characters in each span, in descending order.
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
    beam_width: int = DEFAULT_BEAM_WIDTH,
    n_best: int = DEFAULT_N_BEST,
    may_begin: TextTest | None = None,
    accepts: TextTest | None = None,
    min_proba: float = DEFAULT_MIN_PROBA,
) -> list[Decoded]:
    """Find the most probable texts of a line.

    Parameters
    ----------
    log_proba : ndarray of float32, shape (n_frames, n_classes + 1)
        Log-probabilities of each frame; the last column is the blank.
    classes : sequence of str
        The characters of the other columns.
    beam_width : int, default=16
        Number of prefixes that are kept after each frame. It is eight times as large in a second
        attempt, if `accepts` rejects all texts of the first one.
    n_best : int, default=5
        Maximum number of texts that are returned.
    may_begin : callable (str) -> bool, optional
        Whether a valid text may have this prefix; other prefixes are dropped.
    accepts : callable (str) -> bool, optional
        Whether a text is valid; other texts are not returned.
    min_proba : float, default=1e-3
        Minimum probability of a character in a frame to be considered by the search. Frames without
        such a character count as blank. 0 considers all characters.

    Returns
    -------
    list of Decoded
        By descending probability. Empty if no valid text was found.

    Raises
    ------
    ValueError
        If `log_proba` does not have one column per class and one for the blank, or if `beam_width`
        or `n_best` is less than 1.

    Examples
    --------
    >>> proba = np.array([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.1, 0.7, 0.2]], np.float32)
    >>> [best, *others] = decode(np.log(proba), ["4", "7"])
    >>> best.text, round(best.log_probability, 2), best.spans
    ('47', -0.82, ((0, 0), (2, 2)))
    >>> decode(np.log(proba), ["4", "7"], accepts="77".__eq__)[0].text
    '77'
    """
    labels, visited = _find_texts(
        log_proba,
        classes,
        beam_width=beam_width,
        n_best=n_best,
        may_begin=may_begin,
        accepts=accepts,
        min_proba=min_proba,
    )
    sums = forward_log_probabilities(log_proba, labels) if labels else []
    return _to_decoded(labels, sums, log_proba, visited, classes)


def decode_together(
    views: Sequence[npt.NDArray[np.float32]], classes: Sequence[str], **options: Any
) -> list[Decoded]:
    """Find the most probable texts of a line from several outputs of line models.

    The probability of a text is the geometric mean of its probabilities in the outputs (a product
    of experts): where they disagree, no text is probable.

    Parameters
    ----------
    views : sequence of ndarray of float32, shape (n_frames, n_classes + 1)
        As for `decode`; the number of frames may differ. Spans refer to the first one.
    classes : sequence of str
        The characters of the columns.
    **options
        As for `decode`.

    Returns
    -------
    list of Decoded
        By descending probability.

    References
    ----------
    Hinton 2002, Training products of experts by minimizing contrastive divergence, section 1.

    Examples
    --------
    >>> certain = np.array([[0.1, 0.9, 0.0]], np.float32)
    >>> uncertain = np.array([[0.6, 0.3, 0.1]], np.float32)
    >>> with np.errstate(divide="ignore"):
    ...     [best, *_] = decode_together([np.log(uncertain), np.log(certain)], ["4", "7"])
    >>> best.text, round(float(np.exp(best.log_probability)), 2)
    ('7', 0.52)
    """
    texts = {tuple(text) for view in views for text in _find_texts(view, classes, **options)[0]}
    labels = sorted(texts, key=lambda text: [classes[label] for label in text])
    if not labels:
        return []
    log_probabilities = np.mean(
        [forward_log_probabilities(view, labels) for view in views], axis=0
    ).tolist()
    # The first output may have too few frames for a text that another one contains.
    labels = [
        row for row, value in zip(labels, log_probabilities, strict=True) if np.isfinite(value)
    ]
    every_frame = np.arange(len(views[0]))
    return _to_decoded(
        labels, list(filter(np.isfinite, log_probabilities)), views[0], every_frame, classes
    )


def _find_texts(
    log_proba: npt.NDArray[np.float32],
    classes: Sequence[str],
    *,
    beam_width: int = DEFAULT_BEAM_WIDTH,
    n_best: int = DEFAULT_N_BEST,
    may_begin: TextTest | None = None,
    accepts: TextTest | None = None,
    min_proba: float = DEFAULT_MIN_PROBA,
) -> tuple[list[list[int]], npt.NDArray[np.intp]]:
    """Return the labels of the most probable texts, and the frames that were visited."""
    _check_shape(log_proba, classes)
    if beam_width < 1 or n_best < 1:
        raise ValueError(f"beam_width={beam_width} and n_best={n_best} must be at least 1")
    proba = np.exp(log_proba, dtype=np.float64)
    is_candidate = proba[:, :-1] >= min_proba
    visited = frames_to_visit(is_candidate)
    frames = to_ctc_frames(proba, is_candidate, visited)
    valid: list[Prefix] = []
    for width in (beam_width, beam_width * BEAM_RETRY_FACTOR):
        prefixes = search_beam(frames, classes, width, may_begin)
        accepted = (prefix for prefix in prefixes if accepts is None or accepts(prefix.text))
        valid = list(islice(accepted, n_best))
        if valid or accepts is None:
            break
    return [prefix.labels() for prefix in valid], visited


def _to_decoded(
    texts: Sequence[Sequence[int]],
    log_probabilities: Sequence[float],
    log_proba: npt.NDArray[np.float32],
    visited: npt.NDArray[np.intp],
    classes: Sequence[str],
) -> list[Decoded]:
    """Return the texts with their spans and alternatives, by descending probability."""
    if not texts:
        return []
    spans = _align_texts(texts, log_proba, visited)
    characters = iter(_character_probabilities(log_proba, texts, spans, classes))
    decoded = []
    for labels, row, log_probability in zip(texts, spans, log_probabilities, strict=True):
        text_characters = list(islice(characters, len(labels)))
        decoded.append(
            Decoded(
                "".join(classes[label] for label in labels),
                log_probability,
                tuple(row),
                tuple(proba for proba, _ in text_characters),
                tuple(alternatives for _, alternatives in text_characters),
            )
        )
    return sorted(decoded, key=lambda text: text.log_probability, reverse=True)


def _align_texts(
    texts: Sequence[Sequence[int]],
    log_proba: npt.NDArray[np.float32],
    visited: npt.NDArray[np.intp],
) -> list[list[Span]]:
    """Align the texts with the visited frames; each stands for the frames up to the next one."""
    if not len(visited):
        return [[] for _ in texts]
    runs = np.add.reduceat(log_proba, visited, axis=0, dtype=np.float64)
    frame = visited.tolist()
    return [[(frame[first], frame[last]) for first, last in row] for row in align(runs, texts)]


def _character_probabilities(
    log_proba: npt.NDArray[np.float32],
    texts: Sequence[Sequence[int]],
    spans: Sequence[Sequence[Span]],
    classes: Sequence[str],
) -> list[tuple[float, tuple[tuple[str, float], ...]]]:
    """Return the share of each character in its span, and its most probable alternatives.

    The shares of all classes sum to 1, without the blank.
    """
    labels = [label for text in texts for label in text]
    if not labels:
        return []
    bounds = np.array([(first, last + 1) for row in spans for first, last in row])
    proba = np.exp(log_proba[:, :-1], dtype=np.float64)
    padded = np.append(proba, np.zeros((1, len(classes))), axis=0)
    shares = np.add.reduceat(padded, bounds.ravel(), axis=0)[::2]  # (n_characters, n_classes)
    shares /= shares.sum(axis=1, keepdims=True)
    own_shares = shares[np.arange(len(labels)), labels].tolist()
    shares[np.arange(len(labels)), labels] = -1.0
    order = np.argsort(-shares, axis=1, kind="stable")[:, : min(N_ALTERNATIVES, len(classes) - 1)]
    values = np.take_along_axis(shares, order, axis=1).tolist()
    return [
        (share, tuple((classes[i], value) for i, value in zip(row, row_values, strict=True)))
        for share, row, row_values in zip(own_shares, order.tolist(), values, strict=True)
    ]


def _check_shape(log_proba: npt.NDArray[np.float32], classes: Sequence[str]) -> None:
    if log_proba.ndim != 2 or log_proba.shape[1] != len(classes) + 1:
        raise ValueError(
            f"log_proba of shape {log_proba.shape} must have {len(classes) + 1} columns: one for"
            f" each of the {len(classes)} classes and the blank's as the last"
        )
