"""Masks of ink to place on pages: handwritten numbers and words, and printed text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from weakref import WeakKeyDictionary

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from numerals.errors import DataError
from numerals.synthesis.digit_hands import Hand
from numerals.synthesis.line_composition import write_line
from numerals.synthesis.number_texts import sample_text, sample_word
from numerals.synthesis.page_texts import sample_expression, sample_integer, sample_printed_words

_Rng = np.random.Generator
_Mask = npt.NDArray[np.uint8]
_Alpha = npt.NDArray[np.float32]

_MIN_BOX_LEVEL = 80  # of 255: brighter pixels lie within the box of a mask
_FONT_SIZES = (28, 64)  # pixels: range of the size of handwriting fonts
_DIGIT_HEIGHT_OF_EM = 0.68  # typical height of digits, relative to the font size
_TO_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True, eq=False)
class InkMask:
    """A number, expression, word or digit, cropped to its ink.

    Attributes
    ----------
    ink : ndarray of uint8, shape (height, width)
        Coverage, from 0 to 255.
    digit_height : float, pixels
    text : str
    """

    ink: _Mask
    digit_height: float
    text: str


@dataclass(frozen=True, eq=False)
class WritingPool:
    """Handwritten masks, and font files of print, from which pages are composed."""

    numbers: Sequence[InkMask]
    expressions: Sequence[InkMask]
    words: Sequence[InkMask]
    digits: Sequence[InkMask]
    print_fonts: Sequence[Path]


def make_writing_pool(
    rng: _Rng,
    writers: Sequence[Hand],
    font_hands: Sequence[Hand],
    other_scripts: Sequence[Hand],
    handwriting_fonts: Sequence[Path],
    print_fonts: Sequence[Path],
    persian_fonts: Sequence[Path] = (),
    n_numbers: int = 3000,
) -> WritingPool:
    """Write numbers, expressions, words and digits in many hands.

    Parameters
    ----------
    rng : numpy.random.Generator
    writers, font_hands, other_scripts : sequences of Hand
        Hands with Latin digits of people, with Latin digits and letters of fonts, and with digits
        of other scripts.
    handwriting_fonts, print_fonts : sequences of Path
        Font files.
    persian_fonts : sequence of Path
        Font files with Persian digits, because the licence of the handwritten data set forbids
        its use.
    n_numbers : int, default=3000
        Size of `WritingPool.numbers`; a quarter as many expressions, a third as many words and
        half as many digits are written. Blank masks are dropped.
    """

    def hand() -> Hand:
        kind = rng.random()
        hands = writers if kind < 0.68 else font_hands if kind < 0.9 else other_scripts
        return hands[int(rng.integers(len(hands)))]

    def number() -> InkMask | None:
        kind = rng.random()
        if kind < 0.12:
            return _render_font(rng, handwriting_fonts, sample_text(rng))
        if kind < 0.16 and persian_fonts:
            text = sample_integer(rng).translate(_TO_PERSIAN)
            return _render_font(rng, persian_fonts, text)
        chosen = hand()
        text = sample_integer(rng) if rng.random() < 0.6 else sample_text(rng)
        return _render_hand(rng, chosen, _translate(text, chosen))

    def expression() -> InkMask | None:
        text = sample_expression(rng)
        if rng.random() < 0.5:
            return _render_font(rng, handwriting_fonts, text)
        chosen = hand()
        plain = text.translate(str.maketrans("×÷=*#€$£", "++-+----"))
        return _render_hand(rng, chosen, _translate(plain, chosen))

    def word() -> InkMask | None:
        if rng.random() < 0.4:
            chosen = font_hands[int(rng.integers(len(font_hands)))]
            text = " ".join(sample_word(rng) for _ in range(int(rng.integers(1, 4))))
            return _render_hand(rng, chosen, text)
        words = sample_printed_words(rng, int(rng.integers(1, 4)))
        return _render_font(rng, handwriting_fonts, words)

    def digit() -> InkMask | None:
        chosen = hand()
        return _render_hand(rng, chosen, _translate(str(rng.integers(10)), chosen))

    def collect(make: Callable[[], InkMask | None], n: int) -> list[InkMask]:
        masks = [make() for _ in range(n)]
        return [mask for mask in masks if mask is not None]

    return WritingPool(
        collect(number, n_numbers),
        collect(expression, n_numbers // 4),
        collect(word, n_numbers // 3),
        collect(digit, n_numbers // 2),
        print_fonts,
    )


def choose_mask(rng: _Rng, masks: Sequence[InkMask]) -> InkMask:
    """Return a random mask."""
    return masks[int(rng.integers(len(masks)))]


def scale_mask(rng: _Rng, mask: InkMask, digit_height: float, stretch: float = 1.0) -> _Alpha:
    """Return a mask scaled to a digit height, with a random pen width.

    Parameters
    ----------
    rng : numpy.random.Generator
    mask : InkMask
    digit_height : float, pixels
    stretch : float, default=1
        Factor of the width.

    Returns
    -------
    ndarray of float32, shape (height, width)
        Coverage, from 0 to 1.
    """
    factor = digit_height / mask.digit_height
    width = max(2, round(mask.ink.shape[1] * factor * stretch))
    height = max(2, round(mask.ink.shape[0] * factor))
    size = (width, height)
    if rng.random() < 0.45 and mask.ink.shape[0] > 10:
        distance = _distance_to_center_line(mask)
        if distance is not None:
            distance = np.asarray(
                cv2.resize(
                    distance, size, interpolation=cv2.INTER_LINEAR if factor > 1 else cv2.INTER_AREA
                )
            )
            distance = cv2.GaussianBlur(distance, (0, 0), max(0.3, 0.12 * factor)) * factor
            thickness = max(1.0, digit_height * _log_uniform(rng, 0.028, 0.12))
            alpha = np.clip(thickness / 2 + 0.5 - distance, 0, 1)
            return np.asarray(alpha * max(0.55, min(1, thickness / 1.3)), np.float32)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    ink = np.asarray(cv2.resize(mask.ink, size, interpolation=method), np.uint8)
    if factor > 1.8:  # sharpen the edges of enlarged strokes
        blurred = cv2.GaussianBlur(ink, (0, 0), 0.35 * factor).astype(np.float32)
        ink = np.clip((blurred - 96) * 2.4 + 96, 0, 255).astype(np.uint8)
    pen = rng.random()
    if pen < 0.25 and digit_height > 22:
        side = 2 if digit_height < 40 else 3
        ink = np.asarray(cv2.erode(ink, np.ones((side, side), np.uint8)), np.uint8)
    elif pen > 0.88:
        side = max(2, round(digit_height * rng.uniform(0.04, 0.12)))
        ink = np.asarray(cv2.dilate(ink, np.ones((side, side), np.uint8)), np.uint8)
    return ink.astype(np.float32) / np.float32(255)


@lru_cache(maxsize=2000)
def load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Load a font at a size in pixels."""
    return ImageFont.truetype(str(path), size)


