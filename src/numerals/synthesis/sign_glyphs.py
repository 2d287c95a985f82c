"""Draw the signs that numbers contain, as pen strokes in the frame of 28x28."""

import cv2
import numpy as np

from numerals.ink.normalize import MNIST_SIZE
from numerals.synthesis.digit_hands import DRAWING_SCALE, Glyph

_PEN_WIDTH = 2.6  # pixels in the frame

Point = tuple[float, float]


def draw_sign(sign: str, rng: np.random.Generator) -> Glyph:
    """Draw a sign at the place where it stands beside digits.

    Parameters
    ----------
    sign : str
        A character of `SIGNS` or `OPERATORS` of `numerals.synthesis.number_texts`, not a space.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        Ink bright.
    """
    canvas = np.zeros((MNIST_SIZE * DRAWING_SCALE, MNIST_SIZE * DRAWING_SCALE), np.uint8)
    for stroke in _SIGN_STROKES[sign](rng):
        points = (
            (np.array(stroke) * DRAWING_SCALE * 16).round().astype(np.int32)
        )  # 4 bits of fraction
        thickness = max(1, round(_PEN_WIDTH * DRAWING_SCALE * rng.uniform(0.75, 1.25)))
        cv2.polylines(canvas, [points], False, 255, thickness, cv2.LINE_AA, shift=4)
    return np.asarray(
        cv2.resize(canvas, (MNIST_SIZE, MNIST_SIZE), interpolation=cv2.INTER_AREA), np.uint8
    )


def _near(rng: np.random.Generator, x: float, y: float, by: float = 1.0) -> Point:
    return x + float(rng.uniform(-by, by)), y + float(rng.uniform(-by, by))


def _dot(rng: np.random.Generator, y: float = 23.0) -> list[Point]:
    x, y = _near(rng, 14, y)
    length = float(rng.choice([0.2, 1.0, 2.2]))
    return [(x, y), (x + length * float(rng.uniform(0, 1)), y + length * float(rng.uniform(-1, 1)))]


def _comma(rng: np.random.Generator) -> list[Point]:
    x, y = _near(rng, 14.5, 22)
    drop, back = float(rng.uniform(3, 7)), float(rng.uniform(0.5, 4))
    return [(x, y), (x + float(rng.uniform(-0.3, 0.6)), y + drop / 2), (x - back, y + drop)]


def _dash(rng: np.random.Generator) -> list[Point]:
    half, (x, y) = float(rng.uniform(3, 8)), _near(rng, 14, 14, 2)
    return [(x - half, y + float(rng.uniform(-1, 1))), (x + half, y + float(rng.uniform(-1.2, 1)))]


def _plus(rng: np.random.Generator) -> list[list[Point]]:
    half, (x, y) = float(rng.uniform(4, 7)), _near(rng, 14, 14.5)
    lean = float(rng.uniform(-1, 1))
    return [
        [(x - half, y + float(rng.uniform(-1, 1))), (x + half, y + float(rng.uniform(-1, 1)))],
        [(x + lean, y - half * float(rng.uniform(0.8, 1.2))), (x - lean, y + half)],
    ]


def _slash(rng: np.random.Generator) -> list[Point]:
    lean = float(rng.uniform(2.5, 6))
    return [_near(rng, 14 + lean, 2, 1.5), _near(rng, 14 - lean, 26, 1.5)]


def _bracket(rng: np.random.Generator, side: int) -> list[Point]:
    depth, angles = float(rng.uniform(2, 5)), np.linspace(-1, 1, 9)
    x, y = _near(rng, 14, 14)
    height = float(rng.uniform(11, 13.5))
    bend = depth * (1 - angles**2)
    return [(x - side * float(b), y + height * float(a)) for a, b in zip(angles, bend, strict=True)]


def _percent(rng: np.random.Generator) -> list[list[Point]]:
    turns = np.linspace(0, 2 * np.pi, 12)
    rings: list[list[Point]] = []
    for x, y in (_near(rng, 7.5, 8.5), _near(rng, 20.5, 20)):
        radius = float(rng.uniform(2.2, 3.8))
        stretch = float(rng.uniform(0.8, 1.3))
        rings.append([(x + radius * np.cos(t), y + stretch * radius * np.sin(t)) for t in turns])
    return [_slash(rng), *rings]


def _line(*points: Point) -> list[Point]:
    return list(points)


def _times(rng: np.random.Generator) -> list[list[Point]]:
    half, (x, y) = float(rng.uniform(3, 6.5)), _near(rng, 14, 15, 1.5)
    ends = [_near(rng, x + a * half, y + b * half) for a, b in ((-1, -1), (1, 1), (1, -1), (-1, 1))]
    return [ends[:2], ends[2:]]


