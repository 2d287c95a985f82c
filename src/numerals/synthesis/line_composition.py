"""Compose lines of handwritten numbers with known text, to train line recognizers.

One hand (the digits of one writer or font) writes a line: all characters share a slant, a size and
a pen. Digits stand apart, touch or overlap. `numerals.synthesis.line_photograph` renders the paper,
the light and the camera.
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
from numerals.ink.normalize import MNIST_SIZE
from numerals.models.line_model import REJECT
from numerals.synthesis.digit_hands import GLYPH_BASELINE, GLYPH_HEIGHT, Hand
from numerals.synthesis.european_digits import add_european_strokes
from numerals.synthesis.historical_digits import HISTORICAL_DIGITS, draw_historical_digit
from numerals.synthesis.line_photograph import photograph_line
from numerals.synthesis.number_texts import OPERATORS, SIGNS, sample_text, sample_word
from numerals.synthesis.sign_glyphs import draw_sign

_Rng = np.random.Generator
_Ink = npt.NDArray[np.float32]

_MIN_ADDED_SPACE = 0.45  # digit heights that a space adds to the gap at least
_PAPER_MARGIN = 1.2  # digit heights of blank paper around the line
_MIN_GAP_LEVEL = 70.0  # of 255: darker pixels count as ink when the distance of glyphs is measured
_LOW_LETTERS = set("aceimnorsuvwxz")  # letters that are lower than digits
_LOW_LETTER_SCALE = 0.65
_STRUCK_OUT_SHARE = 0.04  # share of the lines in which characters are struck out
_VARIANT_SHARE = 0.9  # share of the digits that a writer with a variant writes in that variant
_HISTORICAL_SHARE = 0.08  # share of the lines with historical digit shapes
_UNEVEN_SHARE = 0.12  # share of the lines with digits well above or below the baseline
_SLASHED_ZERO_SHARE = 0.12  # share of the hands with European ones and sevens that slash zeros
_KNOWN_HEIGHT_SHARE = 0.5  # share of the uneven lines framed with the digit height of a whole page
_EXTENDED_EDGE_SHARE = 0.5  # share of the lines cut from a field, whose edge pixels are repeated


@dataclass(frozen=True, eq=False)
class WrittenLine:
    """The ink of a line, before it is rendered on paper.

    Attributes
    ----------
    ink : ndarray of float32, shape (height, width)
        Coverage, from 0 to 1.
    text : str
    frame : LineFrame
        Frame of the line in `ink`.
    centers : tuple of float
        The x of each character of `text`, pixels; a space lies between its neighbors.
    """

    ink: _Ink
    text: str
    frame: LineFrame
    centers: tuple[float, ...]


@dataclass(frozen=True)
class _Manner:
    """Parameters of one line's handwriting; lengths in digit heights where not in pixels."""

    height: float  # of digits, pixels
    slant: float  # columns a row
    stretch: float  # factor of the width
    gap: float  # between digits
    unevenness: float  # standard deviation of the gaps
    wobble: float  # standard deviation of the baseline
    drift: float  # relative change of the size from the first character to the last
    slope: float  # of the baseline
    variation: float  # of slant and size from digit to digit, in [0, 1]
    european: str  # digits that get an upstroke, a bar or a slash
    historical: str  # digits that get a historical shape


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
    """Compose a line as the input image of a line recognizer.

    Parameters
    ----------
    hands : sequence of Hand
        A random one writes the line.
    rng : numpy.random.Generator
    text : str, optional
        The text to write; by default a random number as `sample_text` returns it.
    translation : mapping of int to str, optional
        Table for `str.translate` from ASCII digits to the digits of the hands; applied to the
        default text.
    touching : float in [0, 1], default=0.25
        Share of the lines with touching digits.
    overlapping : float in [0, 1], default=0.12
        Share of the lines with overlapping digits.
    european : float in [0, 1], default=0.3
        Share of the lines whose ones have an upstroke and whose sevens have a bar, where the hand
        writes neither.
    wear : float in [0, 1], default=1
        Strength of the defects of paper, pen and camera.
    variation : float in [0, 1], default=1
        How far slant, size, pen and the line's frame deviate from the hand's glyphs; at 0 digits
        look as in the data set.
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
    if rng.random() < _STRUCK_OUT_SHARE * wear:
        written = strike_out_characters(written, rng)
    gray = photograph_line(written.ink, written.frame, rng, wear=wear, variation=variation)
    return _crop_line(gray, written.frame, rng, variation), written.text


def compose_distraction(
    hands: Sequence[Hand],
    rng: _Rng,
    *,
    translation: Mapping[int, str] | None = None,
    rejects: bool = False,
) -> tuple[npt.NDArray[np.uint8], str]:
    """Compose a line that holds a word, or a word beside a number.

    Parameters
    ----------
    hands : sequence of Hand
        With glyphs of letters.
    rng : numpy.random.Generator
    translation : mapping of int to str, optional
        As in `compose_line`.
    rejects : bool, default=False
        Whether the label has a `REJECT` for each letter.

    Returns
    -------
    image : ndarray of uint8, shape (40, n_columns)
    text : str
        The label: without `rejects`, the number alone, empty where there is only a word.
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
    return _crop_line(gray, written.frame, rng), number