def draw_text(text: str, font: ImageFont.FreeTypeFont) -> _Alpha:
    """Return text in a font, cropped to its ink: coverage from 0 to 1."""
    left, top, right, bottom = (int(v) for v in font.getbbox(text))
    picture = Image.new("L", (max(2, right - left + 2), max(2, bottom - top + 2)))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), text, fill=255, font=font)
    return np.asarray(picture, np.float32) / np.float32(255)


def _render_hand(rng: _Rng, hand: Hand, text: str) -> InkMask | None:
    try:
        written = write_line(hand, text, rng, variation=float(rng.uniform(0.5, 1)))
    except DataError:  # the hand lacks a character
        return None
    ink = np.asarray(written.ink * 255, np.uint8)
    return _crop_to_ink(ink, written.frame.height, written.text.strip())


def _render_font(rng: _Rng, fonts: Sequence[Path], text: str) -> InkMask | None:
    font = load_font(fonts[int(rng.integers(len(fonts)))], int(rng.integers(*_FONT_SIZES)))
    _, top, _, bottom = font.getbbox("0123456789")
    digit_height = float(bottom - top) or _DIGIT_HEIGHT_OF_EM * font.size
    return _crop_to_ink(np.asarray(draw_text(text, font) * 255, np.uint8), digit_height, text)


def _crop_to_ink(ink: _Mask, digit_height: float, text: str) -> InkMask | None:
    """Return a mask cropped to its ink; None if it is blank."""
    x, y, width, height = cv2.boundingRect(np.asarray(ink > _MIN_BOX_LEVEL, np.uint8))
    if width == 0:
        return None
    return InkMask(ink[y : y + height, x : x + width], digit_height, text)


def _translate(text: str, hand: Hand) -> str:
    """Return a text with its ASCII digits replaced by those of the hand's script."""
    digits = sorted(c for c in hand.glyphs if c.isdigit())
    if "0" in hand.glyphs or len(digits) != 10:
        return text
    return text.translate(str.maketrans("0123456789", "".join(digits)))


_DISTANCES: WeakKeyDictionary[InkMask, npt.NDArray[np.float32] | None] = WeakKeyDictionary()


def _distance_to_center_line(mask: InkMask) -> npt.NDArray[np.float32] | None:
    """Return each pixel's distance to the nearest center line of a stroke, in mask pixels.

    None if thinning leaves no center line. Results are cached as long as the mask exists.
    """
    if mask not in _DISTANCES:
        _DISTANCES[mask] = _measure_distance(mask.ink)
    return _DISTANCES[mask]


def _measure_distance(ink: _Mask) -> npt.NDArray[np.float32] | None:
    scale = 2 if ink.shape[0] < 60 else 1
    if scale > 1:
        ink = np.asarray(cv2.resize(ink, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    skeleton = _thin(np.asarray(ink > 115, np.uint8))
    if not skeleton.any():
        return None
    distance = cv2.distanceTransform(1 - skeleton, cv2.DIST_L2, 5) / scale
    return np.asarray(distance, np.float32)


def _thin(mask: _Mask) -> _Mask:
    """Return the skeleton of a mask (Zhang and Suen, 1984)."""
    mask = np.pad(mask, 1)
    for _ in range(40):
        changed = False
        for step in (0, 1):
            p2, p3, p4, p5 = mask[:-2, 1:-1], mask[:-2, 2:], mask[1:-1, 2:], mask[2:, 2:]
            p6, p7, p8, p9 = mask[2:, 1:-1], mask[2:, :-2], mask[1:-1, :-2], mask[:-2, :-2]
            ring = [p2, p3, p4, p5, p6, p7, p8, p9, p2]
            n_neighbors = sum(ring[:8])
            n_rises = sum(((a == 0) & (b == 1)).astype(np.uint8) for a, b in pairwise(ring))
            if step == 0:
                is_edge = (p2 * p4 * p6 == 0) & (p4 * p6 * p8 == 0)
            else:
                is_edge = (p2 * p4 * p8 == 0) & (p2 * p6 * p8 == 0)
            drop = (mask[1:-1, 1:-1] == 1) & (n_neighbors >= 2) & (n_neighbors <= 6)
            drop &= (n_rises == 1) & is_edge
            if drop.any():
                mask[1:-1, 1:-1][drop] = 0
                changed = True
        if not changed:
            break
    return mask[1:-1, 1:-1]


def _log_uniform(rng: _Rng, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
