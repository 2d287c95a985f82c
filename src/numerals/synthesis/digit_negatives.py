"""Make training images for digit classifiers: non-digits, and European ones and sevens.

A classifier that is trained on digits only takes every image for a digit. `make_negatives` composes
the other things on a page: touching neighbors, halves of digits, letters, words, signs, scribbles
and blots. `make_european_digits` adds strokes that the writers of MNIST leave out.
"""

import functools
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink import to_mnist
from numerals.ink.normalize import MNIST_SIZE
from numerals.synthesis.european_digits import add_bar, add_upstroke
from numerals.synthesis.font_glyphs import load_font_glyphs

Images = npt.NDArray[np.uint8]

# Halves that resemble no digit. Others do: the right half of an 8 is a 3, that of a 9 a 1.
_HALVES = [(0, "left"), (0, "right"), (2, "left"), (2, "right"), (3, "left"), (4, "left")]
_HALVES += [(5, "left"), (5, "right"), (6, "right"), (8, "left"), (9, "left")]
# Letters and signs that cannot be distinguished from a digit without context.
_LOOKALIKES = set("oOlIisSzZbBgqDQGJjTyY!/|'")


def make_negatives(
    images: Images,
    labels: npt.NDArray[np.int64],
    n_images: int,
    rng: np.random.Generator,
    *,
    latin: bool = True,
) -> Images:
    """Compose images that must be rejected as non-digits.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
        Digits to cut and to join.
    labels : ndarray of int64, shape (n,)
        Values of the digits, 0 to 9.
    n_images : int
    rng : numpy.random.Generator
    latin : bool, default=True
        Whether to include halves of digits, and single Latin letters and signs, which may be
        digits of another script.

    Returns
    -------
    ndarray of uint8, shape (n_images, 28, 28)
    """
    by_digit = {digit: images[labels == digit] for digit in range(10)}
    makers: list[tuple[float, Callable[[], Images]]] = [
        (0.32, lambda: _join_digits(images, 2, rng)),
        (0.06, lambda: _join_digits(images, int(rng.integers(3, 6)), rng)),
        (0.22 * latin, lambda: _cut_digit(by_digit, rng)),
        (0.22 * latin, lambda: _join_letters(1, rng)),
        (0.08, lambda: _join_letters(int(rng.integers(2, 7)), rng)),
        (0.10, lambda: _draw_scribble(rng)),
        (0.12 * latin, lambda: _draw_large_sign(rng)),
    ]
    shares = np.array([share for share, _ in makers])
    choices = rng.choice(len(makers), size=n_images, p=shares / shares.sum())
    return np.stack([to_mnist(makers[choice][1]()) for choice in choices])


def _join(glyphs: list[Images], gaps: npt.NDArray[np.int64], rng: np.random.Generator) -> Images:
    """Place 28x28 glyphs side by side with `gaps` pixels between their ink."""
    trimmed = [glyph[:, glyph.any(axis=0)] for glyph in glyphs]
    starts = np.cumsum([4] + [t.shape[1] + g for t, g in zip(trimmed, gaps, strict=False)])
    canvas = np.zeros((40, int(starts[-1]) + trimmed[-1].shape[1] + 40), np.uint8)
    for glyph, start in zip(trimmed, starts, strict=False):
        top = 6 + int(rng.integers(-4, 5))
        window = canvas[top : top + MNIST_SIZE, start : start + glyph.shape[1]]
        np.maximum(window, glyph, out=window)
    return canvas


def _join_digits(images: Images, count: int, rng: np.random.Generator) -> Images:
    chosen = [images[i] for i in rng.integers(len(images), size=count)]
    return _join(chosen, rng.integers(-5, 3, size=count), rng)


def _cut_digit(by_digit: dict[int, Images], rng: np.random.Generator) -> Images:
    digit, side = _HALVES[rng.integers(len(_HALVES))]
    image: Images = by_digit[digit][rng.integers(len(by_digit[digit]))]
    columns = np.flatnonzero(image.any(axis=0))
    cut = int(columns[0] + (columns[-1] - columns[0]) * rng.uniform(0.35, 0.5))
    half = image.copy()
    if side == "left":
        half[:, cut:] = 0
    else:
        half[:, :cut] = 0
    return half


@functools.cache
def _letter_images() -> Images:
    """Return the letters and signs of each font, shape (n_fonts, n_characters, 28, 28)."""
    glyphs, characters = load_font_glyphs()
    columns = [i for i, c in enumerate(characters) if not c.isdigit() and c not in _LOOKALIKES]
    return np.ascontiguousarray(glyphs[:, columns])