def strike_out_characters(written: WrittenLine, rng: _Rng) -> WrittenLine:
    """Scribble over some neighboring characters, or all, and remove them from the text."""
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
    text = written.text[:first] + written.text[last:]
    centers = written.centers[:first] + written.centers[last:]
    if not text.strip():
        text, centers = "", ()
    return WrittenLine(ink, text, written.frame, centers)


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
    """Write a line in one hand; `compose_line` describes the shares.

    Raises
    ------
    DataError
        If `text` has a character that the hand cannot write.
    """
    if unknown := sorted(set(text) - set(hand.glyphs) - set(SIGNS + OPERATORS)):
        known = "".join([*hand.glyphs, SIGNS, OPERATORS])
        raise DataError(
            f"the hand cannot write {' '.join(unknown)}; expected characters of {known!r}"
        )
    european = european if hand.is_american else 0.0
    manner = _sample_manner(rng, touching, overlapping, european, variation)
    glyphs = [None if c == " " else _draw_character(hand, c, manner, rng) for c in text]
    layout = _LineLayout(manner, len(text), has_components=not hand.is_even)
    for i, glyph in enumerate(glyphs):
        if glyph is None:
            layout.add_space(rng)
        else:
            size = 1 + manner.drift * i / max(len(glyphs), 2)
            layout.add_glyph(glyph if size == 1 else _resize(glyph, size), rng)
    spans = [span for span in layout.spans if span]
    center_y = layout.ink.shape[0] / 2
    if not spans:
        return WrittenLine(layout.ink, "", LineFrame(0, 1, center_y, 0, manner.height), ())
    left, right = min(start for start, _ in spans), max(stop for _, stop in spans)
    width = min(layout.ink.shape[1], round(right + _PAPER_MARGIN * manner.height))
    frame = LineFrame(left, right, center_y, manner.slope, manner.height)
    if not hand.is_even:
        min_height = manner.height if rng.random() < _KNOWN_HEIGHT_SHARE else 0.0
        frame = _find_frame(layout.components, min_height)
    return WrittenLine(layout.ink[:, :width], text, frame, _character_centers(layout.spans))


