"""Pieces of writing to lay on pages: numbers and words by hand, and print, as masks of ink."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from numerals.errors import DataError
from numerals.synthesis.compose_lines import write_line
from numerals.synthesis.hands import Hand
from numerals.synthesis.number_texts import sample_text, sample_word
from numerals.synthesis.page_texts import sample_expression, sample_integer, sample_printed_words

_Rng = np.random.Generator
_Mask = npt.NDArray[np.uint8]
_Alpha = npt.NDArray[np.float32]

_INK = 80  # of 255: what belongs to the box of a piece
_FONT_SIZES = (28, 64)  # pixels
_DIGITS_OF_EM = 0.68  # height of digits in most fonts
_TO_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True, eq=False)
class Piece:
    """Ink, tightly cut.

    Attributes
    ----------
    ink : ndarray of uint8, shape (height, width)
    digit_height : float, pixels
    text : str
    """

    ink: _Mask
    digit_height: float
    text: str


@dataclass(frozen=True, eq=False)
class WritingPool:
    """Pieces to choose from."""

    numbers: Sequence[Piece]
    expressions: Sequence[Piece]
    words: Sequence[Piece]
    digits: Sequence[Piece]
    print_fonts: Sequence[Path]


def make_pool(
    rng: _Rng,
    writers: Sequence[Hand],
    font_hands: Sequence[Hand],
    other_scripts: Sequence[Hand],
    handwriting_fonts: Sequence[Path],
    print_fonts: Sequence[Path],
    persian_fonts: Sequence[Path] = (),
    n_pieces: int = 3000,
) -> WritingPool:
    """Write pieces by many hands.

    Parameters
    ----------
    rng : numpy.random.Generator
    writers, font_hands, other_scripts : sequences of Hand
        Latin digits by people, Latin digits and letters of fonts, digits of other scripts.
    handwriting_fonts, print_fonts : sequences of Path
        Font files.
    persian_fonts : sequence of Path
        Font files with Persian digits; the data set of handwritten ones is not free to use.
    n_pieces : int, default=3000
        How many numbers are written; of the other kinds there are fewer.
    """

    def hand() -> Hand:
        kind = rng.random()
        hands = writers if kind < 0.68 else font_hands if kind < 0.9 else other_scripts
        return hands[int(rng.integers(len(hands)))]

    def number() -> Piece | None:
        kind = rng.random()
        if kind < 0.12:
            return _in_font(rng, handwriting_fonts, sample_text(rng))
        if kind < 0.16 and persian_fonts:
            text = sample_integer(rng).translate(_TO_PERSIAN)
            return _in_font(rng, persian_fonts, text)
        chosen = hand()
        text = sample_integer(rng) if rng.random() < 0.6 else sample_text(rng)
        return _by_hand(rng, chosen, _translated(text, chosen))

    def expression() -> Piece | None:
        text = sample_expression(rng)
        if rng.random() < 0.5:
            return _in_font(rng, handwriting_fonts, text)
        chosen = hand()
        plain = text.translate(str.maketrans("×÷=*#€$£", "++-+----"))
        return _by_hand(rng, chosen, _translated(plain, chosen))

    def word() -> Piece | None:
        if rng.random() < 0.4:
            chosen = font_hands[int(rng.integers(len(font_hands)))]
            text = " ".join(sample_word(rng) for _ in range(int(rng.integers(1, 4))))
            return _by_hand(rng, chosen, text)
        return _in_font(rng, handwriting_fonts, sample_printed_words(rng, int(rng.integers(1, 4))))

    def digit() -> Piece | None:
        chosen = hand()
        return _by_hand(rng, chosen, _translated(str(rng.integers(10)), chosen))

    def collect(make: object, n: int) -> list[Piece]:
        assert callable(make)
        pieces = [make() for _ in range(n)]
        return [piece for piece in pieces if piece is not None]

    return WritingPool(
        collect(number, n_pieces),
        collect(expression, n_pieces // 4),
        collect(word, n_pieces // 3),
        collect(digit, n_pieces // 2),
        print_fonts,
    )


def choose(rng: _Rng, pieces: Sequence[Piece]) -> Piece:
    """Return one of the pieces."""
    return pieces[int(rng.integers(len(pieces)))]


def scale_piece(rng: _Rng, piece: Piece, digit_height: float, stretch: float = 1.0) -> _Alpha:
    """Return a piece at a size, with the stroke width of some pen, as alpha from 0 to 1."""
    factor = digit_height / piece.digit_height
    width = max(2, round(piece.ink.shape[1] * factor * stretch))
    height = max(2, round(piece.ink.shape[0] * factor))
    size = (width, height)
    if rng.random() < 0.45 and piece.ink.shape[0] > 10:
        distance = _distance_to_center_line(piece)
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
    ink = np.asarray(cv2.resize(piece.ink, size, interpolation=method), np.uint8)
    if factor > 1.8:  # enlarged strokes have sharp edges
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
    """Draw text in a font, tightly cut, as alpha from 0 to 1."""
    left, top, right, bottom = (int(v) for v in font.getbbox(text))
    picture = Image.new("L", (max(2, right - left + 2), max(2, bottom - top + 2)))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), text, fill=255, font=font)
    return np.asarray(picture, np.float32) / np.float32(255)


def _by_hand(rng: _Rng, hand: Hand, text: str) -> Piece | None:
    try:
        written = write_line(hand, text, rng, variation=float(rng.uniform(0.5, 1)))
    except DataError:  # a character that this hand does not write
        return None
    return _cut(np.asarray(written.ink * 255, np.uint8), written.frame.height, written.text.strip())


def _in_font(rng: _Rng, fonts: Sequence[Path], text: str) -> Piece | None:
    font = load_font(fonts[int(rng.integers(len(fonts)))], int(rng.integers(*_FONT_SIZES)))
    _, top, _, bottom = font.getbbox("0123456789")
    digit_height = float(bottom - top) or _DIGITS_OF_EM * font.size
    return _cut(np.asarray(draw_text(text, font) * 255, np.uint8), digit_height, text)


def _cut(ink: _Mask, digit_height: float, text: str) -> Piece | None:
    x, y, width, height = cv2.boundingRect(np.asarray(ink > _INK, np.uint8))
    if width == 0:
        return None
    return Piece(ink[y : y + height, x : x + width], digit_height, text)


def _translated(text: str, hand: Hand) -> str:
    """Return a text in the digits of the hand's script."""
    digits = sorted(c for c in hand.glyphs if c.isdigit())
    if "0" in hand.glyphs or len(digits) != 10:
        return text
    return text.translate(str.maketrans("0123456789", "".join(digits)))


_DISTANCES: dict[int, npt.NDArray[np.float32] | None] = {}


def _distance_to_center_line(piece: Piece) -> npt.NDArray[np.float32] | None:
    """Return each pixel's distance to the piece's center lines, in pixels of the piece."""
    if id(piece) not in _DISTANCES:
        _DISTANCES[id(piece)] = _measure_distance(piece.ink)
    return _DISTANCES[id(piece)]


def _measure_distance(ink: _Mask) -> npt.NDArray[np.float32] | None:
    enlarged = 2 if ink.shape[0] < 60 else 1
    if enlarged > 1:
        ink = np.asarray(cv2.resize(ink, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    skeleton = _thin(np.asarray(ink > 115, np.uint8))
    if not skeleton.any():
        return None
    distance = cv2.distanceTransform(1 - skeleton, cv2.DIST_L2, 5) / enlarged
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