def _join_letters(count: int, rng: np.random.Generator) -> Images:
    glyphs = _letter_images()
    font = glyphs[rng.integers(len(glyphs))]
    chosen = [font[i] for i in rng.integers(len(font), size=count)]
    chosen = [glyph for glyph in chosen if glyph.any()] or [font[0]]
    return _join(chosen, rng.integers(-3, 3, size=count), rng)


def _draw_scribble(rng: np.random.Generator) -> Images:
    """Draw a blot, a dash or a scribble."""
    canvas = np.zeros((80, 80), np.uint8)
    kind = rng.random()
    if kind < 0.25:  # a blot
        longer = int(rng.integers(8, 30))
        axes = (longer, int(longer * rng.uniform(0.5, 1.0)))
        cv2.ellipse(canvas, (40, 40), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    elif kind < 0.45:  # a dash, or part of a rule
        rise = int(rng.integers(-8, 9))
        cv2.line(canvas, (10, 40), (70, 40 + rise), 255, int(rng.integers(3, 14)))
    else:
        count = int(rng.integers(4, 14))
        points = np.cumsum(rng.normal(0, 22, size=(count, 2)), axis=0)
        points = (points - points.min(axis=0)) / (np.ptp(points, axis=0).max() + 1e-6) * 64 + 8
        smooth = cv2.blur(np.repeat(points, 8, axis=0), (1, 9))
        line = smooth.astype(np.int32)[:, None]
        cv2.polylines(canvas, [line], False, 255, int(rng.integers(4, 9)), cv2.LINE_AA)
    return canvas


def _draw_large_sign(rng: np.random.Generator) -> Images:
    """Draw a parenthesis, plus, times or equals sign."""
    canvas = np.zeros((120, 120), np.uint8)
    thickness = int(rng.integers(5, 13))
    kind = rng.random()
    if kind < 0.6:  # a parenthesis: an arc with more curvature than any 1
        half = rng.uniform(32, 75)  # degrees
        direction = (0 if rng.random() < 0.5 else 180) + rng.uniform(-15, 15)  # degrees
        axes = (int(rng.integers(20, 36)), int(rng.integers(36, 50)))
        arc = (direction - half, direction + half)
        cv2.ellipse(canvas, (60, 60), axes, 0, *arc, 255, thickness, cv2.LINE_AA)
        return canvas
    turn = np.radians(rng.uniform(-12, 12) + (45 if kind > 0.85 else 0))
    reach = rng.uniform(25, 45, size=2)
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]])
    if kind < 0.75:  # plus
        strokes = [(np.zeros(2), along * reach[0]), (np.zeros(2), across * reach[1])]
    elif kind < 0.85:  # equals
        strokes = [(across * side * rng.uniform(9, 18), along * reach[0]) for side in (-1, 1)]
    else:  # times
        strokes = [(np.zeros(2), along * reach[0]), (rng.normal(0, 3, 2), across * reach[1])]
    for center, arm in strokes:
        ends = [tuple(int(v) for v in 60 + center + sign * arm) for sign in (-1, 1)]
        cv2.line(canvas, ends[0], ends[1], 255, thickness, cv2.LINE_AA)
    return canvas


def make_european_digits(
    images: Images, labels: npt.NDArray[np.int64], n_images: int, rng: np.random.Generator
) -> tuple[Images, npt.NDArray[np.int64]]:
    """Make ones with an upstroke, some with a foot, and sevens with a bar.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
        Digits, of which the ones and sevens are used.
    labels : ndarray of int64, shape (n,)
    n_images : int
    rng : numpy.random.Generator

    Returns
    -------
    images : ndarray of uint8, shape (n_images, 28, 28)
    labels : ndarray of int64, shape (n_images,)
        1 or 7.
    """
    pools = {digit: images[labels == digit] for digit in (1, 7)}
    european, values = [], []
    for _ in range(n_images):
        digit = 1 if rng.random() < 0.6 else 7
        image = pools[digit][rng.integers(len(pools[digit]))]
        canvas = cv2.resize(image, (112, 112), interpolation=cv2.INTER_LINEAR)
        large = np.pad(np.asarray(canvas, np.uint8), 40)
        # A single seven with a hasty bar is too similar to a 2 or 4; in lines, context resolves it.
        drawn = add_upstroke(large, rng) if digit == 1 else add_bar(large, rng, hasty=0.0)
        european.append(to_mnist(drawn))
        values.append(digit)
    return np.stack(european), np.asarray(values, np.int64)
