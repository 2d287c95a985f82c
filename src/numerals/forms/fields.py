"""A scan's fields, cut out straight, without what the form itself prints there."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.forms.register import Matrix, Registration
from numerals.forms.template import Field, Template
from numerals.ink.illumination import compute_darkness
from numerals.records import Box

Gray = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]

_MARGIN = 0.25  # box heights: writing reaches over the border
_BORDER = 0.06  # box heights: so far inside a box that is not blank is no border any more
_PAPER = 85  # per cent of a field's pixels are darker than this; it is bare paper
_LEAST_ZOOM, _MOST_ZOOM = 0.5, 4.0
_PRINTED = 50  # of 255: so dark is print
_AROUND = 2.0  # pixels of the reference: print may be a little thicker in the scan, or beside
_INK, _STROKE = 0.12, 0.14  # darkness against the paper, and length in box heights, of writing


@dataclass(frozen=True, eq=False)
class Crop:
    """A field as the scan shows it.

    Attributes
    ----------
    gray : ndarray of uint8, shape (height, width)
        The box and a margin around it, straight, in the scan's resolution.
    corners : ndarray of float64, shape (4, 2)
        Of the box in the scan: top left, top right, bottom right, bottom left.
    inner : Box
        The box in `gray`, without its border if that is cut away.
    """

    gray: Gray
    corners: Corners
    inner: Box

    def cells(self, count: int) -> list[Gray]:
        """Return the pictures of as many cells, left to right, with paper added on both sides."""
        x_min, _, x_max, _ = self.inner
        edges = np.linspace(x_min, x_max, count + 1).round().astype(int)
        paper = int(np.percentile(self.gray, _PAPER))
        beside = round((x_max - x_min) / count / 3)
        return [
            np.pad(self.gray[:, a:b], ((0, 0), (beside, beside)), constant_values=paper)
            for a, b in pairwise(edges)
        ]


class FieldCutter:
    """Cuts a form's fields out of scans.

    Parameters
    ----------
    template : Template
        Of a blank form, what is printed in and around the boxes is painted over; of a filled one
        the boxes are cut inside their borders.
    """

    def __init__(self, template: Template) -> None:
        self._template = template
        dark = compute_darkness(template.reference)
        reach = 2 * round(_AROUND) + 1
        thick = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        printed = np.asarray(dark > _PRINTED, np.uint8) * np.uint8(255)
        self._printed = np.asarray(cv2.dilate(printed, thick), np.uint8)
        boxes = [field.box for field in template.fields]
        shape = template.reference.shape
        self._windows = {
            box: _inside(box) if template.filled else _window(box, boxes, shape) for box in boxes
        }

    def cut(self, gray: Gray, registration: Registration, field: Field) -> Crop:
        """Cut one field out of a scan, shape (height, width)."""
        matrix = registration.near(field.box)
        x_min, y_min, x_max, y_max = self._windows[field.box]
        zoom = float(np.clip(_zoom(matrix, field.box), _LEAST_ZOOM, _MOST_ZOOM))
        place = np.array([[1 / zoom, 0, x_min], [0, 1 / zoom, y_min], [0, 0, 1]])
        size = (round((x_max - x_min) * zoom), round((y_max - y_min) * zoom))
        straight = cv2.warpPerspective(
            gray,
            matrix @ place,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        if not self._template.filled:
            printed = cv2.resize(self._printed[y_min:y_max, x_min:x_max], size)
            straight = cv2.inpaint(straight, (printed > 127).astype(np.uint8), 3, cv2.INPAINT_TELEA)
        within = _inside(field.box) if self._template.filled else field.box
        inner = [round((v - o) * zoom) for v, o in zip(within, (x_min, y_min) * 2, strict=True)]
        return Crop(
            np.asarray(straight, np.uint8),
            _corners(field.box, matrix),
            (inner[0], inner[1], inner[2], inner[3]),
        )


def is_blank(crop: Gray, height: float) -> bool:
    """Tell whether a picture of a field shows no stroke.

    Parameters
    ----------
    crop : ndarray of uint8, shape (height, width)
    height : float, pixels
        How high the field is.
    """
    side = min(max(3, round(0.8 * height)) | 1, 255)
    around = cv2.copyMakeBorder(crop, side, side, side, side, cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(around, (0, 0), max(0.6, 0.012 * height))
    paper = cv2.medianBlur(soft, side)  # strokes are less than half of it
    dark = (paper.astype(np.float32) - soft) / np.maximum(paper, 24)
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        (dark[side:-side, side:-side] > _INK).astype(np.uint8), connectivity=8
    )
    sizes = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    return not bool((sizes > _STROKE * height).any())


def _window(box: Box, others: Sequence[Box], shape: tuple[int, ...]) -> Box:
    """Widen a box by a margin that reaches into no other box."""
    x_min, y_min, x_max, y_max = box
    height, width = shape
    margin = max(2, round(_MARGIN * (y_max - y_min)))
    left, top, right, bottom = x_min - margin, y_min - margin, x_max + margin, y_max + margin
    for a_min, b_min, a_max, b_max in others:
        if a_min < right and a_max > left:  # above or below
            top = max(top, b_max) if b_max <= y_min else top
            bottom = min(bottom, b_min) if b_min >= y_max else bottom
        if b_min < bottom and b_max > top:  # beside
            left = max(left, a_max) if a_max <= x_min else left
            right = min(right, a_min) if a_min >= x_max else right
    return (max(left, 0), max(top, 0), min(right, width), min(bottom, height))


def _inside(box: Box) -> Box:
    x_min, y_min, x_max, y_max = box
    border = round(_BORDER * (y_max - y_min))
    return (x_min + border, y_min + border, x_max - border, y_max - border)


def _corners(box: Box, matrix: Matrix) -> Corners:
    x_min, y_min, x_max, y_max = box
    corners = np.array([[[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]]], float)
    return np.asarray(cv2.perspectiveTransform(corners, matrix)[0], np.float64)


def _zoom(matrix: Matrix, box: Box) -> float:
    """Return how many pixels of the scan a pixel of the reference becomes."""
    x_min, y_min, x_max, y_max = box
    along = np.linalg.norm(np.diff(_corners(box, matrix), axis=0, append=np.nan)[:3], axis=1)
    return float(max(along[0] / (x_max - x_min), along[1] / (y_max - y_min)))
