"""Lines of handwriting whose truth is known, composed in thousands to train line recognizers.

A line is one hand's: a writer's digits, with the signs that numbers carry, one slant, one pen.
Digits stand apart, touch or overlap; the paper, the light and the camera do what they do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.ink.connected_components import Component, typical_height
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.synthesis.european_digits import write_european
from numerals.synthesis.hands import BASELINE, DIGIT_HEIGHT, FRAME, Hand, draw_sign
from numerals.synthesis.line_paper import photograph_line
from numerals.synthesis.number_texts import OPERATORS, REJECT, SIGNS, sample_text, sample_word
from numerals.synthesis.old_digits import DIGITS, write_old

_Rng = np.random.Generator
_Ink = npt.NDArray[np.float32]

_SPACE = 0.45  # digit heights: the least that a space adds to the gap
_MARGIN = 1.2  # digit heights of paper around the line
_EDGE = 70.0  # of 255: from where on ink keeps a neighbour at its distance
_LOW = set("aceimnorsuvwxz")  # letters that are lower than digits
_LOW_SCALE = 0.65
_STRUCK_OUT = 0.04  # share of the lines in which something is
_MOSTLY = 0.9  # share of the ones and sevens to which somebody who does so adds a stroke
_OLD = 0.08  # share of the lines in an old hand
_UNEVEN = 0.12  # share of the lines some of whose digits stand well above or below the others
_SLASHED = 0.12  # share of the European hands that slash their zeros
_IN_CONTEXT = 0.5  # share of the lines of uneven digits beside others that tell how high digits are
_FIELDS = 0.5  # share of the lines that are cut out of a field, whose edge repeats beyond it


@dataclass(frozen=True, eq=False)
class WrittenLine:
    """Ink, before it is on paper.

    Attributes
    ----------
    ink : ndarray of float32, shape (height, width)
        How much of it, from 0 to 1.
    text : str
    frame : LineFrame
        Where the line lies in `ink`.
    centers : tuple of float
        The x of each character of `text`; spaces stand between their neighbours.
    """

    ink: _Ink
    text: str
    frame: LineFrame
    centers: tuple[float, ...]


@dataclass(frozen=True)
class _Manner:
    """How somebody writes one line; lengths in digit heights."""

    height: float  # pixels
    slant: float
    stretch: float
    gap: float
    unevenness: float  # of gaps
    wobble: float  # of the baseline
    drift: float  # of the size, from left to right
    slope: float
    variation: float  # of slant and size from digit to digit, from 0 to 1
    european: str  # digits that get a stroke which MNIST's hands leave out
    old: str  # digits that are written as in old registers


def compose_line(
    hands: Sequence[Hand],
    rng: _Rng,
    text: str | None = None,
    *,
    translation: Mapping[int, str] | None = None,
    touching: float = 0.25,
    overlapping: float = 0.12,
    european: float = 0.3,
    wear: float = 1.0,
    variation: float = 1.0,
    operators: float = 0.0,
) -> tuple[npt.NDArray[np.uint8], str]:
    """Compose a line as a recognizer sees it.

    Parameters
    ----------
    hands : sequence of Hand
        One of them writes.
    rng : numpy.random.Generator
    text : str, optional
        What is written; by default what people write as numbers.
    translation : mapping of int to str, optional
        As `str.translate` takes it: from ASCII digits to those of the hands, for that default.
    touching : float in [0, 1], default=0.25
        Share of the lines whose digits touch here and there.
    overlapping : float in [0, 1], default=0.12
        Share of the lines whose digits are written into each other.
    european : float in [0, 1], default=0.3
        Share of the lines whose ones have an upstroke and whose sevens have a bar, where the hand
        writes neither.
    wear : float in [0, 1], default=1
        How bad paper, pen and camera may be.
    variation : float in [0, 1], default=1
        How far slant, size, pen and the line's frame go from what the hand has written; at 0
        digits are as the data set has them.
    operators : float in [0, 1], default=0
        Share of the default texts with `OPERATORS`.

    Returns
    -------
    image : ndarray of uint8, shape (40, n_columns)
        As `numerals.ink.line_image.to_line_image` returns it.
    text : str

    Raises
    ------
    DataError
        If `text` has a character that the hand cannot write.
    """
    hand = hands[int(rng.integers(len(hands)))]
    if text is None:
        text = sample_text(rng, operators=operators).translate(translation or {})
    written = write_line(
        hand,
        text,
        rng,
        touching=touching,
        overlapping=overlapping,
        european=european,
        variation=variation,
    )
    if rng.random() < _STRUCK_OUT * wear:
        written = strike_out(written, rng)
    gray = photograph_line(written.ink, written.frame, rng, wear=wear, variation=variation)
    return _cut_out(gray, written.frame, rng, variation), written.text


def compose_distraction(
    hands: Sequence[Hand],
    rng: _Rng,
    *,
    translation: Mapping[int, str] | None = None,
    rejects: bool = False,
) -> tuple[npt.NDArray[np.uint8], str]:
    """Compose a line that is not, or not only, a number.

    Words, numbers with a word before or a unit after them; what is to be read of it is the
    number, or nothing.

    Parameters
    ----------
    hands : sequence of Hand
        They write letters.
    rng : numpy.random.Generator
    translation : mapping of int to str, optional
        As in `compose_line`.
    rejects : bool, default=False
        Whether `REJECT` stands in the text for each letter.

    Returns
    -------
    image : ndarray of uint8, shape (40, n_columns)
    text : str
        Without `rejects`, empty for a word.
    """
    hand = hands[int(rng.integers(len(hands)))]
    number, kind = "", rng.random()
    text = sample_word(rng)
    if kind < 0.3:
        number = sample_text(rng).translate(translation or {}).strip()[:8].strip()
        text = f"{number} {text[:2]}" if kind < 0.1 else f"{text} {number}"
    written = write_line(hand, text, rng, touching=0.5)
    gray = photograph_line(written.ink, written.frame, rng)
    if rejects:
        number = "".join(REJECT if c.isalpha() else c for c in text)
    return _cut_out(gray, written.frame, rng), number


def strike_out(written: WrittenLine, rng: _Rng) -> WrittenLine:
    """Scribble over some neighbouring characters, or all; they are no longer to be read."""
    n = len(written.text)
    if n == 0:
        return written
    first = 0 if rng.random() < 0.5 else int(rng.integers(n))
    last = n if rng.random() < 0.6 else int(rng.integers(first + 1, n + 1))
    unit = written.frame.height
    left, right = (written.centers[i] for i in (first, last - 1))
    left, right = left - 0.35 * unit, right + 0.35 * unit
    turns = max(4, round((right - left) / unit * rng.uniform(3, 8)))
    x = np.linspace(left, right, turns) + 0.08 * unit * rng.standard_normal(turns)
    swing = unit * rng.uniform(0.2, 0.5) * np.where(np.arange(turns) % 2, 1, -1)
    y = written.frame.center_y + written.frame.slope * (x - written.frame.left) + swing
    y += 0.06 * unit * rng.standard_normal(turns)
    scribble = np.zeros(written.ink.shape, np.uint8)
    points = (np.stack([x, y], axis=1) * 16).round().astype(np.int32)
    thickness = max(1, round(0.11 * unit))
    cv2.polylines(scribble, [points], False, 255, thickness, cv2.LINE_AA, shift=4)
    ink = np.maximum(written.ink, np.asarray(scribble, np.float32) / np.float32(255))
    kept = written.text[:first] + written.text[last:]
    centers = written.centers[:first] + written.centers[last:]
    if not kept.strip():
        kept, centers = "", ()
    return WrittenLine(ink, kept, written.frame, centers)


def write_line(
    hand: Hand,
    text: str,
    rng: _Rng,
    *,
    touching: float = 0.25,
    overlapping: float = 0.12,
    european: float = 0.3,
    variation: float = 1.0,
) -> WrittenLine:
    """Write a line in one hand; for the shares see `compose_line`."""
    if strange := sorted(set(text) - set(hand.glyphs) - set(SIGNS + OPERATORS)):
        known = "".join([*hand.glyphs, SIGNS, OPERATORS])
        raise DataError(f"nobody writes {' '.join(strange)}; expected characters of {known!r}")
    european = european if hand.is_american else 0.0
    manner = _sample_manner(rng, touching, overlapping, european, variation)
    glyphs = [None if c == " " else _draw(hand, c, manner, rng) for c in text]
    height = round(manner.height * (1 + 2 * _MARGIN))
    width = round(manner.height * (2 * _MARGIN + 2.4 * len(text)))
    ink = np.zeros((height, width), np.float32)
    right = np.full(height, -np.inf)  # of the ink in each row
    x, previous, pending = _MARGIN * manner.height, 0.0, 0.0
    edges: list[float] = []
    spans: list[tuple[float, float] | None] = []
    parts: list[Component] = []
    for i, glyph in enumerate(glyphs):
        if glyph is None:
            pending += manner.height * (_SPACE + rng.gamma(2.0, 0.3))
            spans.append(None)
            continue
        size = 1 + manner.drift * i / max(len(glyphs), 2)
        picture = glyph if size == 1 else _resized(glyph, size)
        rise = manner.wobble * manner.height * rng.standard_normal()
        middle = height / 2 + manner.slope * (x - _MARGIN * manner.height) + rise
        top = round(middle - picture.shape[0] / 2)
        rows = _rows(top, picture.shape[0], height)
        picture = picture[rows.start - top : rows.stop - top]
        gap = manner.height * (manner.gap + manner.unevenness * rng.standard_normal()) + pending
        left = _place(picture, right[rows], gap, previous, manner.height) if edges else x
        left, pending = max(0, round(left)), 0.0
        window = ink[rows, left : left + picture.shape[1]]
        np.maximum(window, picture[:, : window.shape[1]], out=window)
        is_ink = window > _EDGE / 255
        columns = np.flatnonzero(is_ink.any(axis=0))
        if columns.size == 0:
            spans.append(None)
            continue
        last = window.shape[1] - np.argmax(is_ink[:, ::-1], axis=1) + left
        right[rows] = np.where(is_ink.any(axis=1), last, right[rows])
        previous = left + (columns[0] + columns[-1]) / 2
        x = left + float(columns[-1])
        spans.append((left + float(columns[0]), x))
        edges += [left + float(columns[0]), x]
        if not hand.is_even:
            parts.append(_part(picture, left, rows.start))
    if not edges:
        return WrittenLine(ink, "", LineFrame(0, 1, height / 2, 0, manner.height), ())
    end = min(width, round(max(edges) + _MARGIN * manner.height))
    start = min(edges)
    frame = LineFrame(start, max(edges), height / 2, manner.slope, manner.height)
    if not hand.is_even:
        frame = _found(parts, manner.height if rng.random() < _IN_CONTEXT else 0.0)
    return WrittenLine(ink[:, :end], text, frame, _centers(spans))


def _part(picture: _Ink, left: int, top: int) -> Component:
    mask = np.asarray(picture > _EDGE / 255, np.uint8)
    x, y, width, height = cv2.boundingRect(mask)
    box = (left + x, top + y, left + x + width, top + y + height)
    return Component(box, mask[y : y + height, x : x + width])


def _found(parts: Sequence[Component], least: float) -> LineFrame:
    """Return the frame as the reader finds it: by the ink, of low digits alone a low one.

    Unless it knows from other lines how high digits are at least.
    """
    return fit_line_frame(InkLine(tuple(parts), max(typical_height(parts), least)))


def _sample_manner(
    rng: _Rng, touching: float, overlapping: float, european: float, variation: float
) -> _Manner:
    closeness = rng.random()
    if closeness < touching:
        gap, unevenness = rng.uniform(-0.06, 0.03), 0.04
    elif closeness < touching + overlapping:
        gap, unevenness = rng.uniform(-0.16, -0.06), 0.06
    elif rng.random() < 0.12:
        gap, unevenness = rng.uniform(0.35, 0.8), 0.08
    else:
        gap, unevenness = rng.uniform(0.03, 0.38), rng.uniform(0.02, 0.09)
    return _Manner(
        height=float(np.exp(rng.uniform(np.log(17 if variation else DIGIT_HEIGHT), np.log(52)))),
        slant=variation * float(rng.normal(0.05, 0.2)),
        stretch=float(np.exp(variation * rng.normal(0, 0.13))),
        gap=float(gap),
        unevenness=float(unevenness),
        wobble=float(rng.uniform(0.07, 0.2) if rng.random() < _UNEVEN else rng.uniform(0, 0.07)),
        drift=variation * float(rng.normal(0, 0.08)),
        slope=float(rng.normal(0, 0.02)),
        variation=variation,
        european=_sample_strokes(rng, european),
        old=_sample_old(rng, european),
    )


def _sample_strokes(rng: _Rng, share: float) -> str:
    if rng.random() >= share:
        return ""
    return "017" if rng.random() < _SLASHED else "17"


def _sample_old(rng: _Rng, european: float) -> str:
    """Return the digits that an old hand writes in its manner: of one writer, not always all."""
    if rng.random() >= _OLD * bool(european):
        return ""
    return "".join(digit for digit in DIGITS if rng.random() < _MOSTLY)


def _draw(hand: Hand, character: str, manner: _Manner, rng: _Rng) -> _Ink:
    """Return a character at its size, slanted; the middle row is half-way up the digits."""
    if character in hand.glyphs:
        glyph, foot = hand.draw(character, rng)
        if character in manner.european and rng.random() < _MOSTLY:
            glyph = write_european(glyph, character, rng)
        if character in manner.old:
            glyph, foot = write_old(character, rng), BASELINE
        scale = manner.height / DIGIT_HEIGHT * _vary(rng, 0.07, manner)
        scale *= _LOW_SCALE if character in _LOW else 1.0
    else:
        glyph, foot = draw_sign(character, rng), BASELINE
        scale = manner.height / DIGIT_HEIGHT * _vary(rng, 0.18, manner)
    wide = glyph.shape[1]
    side = int(np.ceil(max(FRAME, wide) * scale * 1.5))
    slant = manner.slant + 0.05 * manner.variation * float(rng.standard_normal())
    turn = 0.05 * manner.variation * float(rng.standard_normal())
    across = scale * manner.stretch * _vary(rng, hand.spread, manner)
    # The foot of a digit comes to stand on the baseline: half a digit's height below the middle.
    base = (side + manner.height) / 2
    matrix = np.array(
        [
            [across, -scale * slant, side / 2 - across * wide / 2 + scale * slant * foot],
            [across * turn, scale, base - scale * foot - across * turn * wide / 2],
        ]
    )
    matrix[0, 2] -= scale * slant * (foot - FRAME / 2)  # leans about its middle
    picture = cv2.warpAffine(glyph, matrix, (side, side), flags=cv2.INTER_LINEAR)
    return np.asarray(picture, np.float32) / np.float32(255)


def _vary(rng: _Rng, by: float, manner: _Manner) -> float:
    return float(np.exp(manner.variation * rng.normal(0, by)))


def _resized(picture: _Ink, size: float) -> _Ink:
    return np.asarray(cv2.resize(picture, None, fx=size, fy=size), np.float32)


def _rows(top: int, count: int, height: int) -> slice:
    return slice(min(max(top, 0), height), min(max(top + count, 0), height))


def _place(
    picture: _Ink, right: npt.NDArray[np.float64], gap: float, previous: float, height: float
) -> float:
    """Return where a picture's left edge goes so that its ink comes within `gap` of the last."""
    is_ink = picture > _EDGE / 255
    columns = np.flatnonzero(is_ink.any(axis=0))
    if columns.size == 0:
        return previous
    first = np.where(is_ink.any(axis=1), np.argmax(is_ink, axis=1), np.inf)
    reach = max(1, round(0.08 * height))  # ink a little above or below is in the way too
    wide = np.concatenate([np.full(reach, -np.inf), right, np.full(reach, -np.inf)])
    blocked = np.lib.stride_tricks.sliding_window_view(wide, 2 * reach + 1).max(axis=1)
    nearest = float((blocked - first).max()) + gap
    middle = (columns[0] + columns[-1]) / 2
    return max(nearest, previous + 0.22 * height - middle) if np.isfinite(nearest) else previous


def _centers(spans: Sequence[tuple[float, float] | None]) -> tuple[float, ...]:
    known = [sum(span) / 2 if span else np.nan for span in spans]
    at = np.arange(len(known))
    has = ~np.isnan(known)
    return tuple(float(x) for x in np.interp(at, at[has], np.array(known)[has]))


def _cut_out(
    gray: npt.NDArray[np.uint8], frame: LineFrame, rng: _Rng, variation: float = 1.0
) -> npt.NDArray[np.uint8]:
    seen = _misjudged(frame, rng, variation)
    return to_line_image(gray, seen, extend_edges=bool(rng.random() < _FIELDS))


def _misjudged(frame: LineFrame, rng: _Rng, by: float) -> LineFrame:
    """Return the frame as finding the line in a picture would give it: not quite right."""
    height = frame.height * float(np.exp(by * rng.normal(0.02, 0.13)))
    wrong = by * frame.height * float(rng.normal(0, 0.07))
    slope = frame.slope + by * float(rng.normal(0, 0.012))
    before, after = (by * frame.height * float(abs(rng.normal(0, 0.3))) for _ in range(2))
    return LineFrame(
        frame.left - before, frame.right + after, frame.center_y + wrong, slope, height
    )
