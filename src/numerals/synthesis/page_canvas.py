"""A square section of a page that is being composed: pixels, kinds of ink, and its numbers."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

CANVAS_SIDE = 640
"""Side of the canvas, pixels; samples of side `page_camera.SAMPLE_SIDE` are taken of it."""

GROUND, NUMBER, WRITING, PRINT, MARK = range(5)
"""Kinds of ink: none; a handwritten number; other handwriting; print; rules, boxes, strike-outs."""
UNKNOWN = 255
"""Kind of a pixel with an unlabelled kind of ink."""

_CELL = 8  # pixels: side of a cell of the map of occupied areas
_MIN_ALPHA = 0.25  # coverage above which a pixel gets the kind of the ink

Color = npt.NDArray[np.float32]
Quad = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PlacedNumber:
    """A number on the canvas.

    Attributes
    ----------
    quad : ndarray of float32, shape (4, 2)
        Corners, clockwise from the top left, pixels.
    is_printed : bool
    text : str
        Empty if unknown.
    """

    quad: Quad
    is_printed: bool = False
    text: str = ""


@dataclass(eq=False)
class Canvas:
    """A page section in composition.

    Attributes
    ----------
    image : ndarray of float32, shape (CANVAS_SIDE, CANVAS_SIDE, 3)
        RGB from 0 to 1.
    kinds : ndarray of uint8, shape (CANVAS_SIDE, CANVAS_SIDE)
        Kind of ink of each pixel.
    numbers : list of PlacedNumber
    unlabelled, unlabelled_print : ndarray of uint8, shape (CANVAS_SIDE, CANVAS_SIDE)
        1 where there may be handwritten, or printed, numbers that are not in `numbers`.
    occupied : ndarray of bool, shape (CANVAS_SIDE // 8, CANVAS_SIDE // 8)
        Cells of 8x8 pixels that hold ink.
    """

    image: npt.NDArray[np.float32]
    kinds: npt.NDArray[np.uint8] = field(
        default_factory=lambda: np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
    )
    numbers: list[PlacedNumber] = field(default_factory=list)
    unlabelled: npt.NDArray[np.uint8] = field(
        default_factory=lambda: np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
    )
    unlabelled_print: npt.NDArray[np.uint8] = field(
        default_factory=lambda: np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
    )
    occupied: npt.NDArray[np.bool_] = field(
        default_factory=lambda: np.zeros((CANVAS_SIDE // _CELL, CANVAS_SIDE // _CELL), np.bool_)
    )

    def is_free(self, x_min: float, y_min: float, x_max: float, y_max: float) -> bool:
        """Return whether a box lies within the canvas and overlaps no occupied cell."""
        if min(x_min, y_min) < 0 or max(x_max, y_max) > CANVAS_SIDE:
            return False
        return not self.occupied[_cells(x_min, y_min, x_max, y_max)].any()

    def occupy(self, x_min: float, y_min: float, x_max: float, y_max: float) -> None:
        """Mark a box as occupied."""
        self.occupied[_cells(x_min, y_min, x_max, y_max)] = True

    def blend(
        self, alpha: npt.NDArray[np.float32], x: int, y: int, color: Color, kind: int
    ) -> None:
        """Blend ink with the image: `alpha` from 0 to 1, with its top left corner at (x, y)."""
        height, width = alpha.shape
        left, top = max(0, x), max(0, y)
        right, bottom = min(CANVAS_SIDE, x + width), min(CANVAS_SIDE, y + height)
        if right <= left or bottom <= top:
            return
        alpha = alpha[top - y : bottom - y, left - x : right - x]
        window = self.image[top:bottom, left:right]
        window += alpha[..., None] * (color - window)
        self.kinds[top:bottom, left:right][alpha > _MIN_ALPHA] = kind

    def place(
        self,
        alpha: npt.NDArray[np.float32],
        center: tuple[float, float],
        color: Color,
        kind: int,
        *,
        is_number: bool = False,
        text: str = "",
        opacity: float = 1.0,
    ) -> tuple[int, int, int, int]:
        """Blend ink around a center, mark its box as occupied and return the box.

        With `is_number` the ink is also added to `numbers`.
        """
        height, width = alpha.shape
        x, y = round(center[0] - width / 2), round(center[1] - height / 2)
        self.blend(alpha * np.float32(opacity), x, y, color, kind)
        box = (x, y, x + width, y + height)
        self.occupy(*box)
        if is_number:
            self.add_number(box, is_printed=kind == PRINT, text=text)
        return box

    def add_number(
        self,
        box: tuple[float, float, float, float],
        *,
        is_printed: bool = False,
        text: str = "",
    ) -> None:
        """Add a number with the given box to `numbers`."""
        self.numbers.append(PlacedNumber(box_to_quad(box), is_printed, text))

    def stroke(
        self,
        points: npt.NDArray[np.float32],
        thickness: int,
        color: Color,
        *,
        kind: int = MARK,
        opacity: float = 1.0,
        closed: bool = False,
        over_ink: bool = False,
    ) -> None:
        """Draw a line through points, shape (n, 2).

        Pixels with ink keep their kind where the line crosses them, unless `over_ink`.
        """
        low = np.maximum(points.min(axis=0) - thickness - 2, 0).astype(int)
        high = np.minimum(points.max(axis=0) + thickness + 3, CANVAS_SIDE).astype(int)
        if (high <= low).any():
            return
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        shifted = ((points - low) * 8).round().astype(np.int32)
        cv2.polylines(mask, [shifted], closed, 255, max(1, thickness), cv2.LINE_AA, shift=3)
        alpha = mask.astype(np.float32) / np.float32(255) * np.float32(opacity)
        window = self.image[low[1] : high[1], low[0] : high[0]]
        window += alpha[..., None] * (color - window)
        kinds = self.kinds[low[1] : high[1], low[0] : high[0]]
        kinds[(mask > 50) & ((kinds == GROUND) | over_ink)] = kind


def box_to_quad(box: tuple[float, float, float, float]) -> Quad:
    """Return the corners of a box, clockwise from the top left, shape (4, 2)."""
    x_min, y_min, x_max, y_max = box
    return np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]], np.float32)


def _cells(x_min: float, y_min: float, x_max: float, y_max: float) -> tuple[slice, slice]:
    return (
        slice(max(0, int(y_min)) // _CELL, max(0, int(y_max)) // _CELL + 1),
        slice(max(0, int(x_min)) // _CELL, max(0, int(x_max)) // _CELL + 1),
    )
