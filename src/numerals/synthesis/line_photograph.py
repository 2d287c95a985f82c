"""Render a line on paper as a scan or a photograph shows it; fast, for small images."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.line_frame import LineFrame

_MAX_DARKNESS = 0.95  # share of the light that the darkest ink absorbs

_Rng = np.random.Generator
_Field = npt.NDArray[np.float32]


def photograph_line(
    ink: _Field, frame: LineFrame, rng: _Rng, *, wear: float = 1.0, variation: float = 1.0
) -> npt.NDArray[np.uint8]:
    """Return an image of a line on paper.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width)
        Coverage, from 0 to 1.
    frame : LineFrame
        Frame of the line in `ink`; rules and borders are placed around it.
    rng : numpy.random.Generator
    wear : float in [0, 1], default=1
        Strength of the defects of paper, pen and camera; at 0 dark ink on clean paper, well
        scanned.
    variation : float in [0, 1], default=1
        How much the width of strokes changes.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Gray levels, dark on bright.
    """
    unit = frame.height
    paper = _draw_paper(ink.shape, unit, rng, wear)
    for share, draw in _BACKGROUNDS:
        if rng.random() < share * wear:
            paper = draw(paper, frame, rng)
    strokes = _apply_pen(ink, unit, rng, wear)
    strokes = np.asarray(ink + np.float32(variation) * (strokes - ink), np.float32)
    image = _apply_ink(paper, strokes, rng, wear)
    return _capture(image, unit, rng, wear)


def _apply_pen(ink: _Field, unit: float, rng: _Rng, wear: float) -> _Field:
    """Return strokes thinned or thickened, with the edge and texture of a pen."""
    soft = cv2.GaussianBlur(ink, (0, 0), unit * rng.uniform(0.015, 0.04))
    level = rng.uniform(0.22, 0.62)
    slope = rng.uniform(1.5, 5.0)
    edge = ((soft - level) * slope + 0.5).clip(0, 1)
    if rng.random() < 0.25 * wear:  # a pencil or a dry pen leaves grains of the paper white
        grain = _noise(ink.shape, unit * rng.uniform(0.02, 0.06), rng)
        edge *= (1 - rng.uniform(0.1, 0.5) * np.abs(grain)).clip(0, 1)
    if rng.random() < 0.3:  # pressure
        edge *= (1 + rng.uniform(0.05, 0.25) * _noise(ink.shape, unit * 0.8, rng)).clip(0.3, 1)
    return np.asarray(edge, np.float32)


def _draw_paper(shape: tuple[int, ...], unit: float, rng: _Rng, wear: float) -> _Field:
    """Return blank paper: reflected light from 0 to 1, with gradients, blotches and shadow."""
    height, width = shape
    light = float(rng.uniform(0.45, 1.0))
    x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    across, down = rng.normal(0, 0.06, 2)
    paper = light * (1 + np.float32(across) * x[None, :] + np.float32(down) * y[:, None])
    paper += light * np.float32(rng.uniform(0, 0.03)) * _noise(shape, unit * 0.9, rng)
    if rng.random() < 0.12 * wear:  # the edge of a shadow
        angle, place = rng.uniform(0, 2 * np.pi), rng.uniform(-0.6, 0.6)
        side = x[None, :] * np.float32(np.cos(angle)) + y[:, None] * np.float32(np.sin(angle))
        soft = np.float32(rng.uniform(0.02, 0.15))
        shade = 1 / (1 + np.exp(((place - side) / soft).clip(-50, 50)))
        paper *= 1 - np.float32(rng.uniform(0.1, 0.5)) * shade
    return np.asarray(paper.clip(0.05, 1), np.float32)


def _apply_ink(paper: _Field, strokes: _Field, rng: _Rng, wear: float) -> _Field:
    darkness = float(rng.choice([rng.uniform(0.12, 0.4), rng.uniform(0.35, 0.95)], p=[0.3, 0.7]))
    darkness = _MAX_DARKNESS - (_MAX_DARKNESS - darkness) * wear
    return np.asarray(paper * (1 - darkness * strokes), np.float32)


def _draw_rules(paper: _Field, frame: LineFrame, rng: _Rng) -> _Field:
    """Draw one or two rules, solid or dotted, below the writing or through it."""
    unit, slope = frame.height, frame.slope + float(rng.normal(0, 0.01))
    first = frame.center_y + unit * float(
        rng.choice([rng.uniform(0.4, 0.75), rng.uniform(-0.9, 1)])
    )
    lines = [first]
    if rng.random() < 0.35:
        lines.append(first + unit * float(rng.choice([-1, 1])) * float(rng.uniform(0.9, 1.6)))
    thickness = max(1.0, unit * float(rng.uniform(0.015, 0.08)))
    is_dotted = rng.random() < 0.2
    mask = np.zeros(paper.shape, np.uint8)
    for y in lines:
        ends = [(0.0, y), (float(paper.shape[1]), y + slope * paper.shape[1])]
        _draw_line(mask, ends, thickness)
    if is_dotted:
        period = unit * float(rng.uniform(0.12, 0.4))
        mask[:, np.arange(paper.shape[1]) % period > period * rng.uniform(0.3, 0.6)] = 0
    return _darken(paper, mask, rng.uniform(0.08, 0.6))


def _draw_cell_borders(paper: _Field, frame: LineFrame, rng: _Rng) -> _Field:
    """Draw some borders of a cell, or of a comb of cells."""
    unit = frame.height
    thickness = max(1.0, unit * float(rng.uniform(0.02, 0.09)))
    top = frame.center_y - unit * float(rng.uniform(0.62, 1.1))
    bottom = frame.center_y + unit * float(rng.uniform(0.62, 1.1))
    left = frame.left - unit * float(rng.uniform(0.15, 1.0))
    right = frame.right + unit * float(rng.uniform(0.15, 1.0))
    has_side = rng.random(4) < 0.7
    mask = np.zeros(paper.shape, np.uint8)
    for is_drawn, ends in zip(
        has_side,
        (
            [(left, top), (right, top)],
            [(left, bottom), (right, bottom)],
            [(left, top), (left, bottom)],
            [(right, top), (right, bottom)],
        ),
        strict=True,
    ):
        if is_drawn:
            _draw_line(mask, ends, thickness)
    if rng.random() < 0.3:
        pitch = unit * float(rng.uniform(0.8, 1.4))
        for x in np.arange(left, right, pitch):
            _draw_line(mask, [(x, top), (x, bottom)], thickness)
    return _darken(paper, mask, rng.uniform(0.1, 0.7))


def _draw_security_print(paper: _Field, frame: LineFrame, rng: _Rng) -> _Field:
    """Cover the paper with the fine waves of cheques."""
    height, width = paper.shape
    y, x = np.mgrid[:height, :width].astype(np.float32) / np.float32(frame.height)
    pattern = np.zeros_like(paper)
    for _ in range(int(rng.integers(1, 4))):
        angle = float(rng.normal(0, 0.5)) + (np.pi / 2 if rng.random() < 0.25 else 0)
        across = y * np.float32(np.cos(angle)) + x * np.float32(np.sin(angle))
        along = x * np.float32(np.cos(angle)) - y * np.float32(np.sin(angle))
        bend = np.float32(rng.uniform(0, 0.25)) * np.sin(
            along * np.float32(rng.uniform(0.6, 4)) + np.float32(rng.uniform(0, 6))
        )
        period = np.float32(rng.uniform(0.08, 0.3))
        wave = np.cos(2 * np.pi * (across + bend) / period)
        pattern = np.maximum(pattern, (wave - np.float32(rng.uniform(0, 0.8))).clip(0, 1))
    return np.asarray(paper * (1 - np.float32(rng.uniform(0.05, 0.4)) * pattern), np.float32)


def _draw_neighboring_strokes(paper: _Field, frame: LineFrame, rng: _Rng) -> _Field:
    """Draw strokes that reach in from the lines above and below."""
    unit = frame.height
    mask = np.zeros(paper.shape, np.uint8)
    for _ in range(int(rng.integers(1, 7))):
        side = float(rng.choice([-1, 1]))
        x = float(rng.uniform(0, paper.shape[1]))
        y = frame.center_y + side * unit * float(rng.uniform(0.95, 1.3))
        points = [(x, y)]
        for _ in range(int(rng.integers(1, 4))):
            x, y = (
                x + unit * float(rng.normal(0, 0.3)),
                y + side * unit * float(rng.uniform(0, 0.4)),
            )
            points.append((x, y))
        _draw_line(mask, points, unit * float(rng.uniform(0.06, 0.14)))
    return _darken(paper, mask, rng.uniform(0.2, 0.8))


def _draw_bleed_through(paper: _Field, frame: LineFrame, rng: _Rng) -> _Field:
    """Draw faint, blurred strokes, as of writing on the other side of the paper."""
    unit = frame.height
    mask = np.zeros(paper.shape, np.uint8)
    for _ in range(int(rng.integers(2, 8))):
        center = (rng.uniform(0, paper.shape[1]), frame.center_y + unit * rng.normal(0, 0.5))
        axes = (unit * rng.uniform(0.1, 0.4), unit * rng.uniform(0.2, 0.5))
        cv2.ellipse(
            mask,
            (round(center[0]), round(center[1])),
            (max(1, round(axes[0])), max(1, round(axes[1]))),
            rng.uniform(-40, 40),
            0,
            rng.uniform(120, 360),
            255,
            max(1, round(0.08 * unit)),
        )
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.06 * unit, 0.6)), np.uint8)
    return _darken(paper, soft, rng.uniform(0.04, 0.2))


_DrawBackground = Callable[[_Field, LineFrame, _Rng], _Field]
# Share of the lines with each background, at wear 1.
_BACKGROUNDS: tuple[tuple[float, _DrawBackground], ...] = (
    (0.22, _draw_security_print),
    (0.28, _draw_rules),
    (0.2, _draw_cell_borders),
    (0.15, _draw_neighboring_strokes),
    (0.08, _draw_bleed_through),
)


def _capture(image: _Field, unit: float, rng: _Rng, wear: float) -> npt.NDArray[np.uint8]:
    """Return an image with blur, motion blur, noise and JPEG artefacts, as gray levels."""
    blur = unit * float(rng.choice([0.01, rng.uniform(0.01, 0.06), rng.uniform(0.04, 0.09)]))
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), max(blur * wear, 0.3)), np.float32)
    if rng.random() < 0.12 * wear:  # motion blur
        length = max(3, round(unit * rng.uniform(0.06, 0.16))) | 1
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), rng.uniform(0, 180), 1)
        kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
        image = np.asarray(cv2.filter2D(image, -1, kernel / max(kernel.sum(), 1e-3)), np.float32)
    grain = wear * rng.uniform(0, 0.035) * rng.standard_normal(image.shape, np.float32)
    gray = (255 * (image + grain.astype(np.float32))).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.integers(20, 95))
        _, packed = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])
        gray = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return gray


def _noise(shape: tuple[int, ...], size: float, rng: _Rng) -> _Field:
    """Return smooth noise with spots of `size` pixels; its standard deviation is about 1."""
    step = max(size, 1.0)
    coarse = (max(2, round(shape[0] / step) + 1), max(2, round(shape[1] / step) + 1))
    grid = rng.standard_normal(coarse, np.float32)
    return np.asarray(cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _draw_line(
    mask: npt.NDArray[np.uint8], points: list[tuple[float, float]], thickness: float
) -> None:
    ends = (np.array(points) * 16).round().astype(np.int32)
    cv2.polylines(mask, [ends], False, 255, max(1, round(thickness)), cv2.LINE_AA, shift=4)


def _darken(paper: _Field, mask: npt.NDArray[np.uint8], darkness: float) -> _Field:
    return np.asarray(paper * (1 - np.float32(darkness / 255) * mask), np.float32)
