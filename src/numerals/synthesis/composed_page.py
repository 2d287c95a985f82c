"""Compose a page of handwritten numbers in one writer's digits, with known boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.records import Box, Digits
from numerals.synthesis.digit_proportions import proportions_of, restore_width
from numerals.synthesis.digit_strokes import has_thin_strokes, mend_strokes
from numerals.synthesis.paper_sheet import (
    apply_ink,
    cast_shadow,
    draw_rules,
    make_sheet,
    photograph_sheet,
    sheet_perspective,
)


@dataclass(frozen=True, eq=False)
class ComposedPage:
    """A page with its text and boxes.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        RGB.
    text : str
        Text of the lines, separated by ``|``.
    boxes : tuple of tuple of Box
        Box of each digit of each line, in pixels of `image`.
    """

    image: npt.NDArray[np.uint8]
    text: str
    boxes: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True)
class PageStyle:
    """Layout and appearance of a page.

    Attributes
    ----------
    width, height : int, pixels
    digit_height : int, pixels
    gap : float
        Between digits, in digit heights; below 0 digits touch.
    line_gap : float
        Between lines, in digit heights.
    ink : tuple of int
        Color of the pen, RGB, 0 to 255.
    is_ruled, has_shadow : bool
    turn : float, degrees
        Rotation of the page in the picture.
    tilt : float
        Relative difference of scale between the upper and the lower edge.
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
    style: PageStyle | None = None,
    *,
    writer: int | None = None,
    random_state: int = 0,
) -> ComposedPage:
    """Compose a page in one writer's hand.

    Parameters
    ----------
    digits : Digits
        Without `writers`, all digits count as one writer's.
    texts : sequence of str
        Text of each line: characters of ``digits.classes``, and spaces.
    style : PageStyle, optional
    writer : int, optional
        The writer whose digits are used; by default a random one who wrote all needed characters.
    random_state : int, default=0
        Seed of all random choices.

    Raises
    ------
    DataError
        If a character is in no class, if no writer wrote all needed characters, or if the text
        does not fit the page.
    """
    style = style or PageStyle()
    rng = np.random.default_rng(random_state)
    pools = _select_writer(digits, texts, writer, rng)
    ink = np.zeros((style.height, style.width), np.float32)
    baselines, spacing = _find_baselines(len(texts), style)
    flat_boxes = [
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
    matrix = sheet_perspective(style.height, style.width, style.turn, style.tilt)
    image = photograph_sheet(sheet, matrix, rng)
    boxes = tuple(tuple(_project_box(box, matrix) for box in line) for line in flat_boxes)
    return ComposedPage(image, "|".join(texts), boxes)


def _select_writer(
    digits: Digits, texts: Sequence[str], writer: int | None, rng: np.random.Generator
) -> dict[str, npt.NDArray[np.uint8]]:
    """Return the images of each needed character, all of one writer."""
    needed = sorted(set("".join(texts)) - {" "})
    unknown = [c for c in needed if c not in digits.classes]
    if unknown:
        raise DataError(
            f"{digits.name} has no {', '.join(unknown)}; expected characters of "
            f"{''.join(digits.classes)!r}"
        )
    labels = [digits.classes.index(c) for c in needed]
    writers = digits.writers if digits.writers is not None else np.zeros(len(digits), np.int64)
    candidates = set(writers.tolist())
    for label in labels:
        candidates &= set(writers[digits.labels == label].tolist())
    if writer is not None:
        candidates &= {writer}
    if not candidates:
        message = f"no writer of {digits.name} wrote all of {''.join(needed)}"
        if writer is not None:
            message = f"writer {writer} of {digits.name} did not write all of {''.join(needed)}"
        raise DataError(f"{message}; choose other texts, or omit the writer")
    is_chosen = writers == rng.choice(sorted(candidates))
    pools = {
        c: digits.images[is_chosen & (digits.labels == label)]
        for c, label in zip(needed, labels, strict=True)
    }
    width_factor = proportions_of(digits.name).width_factor
    pools = {c: restore_width(images, width_factor) for c, images in pools.items()}
    if has_thin_strokes(digits.images):
        pools = {c: mend_strokes(images, widened=width_factor > 1) for c, images in pools.items()}
    return pools


def _find_baselines(n_lines: int, style: PageStyle) -> tuple[list[float], int]:
    """Return the y of each line's baseline, and their distance, in pixels."""
    spacing = round(style.digit_height * (1 + style.line_gap))
    top = (style.height - spacing * (n_lines - 1) + style.digit_height) / 2
    if top - style.digit_height < 0:
        raise DataError(
            f"{n_lines} lines of {style.digit_height} pixels are higher than the page of "
            f"{style.height}; set a larger height"
        )
    return [top + i * spacing for i in range(n_lines)], spacing


def _write_line(
    ink: npt.NDArray[np.float32],
    text: str,
    pools: dict[str, npt.NDArray[np.uint8]],
    baseline: float,
    style: PageStyle,
    rng: np.random.Generator,
) -> list[Box]:
    """Write a horizontally centered line into `ink`, and return the boxes of its digits."""
    glyphs = [
        None if c == " " else _render_glyph(pools[c][rng.integers(len(pools[c]))], style, rng)
        for c in text
    ]
    gaps = style.digit_height * (style.gap + 0.1 * rng.uniform(-1, 1, len(glyphs)))
    widths = [style.digit_height if g is None else g.shape[1] for g in glyphs]
    x = (style.width - sum(widths) - float(gaps[:-1].sum())) / 2
    if x < 0:
        raise DataError(
            f"{text!r} is wider than the page of {style.width} pixels; set a larger width or a "
            "smaller digit_height"
        )
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


def _render_glyph(
    image: npt.NDArray[np.uint8], style: PageStyle, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return an enlarged digit with smooth, sharp-edged strokes, cropped to its ink."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    glyph = np.pad(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 2)
    scale = style.digit_height / image.shape[0] * 1.4 * rng.uniform(0.92, 1.08)
    size = (round(glyph.shape[1] * scale), round(glyph.shape[0] * scale))
    large = cv2.resize(glyph.astype(np.float32) / 255, size, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (0, 0), 0.32 * scale)
    # A steep ramp turns the gray border of enlarged strokes into a sharp edge.
    edge = ((smooth - 0.42) * 0.5 * scale + 0.5).clip(0, 1)
    edge = edge * edge * (3 - 2 * edge)
    rows, columns = np.flatnonzero(edge.any(axis=1)), np.flatnonzero(edge.any(axis=0))
    if rows.size == 0:
        return np.asarray(large, np.float32)
    cropped = edge[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(cropped, np.float32)


def _project_box(box: Box, matrix: npt.NDArray[np.float64]) -> Box:
    """Return the smallest box around a projected box."""
    x_min, y_min, x_max, y_max = box
    corners = np.array([[[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]]], float)
    projected = cv2.perspectiveTransform(corners, matrix)[0]
    low, high = np.floor(projected.min(axis=0)), np.ceil(projected.max(axis=0))
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
