"""Sample colors of pens and rules, and backgrounds of paper and photographed surfaces."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.synthesis.page_canvas import CANVAS_SIDE, Color

_Rng = np.random.Generator
_Field = npt.NDArray[np.float32]


def sample_pen_color(rng: _Rng) -> Color:
    """Return the color of a pen, RGB from 0 to 1: black, blue, red, green or pencil."""
    kind = rng.random()
    if kind < 0.4:
        return _gray(rng, 0.0, 0.25) + rng.uniform(0, 0.06, 3).astype(np.float32)
    if kind < 0.75:
        return _uniform(rng, (0.02, 0.25), (0.1, 0.35), (0.3, 0.7))
    if kind < 0.83:
        return _uniform(rng, (0.55, 0.8), (0.05, 0.25), (0.05, 0.25))
    if kind < 0.88:
        return _uniform(rng, (0.05, 0.25), (0.35, 0.5), (0.1, 0.3))
    return _gray(rng, 0.3, 0.55)


def sample_rule_color(rng: _Rng) -> Color:
    """Return the color of printed rules, RGB from 0 to 1: dark, pale, blue, red or green."""
    kind = rng.random()
    if kind < 0.4:
        return _gray(rng, 0.0, 0.3)
    if kind < 0.65:
        return _gray(rng, 0.45, 0.8)
    if kind < 0.85:  # as blue as a pen or paler
        return _uniform(rng, (0.2, 0.65), (0.3, 0.75), (0.5, 0.95))
    if kind < 0.93:
        return _uniform(rng, (0.7, 0.95), (0.35, 0.7), (0.35, 0.7))
    return _uniform(rng, (0.3, 0.7), (0.6, 0.85), (0.3, 0.7))


def make_background(rng: _Rng, textures: Sequence[Path]) -> _Field:
    """Return blank paper with a tint, grain and the texture of a real surface.

    Parameters
    ----------
    rng : numpy.random.Generator
    textures : sequence of Path
        Pictures of surfaces.

    Returns
    -------
    ndarray of float32, shape (CANVAS_SIDE, CANVAS_SIDE, 3)
        RGB from 0 to 1.
    """
    kind = rng.random()
    tint = np.ones(3, np.float32)
    if kind < 0.7:
        tint = _uniform(rng, (0.85, 1), (0.8, 1), (0.7, 1)) * np.float32(rng.uniform(0.6, 1.02))
    elif kind < 0.95:
        tint = tint * np.float32(rng.uniform(0.85, 1))
    sheet = np.ones((CANVAS_SIDE, CANVAS_SIDE, 3), np.float32) * tint
    if kind >= 0.95:
        return sheet  # uniform, as from a drawing program
    if rng.random() < 0.35:
        texture = crop_texture(rng, textures, CANVAS_SIDE).mean(axis=2, keepdims=True)
        texture -= texture.mean()
        sheet = sheet * (1 + texture / (texture.std() + 1e-3) * np.float32(rng.uniform(0.01, 0.05)))
    grain = rng.normal(0, 1, (CANVAS_SIDE // 2, CANVAS_SIDE // 2)).astype(np.float32)
    sheet += (cv2.resize(grain, (CANVAS_SIDE, CANVAS_SIDE)) * np.float32(rng.uniform(0, 0.025)))[
        ..., None
    ]
    clouds = rng.normal(0, 1, (6, 6)).astype(np.float32)
    clouds = np.asarray(
        cv2.resize(clouds, (CANVAS_SIDE, CANVAS_SIDE), interpolation=cv2.INTER_CUBIC), np.float32
    )
    sheet += (clouds * np.float32(rng.uniform(0, 0.03)))[..., None]
    return np.asarray(sheet.clip(0, 1), np.float32)


def crop_texture(rng: _Rng, textures: Sequence[Path], side: int) -> _Field:
    """Return a random square crop of a photographed surface, RGB from 0 to 1."""
    picture = read_rgb(textures[int(rng.integers(len(textures)))])
    n = int(side / rng.uniform(0.6, 1.6))
    height, width = picture.shape[:2]
    if min(height, width) < n:
        factor = n / min(height, width) * 1.01
        picture = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor), np.uint8)
        height, width = picture.shape[:2]
    y, x = int(rng.integers(0, height - n + 1)), int(rng.integers(0, width - n + 1))
    crop = cv2.resize(picture[y : y + n, x : x + n], (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(crop, np.float32) / np.float32(255)


def read_rgb(path: Path) -> npt.NDArray[np.uint8]:
    """Read a picture file as RGB, uint8, shape (height, width, 3).

    Raises
    ------
    FileNotFoundError
        If there is no such file, or OpenCV cannot decode it.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise FileNotFoundError(
            f"{path}: missing, or no picture; expected a file that OpenCV can decode: restore the "
            "data set"
        )
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _gray(rng: _Rng, low: float, high: float) -> Color:
    return np.full(3, rng.uniform(low, high), np.float32)


def _uniform(rng: _Rng, *ranges: tuple[float, float]) -> Color:
    return np.array([rng.uniform(*r) for r in ranges], np.float32)
