"""Rectified crops of the fields of a scan, with the print of the form removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.forms.registration import Matrix, Registration
from numerals.forms.template import Field, Template
from numerals.ink.illumination import compute_darkness
from numerals.records import Box

Gray = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]

_MARGIN = 0.25  # around a box, in box heights, because writing can cross the border
_FILLED_BORDER = 0.06  # removed inside a box of a filled-in reference, in box heights
_PAPER_PERCENTILE = 85  # grey level of the paper among the pixels of a field
_MIN_ZOOM, _MAX_ZOOM = 0.5, 4.0  # of a crop relative to the reference
_MIN_PRINT_DARKNESS = 50  # of printed pixels in the reference, 0 to 255
_PRINT_TOLERANCE = 2.0  # pixels of the reference: scanned print is thicker, or displaced
_MIN_INK_CONTRAST = 0.12  # darkness relative to the paper
_MIN_STROKE_LENGTH = 0.14  # box heights


@dataclass(frozen=True, eq=False)
class FieldCrop:
    """The crop of one field.

    Attributes
    ----------
    gray : ndarray of uint8, shape (height, width)
        The box and a margin around it, rectified, in about the resolution of the scan.
    corners : ndarray of float64, shape (4, 2)
        Corners of the box in pixels of the scan: top left, top right, bottom right, bottom left.
    inner : Box
        The box in pixels of `gray`; without its border for a filled-in reference.
    """

    gray: Gray
    corners: Corners
    inner: Box

    def cells(self, count: int) -> list[Gray]:
        """Return crops of `count` equal cells, left to right, padded with paper on both sides."""
        x_min, _, x_max, _ = self.inner
        edges = np.linspace(x_min, x_max, count + 1).round().astype(int)
        paper = int(np.percentile(self.gray, _PAPER_PERCENTILE))
        padding = round((x_max - x_min) / count / 3)
        return [
            np.pad(self.gray[:, a:b], ((0, 0), (padding, padding)), constant_values=paper)
            for a, b in pairwise(edges)
        ]


class FieldCutter:
    """Crop the fields of a form out of scans.

    Parameters
    ----------
    template : Template
        If its reference is blank, the print in and around the boxes is inpainted. If it is filled
        in, print and writing cannot be separated, and boxes are cropped inside their borders.
    """

    def __init__(self, template: Template) -> None:
        self._template = template
        dark = compute_darkness(template.reference)
        size = 2 * round(_PRINT_TOLERANCE) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        printed = np.asarray(dark > _MIN_PRINT_DARKNESS, np.uint8) * np.uint8(255)
        self._printed = np.asarray(cv2.dilate(printed, kernel), np.uint8)
        boxes = [field.box for field in template.fields]
        shape = template.reference.shape
        self._windows = {
            box: _shrink(box) if template.filled else _expand(box, boxes, shape) for box in boxes
        }

    def cut(self, gray: Gray, registration: Registration, field: Field) -> FieldCrop:
        """Return the crop of one field.

        Parameters
        ----------
        gray : ndarray of uint8, shape (height, width)
            The scan.
        registration : Registration
        field : Field
        """
        matrix = registration.near(field.box)
        x_min, y_min, x_max, y_max = self._windows[field.box]
        zoom = float(np.clip(_zoom(matrix, field.box), _MIN_ZOOM, _MAX_ZOOM))
        to_reference = np.array([[1 / zoom, 0, x_min], [0, 1 / zoom, y_min], [0, 0, 1]])
        size = (round((x_max - x_min) * zoom), round((y_max - y_min) * zoom))
        crop = cv2.warpPerspective(
            gray,
            matrix @ to_reference,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        if not self._template.filled:
            printed = cv2.resize(self._printed[y_min:y_max, x_min:x_max], size)
            crop = cv2.inpaint(crop, (printed > 127).astype(np.uint8), 3, cv2.INPAINT_TELEA)
        box = _shrink(field.box) if self._template.filled else field.box
        inner = [round((v - o) * zoom) for v, o in zip(box, (x_min, y_min) * 2, strict=True)]
        return FieldCrop(
            np.asarray(crop, np.uint8),
            _corners(field.box, matrix),
            (inner[0], inner[1], inner[2], inner[3]),
        )


def is_blank(crop: Gray, height: float) -> bool:
    """Return whether a crop of a field shows no stroke.

    Parameters
    ----------
    crop : ndarray of uint8, shape (height, width)
    height : float, pixels
        Height of the field, which the crop can exceed.
    """
    side = min(max(3, round(0.8 * height)) | 1, 255)
    padded = cv2.copyMakeBorder(crop, side, side, side, side, cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(padded, (0, 0), max(0.6, 0.012 * height))
    paper = cv2.medianBlur(smooth, side)  # strokes cover less than half of each window
    contrast = (paper.astype(np.float32) - smooth) / np.maximum(paper, 24)
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        (contrast[side:-side, side:-side] > _MIN_INK_CONTRAST).astype(np.uint8), connectivity=8
    )
    lengths = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    return not bool((lengths > _MIN_STROKE_LENGTH * height).any())


def _expand(box: Box, others: Sequence[Box], shape: tuple[int, ...]) -> Box:
    """Expand a box by a margin that overlaps no other box."""
    x_min, y_min, x_max, y_max = box
    height, width = shape
    margin = max(2, round(_MARGIN * (y_max - y_min)))
    left, top, right, bottom = x_min - margin, y_min - margin, x_max + margin, y_max + margin
    for a_min, b_min, a_max, b_max in others:
        if a_min < right and a_max > left:  # above or below
            top = max(top, b_max) if b_max <= y_min else top
            bottom = min(bottom, b_min) if b_min >= y_max else bottom
        if b_min < bottom and b_max > top:  # left or right
            left = max(left, a_max) if a_max <= x_min else left
            right = min(right, a_min) if a_min >= x_max else right
    return (max(left, 0), max(top, 0), min(right, width), min(bottom, height))


def _shrink(box: Box) -> Box:
    """Return the box without its border."""
    x_min, y_min, x_max, y_max = box
    border = round(_FILLED_BORDER * (y_max - y_min))
    return (x_min + border, y_min + border, x_max - border, y_max - border)


def _corners(box: Box, matrix: Matrix) -> Corners:
    """Return the corners of a box of the reference in pixels of the scan, shape (4, 2)."""
    x_min, y_min, x_max, y_max = box
    corners = np.array([[[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]]], float)
    return np.asarray(cv2.perspectiveTransform(corners, matrix)[0], np.float64)


def _zoom(matrix: Matrix, box: Box) -> float:
    """Return the pixels of the scan per pixel of the reference in a box."""
    x_min, y_min, x_max, y_max = box
    sides = np.linalg.norm(np.diff(_corners(box, matrix), axis=0, append=np.nan)[:3], axis=1)
    return float(max(sides[0] / (x_max - x_min), sides[1] / (y_max - y_min)))
