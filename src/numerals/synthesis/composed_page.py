"""Pages of handwritten numbers, composed of one writer's digits on drawn paper."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.records import Box, Digits
from numerals.synthesis.paper import (
    apply_ink,
    cast_shadow,
    draw_rules,
    make_sheet,
    photograph,
    slant,
)
from numerals.synthesis.proportions import proportions_of, restore_width
from numerals.synthesis.strokes import are_strokes_thin, mend_strokes


@dataclass(frozen=True, eq=False)
class ComposedPage:
    """A page whose truth is known.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        RGB.
    text : str
        What is written, lines separated by ``|``.
    boxes : tuple of tuple of Box
        Where each digit of each line stands, in pixels of `image`.
    """

    image: npt.NDArray[np.uint8]
    text: str
    boxes: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True)
class Style:
    """How a page looks.

    Attributes
    ----------
    width, height : int, pixels
    digit_height : int, pixels
    gap : float
        Between digits, in digit heights; below 0 they touch.
    line_gap : float
        Between lines, in digit heights.
    ink : tuple of int
        The pen's colour, RGB.
    is_ruled, has_shadow : bool
    turn : float, degrees
        Of the page against the picture.
    tilt : float
        How much nearer one edge of the page is than the other.
    """

    width: int = 1600
    height: int = 1000
    digit_height: int = 110
    gap: float = 0.25
    line_gap: float = 0.8
    ink: tuple[int, int, int] = (38, 48, 120)
    is_ruled: bool = True
    has_shadow: bool = True
    turn: float = 0.0
    tilt: float = 0.04


def compose_page(
    digits: Digits,
    texts: Sequence[str],
    style: Style | None = None,
    *,
    writer: int | None = None,
    random_state: int = 0,
) -> ComposedPage:
    """Compose a page in one writer's hand.

    Parameters
    ----------
    digits : Digits
        With `writers`, unless all are to count as one writer's.
    texts : sequence of str
        The lines: characters of ``digits.classes``, and spaces.
    style : Style, optional
    writer : int, optional
        Whose digits; one who wrote all that are needed is drawn by chance if none is named.
    random_state : int, default=0
        Seeds all chance.

    Raises
    ------
    DataError
        If a character is in no class, no writer wrote all that are needed, or the text is larger
        than the page.
    """
    style = style or Style()
    rng = np.random.default_rng(random_state)
    pools = _one_hand(digits, texts, writer, rng)
    ink = np.zeros((style.height, style.width), np.float32)
    baselines, spacing = _baselines(len(texts), style)
    flat = [
        _write_line(ink, text, pools, baseline, style, rng)
        for text, baseline in zip(texts, baselines, strict=True)
    ]
    sheet = make_sheet(style.height, style.width, rng)
    if style.is_ruled:
        first = int(baselines[0] + 0.08 * style.digit_height) % spacing
        sheet = draw_rules(sheet, spacing, first=first, thickness=max(1, style.height // 450))
    sheet = apply_ink(sheet, ink, style.ink, rng)
    if style.has_shadow:
        sheet = cast_shadow(sheet, rng)
    matrix = slant(style.height, style.width, style.turn, style.tilt)
    image = photograph(sheet, matrix, rng)
    boxes = tuple(tuple(_moved(box, matrix) for box in line) for line in flat)
    return ComposedPage(image, "|".join(texts), boxes)


def _one_hand(
    digits: Digits, texts: Sequence[str], writer: int | None, rng: np.random.Generator
) -> dict[str, npt.NDArray[np.uint8]]:
    """Return the images of each needed character, all by the same writer."""
    needed = sorted(set("".join(texts)) - {" "})
    unknown = [c for c in needed if c not in digits.classes]
    if unknown:
        raise DataError(f"{digits.name} has no {', '.join(unknown)}; it has {digits.classes}")
    labels = [digits.classes.index(c) for c in needed]
    writers = digits.writers if digits.writers is not None else np.zeros(len(digits), np.int64)
    able = set(writers.tolist())
    for label in labels:
        able &= set(writers[digits.labels == label].tolist())
    if writer is not None:
        able &= {writer}
    if not able:
        who = "no writer" if writer is None else f"writer {writer}"
        raise DataError(f"{who} of {digits.name} wrote all of {''.join(needed)}")
    hand = writers == rng.choice(sorted(able))
    pools = {
        c: digits.images[hand & (digits.labels == label)]
        for c, label in zip(needed, labels, strict=True)
    }
    across = proportions_of(digits.name).across
    pools = {c: restore_width(images, across) for c, images in pools.items()}
    if are_strokes_thin(digits.images):
        pools = {c: mend_strokes(images, widened=across > 1) for c, images in pools.items()}
    return pools


def _baselines(n_lines: int, style: Style) -> tuple[list[float], int]:
    spacing = round(style.digit_height * (1 + style.line_gap))
    top = (style.height - spacing * (n_lines - 1) + style.digit_height) / 2
    if top - style.digit_height < 0:
        raise DataError(f"{n_lines} lines are higher than the page; take a higher one")
    return [top + i * spacing for i in range(n_lines)], spacing


def _write_line(
    ink: npt.NDArray[np.float32],
    text: str,
    pools: dict[str, npt.NDArray[np.uint8]],
    baseline: float,
    style: Style,
    rng: np.random.Generator,
) -> list[Box]:
    """Write a line into `ink`, centred from side to side; return where its digits stand."""
    glyphs = [
        None if c == " " else _pen_stroke(pools[c][rng.integers(len(pools[c]))], style, rng)
        for c in text
    ]
    gaps = style.digit_height * (style.gap + 0.1 * rng.uniform(-1, 1, len(glyphs)))
    widths = [style.digit_height if g is None else g.shape[1] for g in glyphs]
    x = (style.width - sum(widths) - float(gaps[:-1].sum())) / 2
    if x < 0:
        raise DataError(f"{text!r} is wider than the page; take a wider one or smaller digits")
    boxes = []
    drift = rng.uniform(-0.01, 0.01)
    for glyph, width, gap in zip(glyphs, widths, gaps, strict=True):
        if glyph is not None:
            jitter = 0.05 * style.digit_height * rng.uniform(-1, 1)
            bottom = round(baseline + jitter + drift * x)
            left, top = round(x), max(0, bottom - glyph.shape[0])
            window = ink[top : top + glyph.shape[0], left : left + glyph.shape[1]]
            np.maximum(window, glyph[: window.shape[0], : window.shape[1]], out=window)
            boxes.append((left, top, left + glyph.shape[1], top + glyph.shape[0]))
        x += width + gap
    return boxes


def _pen_stroke(
    image: npt.NDArray[np.uint8], style: Style, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Enlarge a digit to smooth strokes with the edge of a pen, cropped to its ink."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    glyph = np.pad(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 2)
    scale = style.digit_height / image.shape[0] * 1.4 * rng.uniform(0.92, 1.08)
    size = (round(glyph.shape[1] * scale), round(glyph.shape[0] * scale))
    large = cv2.resize(glyph.astype(np.float32) / 255, size, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (0, 0), 0.32 * scale)
    # A steep ramp: enlarged grey borders become the sharp edge of a stroke.
    edge = ((smooth - 0.42) * 0.5 * scale + 0.5).clip(0, 1)
    edge = edge * edge * (3 - 2 * edge)
    rows, columns = np.flatnonzero(edge.any(axis=1)), np.flatnonzero(edge.any(axis=0))
    if rows.size == 0:
        return np.asarray(large, np.float32)
    cropped = edge[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(cropped, np.float32)


def _moved(box: Box, matrix: npt.NDArray[np.float64]) -> Box:
    x_min, y_min, x_max, y_max = box
    corners = np.array([[[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]]], float)
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    low, high = np.floor(moved.min(axis=0)), np.ceil(moved.max(axis=0))
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
