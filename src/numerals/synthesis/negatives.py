"""Pictures that are no digit, and digits that MNIST's writers did not write.

A classifier that has only seen digits calls everything a digit. `make_negatives` shows it what a
page has besides: neighbours that touch, halves of digits, letters, words, signs, scribbles, blots.
`make_european` gives ones their upstroke and sevens their bar.
"""

import functools
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink import to_mnist
from numerals.synthesis.european_digits import add_bar, add_upstroke
from numerals.synthesis.font_glyphs import load_font_glyphs

Images = npt.NDArray[np.uint8]

# Halves that still look like no other digit: the right half of an 8 is a 3, that of a 9 a 1.
_HALVES = [(0, "left"), (0, "right"), (2, "left"), (2, "right"), (3, "left"), (4, "left")]
_HALVES += [(5, "left"), (5, "right"), (6, "right"), (8, "left"), (9, "left")]
# Letters and signs that no one could tell from a digit alone.
_LOOKALIKES = set("oOlIisSzZbBgqDQGJjTyY!/|'")


def make_negatives(
    images: Images,
    labels: npt.NDArray[np.int64],
    n_images: int,
    rng: np.random.Generator,
    *,
    latin: bool = True,
) -> Images:
    """Compose pictures that must not be read as a digit.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
        Digits to take apart and to push together.
    labels : ndarray of int64, shape (n,)
        Their values.
    n_images : int
        How many to make.
    rng : numpy.random.Generator
        Governs chance.
    latin : bool, default=True
        Also halves of digits, and Latin letters and signs: in another script, those may be digits.

    Returns
    -------
    ndarray of uint8, shape (n_images, 28, 28)
    """
    halves = {digit: images[labels == digit] for digit in range(10)}
    makers: list[tuple[float, Callable[[], Images]]] = [
        (0.32, lambda: _side_by_side(images, 2, rng)),
        (0.06, lambda: _side_by_side(images, int(rng.integers(3, 6)), rng)),
        (0.22 * latin, lambda: _half(halves, rng)),
        (0.22 * latin, lambda: _letters(1, rng)),
        (0.08, lambda: _letters(int(rng.integers(2, 7)), rng)),
        (0.10, lambda: _scribble(rng)),
        (0.12 * latin, lambda: _sign(rng)),
    ]
    shares = np.array([share for share, _ in makers])
    choices = rng.choice(len(makers), size=n_images, p=shares / shares.sum())
    return np.stack([to_mnist(makers[choice][1]()) for choice in choices])


def _join(parts: list[Images], gaps: npt.NDArray[np.int64], rng: np.random.Generator) -> Images:
    """Lay 28x28 glyphs side by side with `gaps` pixels between their ink."""
    trimmed = [part[:, part.any(axis=0)] for part in parts]
    starts = np.cumsum([4] + [t.shape[1] + g for t, g in zip(trimmed, gaps, strict=False)])
    canvas = np.zeros((40, int(starts[-1]) + trimmed[-1].shape[1] + 40), np.uint8)
    for part, start in zip(trimmed, starts, strict=False):
        top = 6 + int(rng.integers(-4, 5))
        window = canvas[top : top + 28, start : start + part.shape[1]]
        np.maximum(window, part, out=window)
    return canvas


def _side_by_side(images: Images, count: int, rng: np.random.Generator) -> Images:
    chosen = [images[i] for i in rng.integers(len(images), size=count)]
    return _join(chosen, rng.integers(-5, 3, size=count), rng)


def _half(halves: dict[int, Images], rng: np.random.Generator) -> Images:
    digit, side = _HALVES[rng.integers(len(_HALVES))]
    image: Images = halves[digit][rng.integers(len(halves[digit]))]
    columns = np.flatnonzero(image.any(axis=0))
    cut = int(columns[0] + (columns[-1] - columns[0]) * rng.uniform(0.35, 0.5))
    kept = image.copy()
    if side == "left":
        kept[:, cut:] = 0
    else:
        kept[:, :cut] = 0
    return kept