class _LineLayout:
    """Ink of a line, to which glyphs are added from left to right.

    Attributes
    ----------
    ink : ndarray of float32, shape (height, width)
    spans : list of (float, float) or None
        First and last column of each glyph's ink, pixels; None for a space or a blank glyph.
    components : list of Component
        The ink of each glyph, if `has_components`.
    """

    def __init__(self, manner: _Manner, n_characters: int, *, has_components: bool) -> None:
        height = round(manner.height * (1 + 2 * _PAPER_MARGIN))
        width = round(manner.height * (2 * _PAPER_MARGIN + 2.4 * n_characters))
        self.ink = np.zeros((height, width), np.float32)
        self.spans: list[tuple[float, float] | None] = []
        self.components: list[Component] = []
        self._manner, self._has_components = manner, has_components
        self._row_ends = np.full(height, -np.inf)  # x behind the last ink in each row
        self._x = _PAPER_MARGIN * manner.height  # last column of the last glyph
        self._previous_center = 0.0
        self._space = 0.0  # pixels to add to the next gap
        self._is_blank = True

    def add_space(self, rng: _Rng) -> None:
        """Widen the next gap."""
        self._space += self._manner.height * (_MIN_ADDED_SPACE + rng.gamma(2.0, 0.3))
        self.spans.append(None)

    def add_glyph(self, glyph: _Ink, rng: _Rng) -> None:
        """Add a glyph behind the last one; its middle row lies half-way up the digits."""
        manner, height = self._manner, self.ink.shape[0]
        rise = manner.wobble * manner.height * rng.standard_normal()
        slope_shift = manner.slope * (self._x - _PAPER_MARGIN * manner.height)
        top = round(height / 2 + slope_shift + rise - glyph.shape[0] / 2)
        rows = _clip_rows(top, glyph.shape[0], height)
        glyph = glyph[rows.start - top : rows.stop - top]
        gap = manner.height * (manner.gap + manner.unevenness * rng.standard_normal())
        gap += self._space
        left = max(0, round(self._x if self._is_blank else self._find_left(glyph, rows, gap)))
        self._space = 0.0
        window = self.ink[rows, left : left + glyph.shape[1]]
        np.maximum(window, glyph[:, : window.shape[1]], out=window)
        is_ink = window > _MIN_GAP_LEVEL / 255
        columns = np.flatnonzero(is_ink.any(axis=0))
        if columns.size == 0:
            self.spans.append(None)
            return
        row_ends = window.shape[1] - np.argmax(is_ink[:, ::-1], axis=1) + left
        self._row_ends[rows] = np.where(is_ink.any(axis=1), row_ends, self._row_ends[rows])
        self._previous_center = left + (columns[0] + columns[-1]) / 2
        self._x = left + float(columns[-1])
        self._is_blank = False
        self.spans.append((left + float(columns[0]), self._x))
        if self._has_components:
            self.components.append(_to_component(glyph, left, rows.start))

    def _find_left(self, glyph: _Ink, rows: slice, gap: float) -> float:
        """Return the x of a glyph's left edge at which its ink is `gap` away from the last ink."""
        height = self._manner.height
        is_ink = glyph > _MIN_GAP_LEVEL / 255
        columns = np.flatnonzero(is_ink.any(axis=0))
        if columns.size == 0:
            return self._previous_center
        first = np.where(is_ink.any(axis=1), np.argmax(is_ink, axis=1), np.inf)
        reach = max(1, round(0.08 * height))  # rows above and below whose ink blocks a row too
        blank = np.full(reach, -np.inf)
        padded = np.concatenate([blank, self._row_ends[rows], blank])
        blocked = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
        nearest = float((blocked - first).max()) + gap
        if not np.isfinite(nearest):
            return self._previous_center
        center = (columns[0] + columns[-1]) / 2
        return float(max(nearest, self._previous_center + 0.22 * height - center))


def _to_component(glyph: _Ink, left: int, top: int) -> Component:
    mask = np.asarray(glyph > _MIN_GAP_LEVEL / 255, np.uint8)
    x, y, width, height = cv2.boundingRect(mask)
    box = (left + x, top + y, left + x + width, top + y + height)
    return Component(box, mask[y : y + height, x : x + width])


def _find_frame(components: Sequence[Component], min_height: float) -> LineFrame:
    """Return the frame that the reader finds: as low as the ink, but at least `min_height`.

    A reader that knows the digit height of other lines on the page sets `min_height`.
    """
    return fit_line_frame(InkLine(tuple(components), max(typical_height(components), min_height)))


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
        height=float(np.exp(rng.uniform(np.log(17 if variation else GLYPH_HEIGHT), np.log(52)))),
        slant=variation * float(rng.normal(0.05, 0.2)),
        stretch=float(np.exp(variation * rng.normal(0, 0.13))),
        gap=float(gap),
        unevenness=float(unevenness),
        wobble=float(
            rng.uniform(0.07, 0.2) if rng.random() < _UNEVEN_SHARE else rng.uniform(0, 0.07)
        ),
        drift=variation * float(rng.normal(0, 0.08)),
        slope=float(rng.normal(0, 0.02)),
        variation=variation,
        european=_sample_european(rng, european),
        historical=_sample_historical(rng, european),
    )


