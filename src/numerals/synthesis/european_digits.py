"""Add European strokes to digits: an upstroke to ones, a bar to sevens, a slash to zeros."""

import cv2
import numpy as np

from numerals.synthesis.digit_hands import DRAWING_SCALE, Glyph


def add_european_strokes(glyph: Glyph, digit: str, rng: np.random.Generator) -> Glyph:
    """Return a digit with the stroke that American writers leave out.

    Parameters
    ----------
    glyph : ndarray of uint8, shape (28, 28)
        Ink bright, in MNIST's frame.
    digit : str
        The character that it shows; any but 0, 1 and 7 is returned unchanged.
    rng : numpy.random.Generator
    """
    if digit not in _STROKES or not glyph.any():
        return glyph
    height, width = glyph.shape
    fine = cv2.resize(
        glyph, (width * DRAWING_SCALE, height * DRAWING_SCALE), interpolation=cv2.INTER_LINEAR
    )
    drawn = _STROKES[digit](np.asarray(fine, np.uint8), rng)
    return np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def add_upstroke(canvas: Glyph, rng: np.random.Generator) -> Glyph:
    """Draw an upstroke, sometimes also a foot, into a one that is enlarged four times."""
    ys, xs = np.nonzero(canvas > 128)
    top, bottom = int(ys.min()), int(ys.max())
    thickness = int(rng.integers(7, 13))
    tip = (int(xs[ys <= top + 6].mean()), top + thickness // 2)
    length = (bottom - top) * rng.uniform(0.25, 0.65)
    angle = np.radians(rng.uniform(38, 65))  # below the horizontal
    end = (int(tip[0] - length * np.cos(angle)), int(tip[1] + length * np.sin(angle)))
    cv2.line(canvas, tip, end, 255, thickness, cv2.LINE_AA)
    if rng.random() < 0.15:
        foot, reach = int(xs[ys >= bottom - 6].mean()), int(rng.integers(12, 28))
        level = bottom - thickness // 2
        cv2.line(canvas, (foot - reach, level), (foot + reach, level), 255, thickness, cv2.LINE_AA)
    return canvas


def add_bar(canvas: Glyph, rng: np.random.Generator, *, hasty: float = 0.35) -> Glyph:
    """Draw a bar into a seven that is enlarged four times.

    Parameters
    ----------
    canvas : ndarray of uint8, shape (height, width)
        Ink bright; changed in place.
    rng : numpy.random.Generator
    hasty : float in [0, 1], default=0.35
        Probability of a bar that slopes down to the right across the foot, instead of a level one
        across the middle.
    """
    ys, xs = np.nonzero(canvas > 128)
    is_hasty = rng.random() < hasty
    level = int(ys.min() + np.ptp(ys) * rng.uniform(*((0.55, 0.8) if is_hasty else (0.4, 0.65))))
    stem = xs[np.abs(ys - level) < 4]
    center = int(stem.mean()) if stem.size else int(xs.mean())
    reach = int(rng.integers(14, 34))
    fall = int(reach * rng.uniform(0.3, 1.1)) if is_hasty else int(rng.integers(-6, 7))
    ends = ((center - reach, level - fall), (center + reach, level + fall))
    cv2.line(canvas, *ends, 255, int(rng.integers(6, 12)), cv2.LINE_AA)
    return canvas


def _add_slash(canvas: Glyph, rng: np.random.Generator) -> Glyph:
    ys, xs = np.nonzero(canvas > 128)
    overhang = rng.uniform(-0.05, 0.12, 2)  # of the slash beyond the ring, in ring sizes
    width, height = float(np.ptp(xs)), float(np.ptp(ys))
    start = (int(xs.max() + overhang[0] * width), int(ys.min() - overhang[0] * height))
    end = (int(xs.min() - overhang[1] * width), int(ys.max() + overhang[1] * height))
    cv2.line(canvas, start, end, 255, int(rng.integers(6, 11)), cv2.LINE_AA)
    return canvas


_STROKES = {"0": _add_slash, "1": add_upstroke, "7": add_bar}