def _divided(rng: np.random.Generator) -> list[list[Point]]:
    half, (x, y) = float(rng.uniform(4, 7)), _near(rng, 14, 14.5)
    reach = float(rng.uniform(3.5, 6))
    dots = [[(x, y + side * reach), (x + 0.6, y + side * reach)] for side in (-1, 1)]
    return [_line(_near(rng, x - half, y), _near(rng, x + half, y)), *dots]


def _equals(rng: np.random.Generator) -> list[list[Point]]:
    half, (x, y) = float(rng.uniform(4, 7.5)), _near(rng, 14, 14.5)
    reach = float(rng.uniform(1.7, 3.2))
    return [
        _line(_near(rng, x - half, y + side * reach), _near(rng, x + half, y + side * reach))
        for side in (-1, 1)
    ]


def _star(rng: np.random.Generator) -> list[list[Point]]:
    half, (x, y) = float(rng.uniform(3, 5.5)), _near(rng, 14, 13, 2.5)
    angles = float(rng.uniform(0, 1)) + np.pi / 3 * np.arange(3)
    return [
        _line(
            (x - half * float(np.cos(a)), y - half * float(np.sin(a))),
            (x + half * float(np.cos(a)), y + half * float(np.sin(a))),
        )
        for a in angles
    ]


def _hash(rng: np.random.Generator) -> list[list[Point]]:
    lean, half = float(rng.uniform(0, 3)), float(rng.uniform(2, 3.2))
    down = [_line(_near(rng, 14 + s * half + lean, 4), _near(rng, 14 + s * half - lean, 24))
            for s in (-1, 1)]  # fmt: skip
    across = [_line(_near(rng, 6, y), _near(rng, 22, y)) for y in (10.5, 17.5)]
    return down + across


def _curve(points: list[Point], rng: np.random.Generator, by: float = 0.7) -> list[Point]:
    """Return the quadratic B-spline of points that are jittered by up to `by` pixels."""
    moved = np.array([_near(rng, x, y, by) for x, y in points])
    padded = np.concatenate([moved[:1], moved, moved[-1:]])
    stroke: list[Point] = []
    for a, b, c in zip(padded[:-2], padded[1:-1], padded[2:], strict=True):
        start, end = (a + b) / 2, (b + c) / 2
        for t in np.linspace(0, 1, 5):
            x, y = (1 - t) ** 2 * start + 2 * t * (1 - t) * b + t**2 * end
            stroke.append((float(x), float(y)))
    return stroke


def _dollar(rng: np.random.Generator) -> list[list[Point]]:
    bend = [(19, 7), (14, 4.5), (8.5, 8), (12, 13), (17, 15), (19.5, 19), (14, 23.5), (8, 20)]
    lean = float(rng.uniform(-0.5, 2.5))
    bars = (0,) if rng.random() < 0.75 else (-1.6, 1.6)
    strokes = [_line(_near(rng, 14 + x + lean, 1), _near(rng, 14 + x - lean, 27)) for x in bars]
    return [_curve([(float(x), float(y)) for x, y in bend], rng), *strokes]


def _euro(rng: np.random.Generator) -> list[list[Point]]:
    bend = [(21.0, 7.0), (15.0, 3.5), (9.0, 8.0), (8.0, 14.0), (9.5, 20.0), (15.0, 24.5), (21, 21)]
    dashes = [_line(_near(rng, 4.5, y), _near(rng, 17, y)) for y in (12.0, 16.0)]
    return [_curve([(float(x), float(y)) for x, y in bend], rng), *dashes]


def _pound(rng: np.random.Generator) -> list[list[Point]]:
    bend = [(20, 7), (15.5, 4), (11.5, 8), (12.5, 15), (11.5, 21), (7, 24), (13, 22.5), (21, 24)]
    dash = _line(_near(rng, 7, 14.5), _near(rng, 17.5, 14))
    return [_curve([(float(x), float(y)) for x, y in bend], rng), dash]


def _ring(rng: np.random.Generator) -> list[list[Point]]:
    turns, (x, y) = np.linspace(0, 2 * np.pi, 12), _near(rng, 13, 7)
    radius = float(rng.uniform(1.8, 3.4))
    return [[(x + radius * float(np.cos(t)), y + radius * float(np.sin(t))) for t in turns]]


_SIGN_STROKES = {
    ".": lambda rng: [_dot(rng)],
    ",": lambda rng: [_comma(rng)],
    "-": lambda rng: [_dash(rng)],
    "+": _plus,
    "/": lambda rng: [_slash(rng)],
    ":": lambda rng: [_dot(rng, 11.0), _dot(rng, 21.5)],
    "(": lambda rng: [_bracket(rng, 1)],
    ")": lambda rng: [_bracket(rng, -1)],
    "%": _percent,
    "×": _times,
    "÷": _divided,
    "=": _equals,
    "*": _star,
    "#": _hash,
    "°": _ring,
    "$": _dollar,
    "€": _euro,
    "£": _pound,
}
