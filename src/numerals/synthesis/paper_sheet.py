"""Render a sheet of paper: grain, rules, ink, shadow, perspective, light and noise."""

import cv2
import numpy as np
import numpy.typing as npt

Sheet = npt.NDArray[np.float32]
"""Reflected light, shape (height, width, 3), RGB, 0 to 1."""


def make_sheet(
    height: int,
    width: int,
    rng: np.random.Generator,
    *,
    tint: tuple[float, ...] = (0.95, 0.94, 0.9),
) -> Sheet:
    """Return blank paper with fine grain and soft blotches."""
    grain = cv2.GaussianBlur(rng.normal(0, 0.02, (height, width)).astype(np.float32), (0, 0), 0.8)
    coarse = rng.normal(0, 1, (max(2, height // 90), max(2, width // 90))).astype(np.float32)
    blotches = 0.008 * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    paper = np.asarray(tint, np.float32) + (grain + blotches)[..., None]
    return np.asarray(paper.clip(0, 1), np.float32)


def draw_rules(
    sheet: Sheet,
    spacing: int,
    *,
    first: int = 0,
    color: tuple[float, ...] = (0.62, 0.7, 0.82),
    thickness: int = 2,
) -> Sheet:
    """Return the sheet with horizontal rules, the first at row `first`, `spacing` pixels apart."""
    ruled = sheet.copy()
    for y in range(first or spacing // 2, sheet.shape[0], spacing):
        ruled[y : y + thickness] *= np.asarray(color, np.float32)
    return ruled


def apply_ink(
    sheet: Sheet,
    ink: npt.NDArray[np.float32],
    color: tuple[int, int, int],
    rng: np.random.Generator,
) -> Sheet:
    """Return the sheet with ink in a color.

    Parameters
    ----------
    sheet : ndarray of float32, shape (height, width, 3)
    ink : ndarray of float32, shape (height, width)
        Coverage, from 0 to 1.
    color : tuple of int
        RGB, 0 to 255.
    rng : numpy.random.Generator
    """
    pen = np.asarray(color, np.float32) / 255
    patches = cv2.GaussianBlur(rng.normal(0, 1, ink.shape).astype(np.float32), (0, 0), 1.6)
    coverage = (ink * (0.9 + 0.14 * patches)).clip(0, 1)[..., None]
    return np.asarray(sheet * (1 - coverage * (1 - pen)), np.float32)


def cast_shadow(sheet: Sheet, rng: np.random.Generator, *, strength: float = 0.45) -> Sheet:
    """Return the sheet with a soft shadow, as of a hand or a phone, over one corner."""
    height, width = sheet.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = rng.uniform(0, 2 * np.pi)
    bend = rng.uniform(0.1, 0.35)
    across = x * np.cos(angle) + y * np.sin(angle)
    along = -x * np.sin(angle) + y * np.cos(angle)
    edge = across - rng.uniform(0.2, 0.5) + bend * along**2
    penumbra = 0.03 + 0.05 * (along - along.min())
    shade = 1 / (1 + np.exp(-(edge / penumbra).clip(-50, 50)))
    return np.asarray(sheet * (1 - strength * shade)[..., None], np.float32)


def photograph_sheet(
    sheet: Sheet, matrix: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return a photograph of the sheet: projected, unevenly lit, slightly blurred and noisy.

    Parameters
    ----------
    sheet : ndarray of float32, shape (height, width, 3)
    matrix : ndarray of float64, shape (3, 3)
        Projection from the sheet to the photograph, as `sheet_perspective` returns it.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        RGB.
    """
    height, width = sheet.shape[:2]
    seen = cv2.warpPerspective(
        sheet, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    slope = rng.uniform(-0.08, 0.08, 2)
    light = 0.9 + slope[0] * x + slope[1] * y - 0.09 * (x**2 + y**2)
    soft = cv2.GaussianBlur(seen * light[..., None].astype(np.float32), (0, 0), 0.9)
    noise = cv2.GaussianBlur(rng.normal(0, 0.012, soft.shape).astype(np.float32), (0, 0), 0.6)
    return np.asarray((255 * (soft + noise)).clip(0, 255), np.uint8)


def sheet_perspective(height: int, width: int, turn: float, tilt: float) -> npt.NDArray[np.float64]:
    """Return the projection of a sheet that is turned and tilted.

    Parameters
    ----------
    height, width : int, pixels
    turn : float, degrees
    tilt : float
        Relative difference of scale between the upper and the lower edge.

    Returns
    -------
    ndarray of float64, shape (3, 3)
    """
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    center = np.array([width / 2, height / 2], np.float32)
    angle = np.radians(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (corners - center) @ rotation.T
    moved[:, 0] *= 1 + tilt * moved[:, 1] / height
    target = (moved + center).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, target), np.float64)
