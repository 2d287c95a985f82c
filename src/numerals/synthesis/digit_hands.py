"""Hands: the glyphs of one writer or one font, from which lines are composed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.ink.normalize import MNIST_SIZE
from numerals.records import Digits
from numerals.synthesis.digit_proportions import proportions_of, restore_width
from numerals.synthesis.digit_strokes import has_thin_strokes, mend_strokes
from numerals.synthesis.font_glyphs import load_font_glyphs

DRAWING_SCALE = 4
"""Factor by which glyphs are enlarged before strokes are drawn."""
GLYPH_BASELINE = 24.0
"""Row of a glyph below the lowest ink of a digit."""
GLYPH_HEIGHT = 20.0
"""Height of a digit in a glyph, pixels."""

_MIN_FOOT_LEVEL = 60  # of 255: brighter pixels count as ink when a digit's foot is searched
# Range of the height of small zeros, relative to other digits; data sets scale them to the frame.
_SMALL_ZERO = {"۰": (0.3, 0.6)}
_AMERICAN = {"mnist", "qmnist"}  # data sets whose writers bar no sevens

Glyph = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Hand:
    """The glyphs of one writer, or of one font.

    Attributes
    ----------
    glyphs : mapping of str to ndarray of uint8, shape (n_samples, 28, n_columns)
        Ink bright.
    feet : mapping of str to ndarray of float64, shape (n_samples,)
        The row below each sample's lowest ink.
    is_american : bool, default=False
        Whether ones have no upstroke and sevens no bar.
    spread : float, default=0.06
        Standard deviation of the logarithm of the width from digit to digit.
    is_even : bool, default=True
        Whether all digits have about the same height, as Latin ones do.
    """

    glyphs: Mapping[str, npt.NDArray[np.uint8]]
    feet: Mapping[str, npt.NDArray[np.float64]]
    is_american: bool = False
    spread: float = 0.06
    is_even: bool = True

    def draw(self, character: str, rng: np.random.Generator) -> tuple[Glyph, float]:
        """Return a random glyph of a character, and the row below its lowest ink."""
        samples = self.glyphs[character]
        chosen = int(rng.integers(len(samples)))
        return samples[chosen], float(self.feet[character][chosen])


def make_hands(digits: Digits) -> list[Hand]:
    """Return a hand for each writer who wrote every class.

    Parameters
    ----------
    digits : Digits
        28x28. Without `writers`, all digits count as one writer's.

    Raises
    ------
    DataError
        If the images are not 28x28, or no writer wrote all classes.
    """
    if digits.images.shape[1:] != (MNIST_SIZE, MNIST_SIZE):
        height, width = digits.images.shape[1:]
        raise DataError(
            f"{digits.name} has images of {height}x{width} pixels; expected 28x28: "
            "resize them first"
        )
    writers = digits.writers if digits.writers is not None else np.zeros(len(digits), np.int64)
    proportions = proportions_of(digits.name)
    images = restore_width(digits.images, proportions.width_factor)
    if has_thin_strokes(digits.images):
        images = mend_strokes(images, widened=proportions.width_factor > 1)
    feet = _feet(images)
    hands = []
    for writer in np.unique(writers):
        rows = np.flatnonzero(writers == writer)
        by_class = [rows[digits.labels[rows] == c] for c in range(len(digits.classes))]
        if all(len(samples) for samples in by_class):
            glyphs, glyph_feet = {}, {}
            for character, samples in zip(digits.classes, by_class, strict=True):
                glyphs[character], glyph_feet[character] = images[samples], feet[samples]
                if character in _SMALL_ZERO:
                    glyphs[character] = _shrink(glyphs[character], *_SMALL_ZERO[character])
                    glyph_feet[character] = np.full(len(samples), GLYPH_BASELINE)
            hands.append(
                Hand(
                    glyphs,
                    glyph_feet,
                    is_american=digits.name in _AMERICAN,
                    spread=proportions.spread,
                    is_even=digits.script == "latin",
                )
            )
    if not hands:
        raise DataError(
            f"no writer of {digits.name} wrote each of {' '.join(digits.classes)}; expected one "
            "with all classes: pass more digits"
        )
    return hands


def make_font_hands(fonts: Sequence[int] | None = None) -> list[Hand]:
    """Return a hand for each handwriting font; its glyphs include letters.

    Parameters
    ----------
    fonts : sequence of int, optional
        Numbers of the fonts; by default all. Fonts without all ten digits are left out.
    """
    images, characters = load_font_glyphs()
    columns = {c: i for i, c in enumerate(characters) if c.isalnum()}
    hands = []
    for font in range(len(images)) if fonts is None else fonts:
        glyphs = {c: images[font, i][None] for c, i in columns.items() if images[font, i].any()}
        if set("0123456789") <= set(glyphs):
            hands.append(Hand(glyphs, {c: _feet(glyph) for c, glyph in glyphs.items()}))
    return hands


def _shrink(images: npt.NDArray[np.uint8], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Return glyphs reduced about the frame's center, each by a random factor."""
    small = np.zeros_like(images)
    factors = np.random.default_rng(0).uniform(low, high, len(images))
    for image, glyph, factor in zip(images, small, factors, strict=True):
        shift = (1 - factor) * (MNIST_SIZE - 1) / 2
        matrix = np.array([[factor, 0, shift], [0, factor, shift]])
        cv2.warpAffine(image, matrix, (MNIST_SIZE, MNIST_SIZE), dst=glyph, flags=cv2.INTER_AREA)
    return small


def _feet(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    has_ink = np.asarray((images > _MIN_FOOT_LEVEL).any(axis=2))
    feet: npt.NDArray[np.float64] = MNIST_SIZE - np.argmax(has_ink[:, ::-1], axis=1).astype(
        np.float64
    )
    return feet