@functools.cache
def _letter_images() -> Images:
    glyphs, characters = load_font_glyphs()
    wanted = [i for i, c in enumerate(characters) if not c.isdigit() and c not in _LOOKALIKES]
    return np.ascontiguousarray(glyphs[:, wanted])


def _letters(count: int, rng: np.random.Generator) -> Images:
    glyphs = _letter_images()
    font = glyphs[rng.integers(len(glyphs))]
    chosen = [font[i] for i in rng.integers(len(font), size=count)]
    chosen = [glyph for glyph in chosen if glyph.any()] or [font[0]]
    return _join(chosen, rng.integers(-3, 3, size=count), rng)


def _scribble(rng: np.random.Generator) -> Images:
    canvas = np.zeros((80, 80), np.uint8)
    kind = rng.random()
    if kind < 0.25:  # a blot
        longer = int(rng.integers(8, 30))
        axes = (longer, int(longer * rng.uniform(0.5, 1.0)))
        cv2.ellipse(canvas, (40, 40), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    elif kind < 0.45:  # a dash, a piece of a rule
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


def _sign(rng: np.random.Generator) -> Images:
    """Draw a parenthesis, plus, times or equals sign."""
    canvas = np.zeros((120, 120), np.uint8)
    thickness = int(rng.integers(5, 13))
    kind = rng.random()
    if kind < 0.6:  # a parenthesis: an arc that no 1 is bent as much as
        half = rng.uniform(32, 75)  # degrees to either side of the middle
        middle = (0 if rng.random() < 0.5 else 180) + rng.uniform(-15, 15)
        axes = (int(rng.integers(20, 36)), int(rng.integers(36, 50)))
        arc = (middle - half, middle + half)
        cv2.ellipse(canvas, (60, 60), axes, 0, *arc, 255, thickness, cv2.LINE_AA)
        return canvas
    turn = np.radians(rng.uniform(-12, 12) + (45 if kind > 0.85 else 0))
    reach = rng.uniform(25, 45, size=2)
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]])
    if kind < 0.75:  # plus; beyond 0.85, times
        strokes = [(np.zeros(2), along * reach[0]), (np.zeros(2), across * reach[1])]
    elif kind < 0.85:  # equals
        strokes = [(across * side * rng.uniform(9, 18), along * reach[0]) for side in (-1, 1)]
    else:
        strokes = [(np.zeros(2), along * reach[0]), (rng.normal(0, 3, 2), across * reach[1])]
    for center, arm in strokes:
        ends = [tuple(int(v) for v in 60 + center + sign * arm) for sign in (-1, 1)]
        cv2.line(canvas, ends[0], ends[1], 255, thickness, cv2.LINE_AA)
    return canvas


def make_european(
    images: Images, labels: npt.NDArray[np.int64], n_images: int, rng: np.random.Generator
) -> tuple[Images, npt.NDArray[np.int64]]:
    """Give ones an upstroke (and now and then a foot), and sevens a bar.

    Returns
    -------
    images : ndarray of uint8, shape (n_images, 28, 28)
    labels : ndarray of int64, shape (n_images,)
        1 or 7.
    """
    pools = {digit: images[labels == digit] for digit in (1, 7)}
    made, values = [], []
    for _ in range(n_images):
        digit = 1 if rng.random() < 0.6 else 7
        image = pools[digit][rng.integers(len(pools[digit]))]
        canvas = cv2.resize(image, (112, 112), interpolation=cv2.INTER_LINEAR)
        large = np.pad(np.asarray(canvas, np.uint8), 40)
        # A lone seven with a hasty bar is too like a 2 or 4; in lines, its neighbours tell.
        drawn = add_upstroke(large, rng) if digit == 1 else add_bar(large, rng, hasty=0.0)
        made.append(to_mnist(drawn))
        values.append(digit)
    return np.stack(made), np.asarray(values, np.int64)