def _sample_european(rng: _Rng, share: float) -> str:
    """Return the digits that a line writes with European strokes."""
    if rng.random() >= share:
        return ""
    return "017" if rng.random() < _SLASHED_ZERO_SHARE else "17"


def _sample_historical(rng: _Rng, european: float) -> str:
    """Return the digits that a line writes in a historical shape; not always all of them."""
    if rng.random() >= _HISTORICAL_SHARE * bool(european):
        return ""
    return "".join(digit for digit in HISTORICAL_DIGITS if rng.random() < _VARIANT_SHARE)


def _draw_character(hand: Hand, character: str, manner: _Manner, rng: _Rng) -> _Ink:
    """Return a scaled and slanted character; the middle row is half-way up the digits."""
    if character in hand.glyphs:
        glyph, foot = hand.draw(character, rng)
        if character in manner.european and rng.random() < _VARIANT_SHARE:
            glyph = add_european_strokes(glyph, character, rng)
        if character in manner.historical:
            glyph, foot = draw_historical_digit(character, rng), GLYPH_BASELINE
        scale = manner.height / GLYPH_HEIGHT * _sample_factor(rng, 0.07, manner)
        scale *= _LOW_LETTER_SCALE if character in _LOW_LETTERS else 1.0
    else:
        glyph, foot = draw_sign(character, rng), GLYPH_BASELINE
        scale = manner.height / GLYPH_HEIGHT * _sample_factor(rng, 0.18, manner)
    width = glyph.shape[1]
    side = int(np.ceil(max(MNIST_SIZE, width) * scale * 1.5))
    slant = manner.slant + 0.05 * manner.variation * float(rng.standard_normal())
    turn = 0.05 * manner.variation * float(rng.standard_normal())
    scale_x = scale * manner.stretch * _sample_factor(rng, hand.spread, manner)
    # The foot of a digit is mapped to the baseline: half a digit height below the middle row.
    base = (side + manner.height) / 2
    matrix = np.array(
        [
            [scale_x, -scale * slant, side / 2 - scale_x * width / 2 + scale * slant * foot],
            [scale_x * turn, scale, base - scale * foot - scale_x * turn * width / 2],
        ]
    )
    matrix[0, 2] -= scale * slant * (foot - MNIST_SIZE / 2)  # slant about the glyph's middle row
    image = cv2.warpAffine(glyph, matrix, (side, side), flags=cv2.INTER_LINEAR)
    return np.asarray(image, np.float32) / np.float32(255)


def _sample_factor(rng: _Rng, deviation: float, manner: _Manner) -> float:
    return float(np.exp(manner.variation * rng.normal(0, deviation)))


def _resize(image: _Ink, factor: float) -> _Ink:
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor), np.float32)


def _clip_rows(top: int, count: int, height: int) -> slice:
    return slice(min(max(top, 0), height), min(max(top + count, 0), height))


def _character_centers(spans: Sequence[tuple[float, float] | None]) -> tuple[float, ...]:
    centers = np.array([sum(span) / 2 if span else np.nan for span in spans])
    index, is_known = np.arange(len(centers)), ~np.isnan(centers)
    return tuple(float(x) for x in np.interp(index, index[is_known], centers[is_known]))


def _crop_line(
    gray: npt.NDArray[np.uint8], frame: LineFrame, rng: _Rng, variation: float = 1.0
) -> npt.NDArray[np.uint8]:
    jittered = _jitter_frame(frame, rng, variation)
    return to_line_image(gray, jittered, extend_edges=bool(rng.random() < _EXTENDED_EDGE_SHARE))


def _jitter_frame(frame: LineFrame, rng: _Rng, strength: float) -> LineFrame:
    """Return the frame with the errors of line detection; none at strength 0."""
    height = frame.height * float(np.exp(strength * rng.normal(0.02, 0.13)))
    shift = strength * frame.height * float(rng.normal(0, 0.07))
    slope = frame.slope + strength * float(rng.normal(0, 0.012))
    before, after = (strength * frame.height * float(abs(rng.normal(0, 0.3))) for _ in range(2))
    return LineFrame(
        frame.left - before, frame.right + after, frame.center_y + shift, slope, height
    )
