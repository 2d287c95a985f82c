"""A sheet of paper that lies on something darker: found in the picture, and cut out of it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.components import Mask, Pieces, square
from numerals.ink.illumination import close_with_disc, shrink
from numerals.ink.perspective import Corners, angle_of, four_corners, straight_corners

_SIDE = 360  # pixels, at which sheets are looked for
_STROKE = 25  # of these pixels: what is narrower is ink on the sheet, or light beside it
_LEAST, _NARROWEST = 0.04, 50  # of the picture; of these pixels
_BARE = 0.8  # of a sheet: more than the rest is no ink
_OTHER = 0.1  # of the sheet: something else that is bright, and so large, may be another one
_DARKER = 0.7  # of the sheet's brightness: the ground is darker than that
_EVEN = 1.35  # times: a part of the ground that is brighter may be the sheet in shadow, ...
_LEVELS = 2  # of light on the ground that are told apart: its own, and of a shadow
_SHADED = 0.2  # of the sheet's brightness: deeper shadows are not told from the ground
_INK, _LEAST_INK = 0.25, 20  # of the ground's brightness; of these pixels: ... with writing on it
_CONVEX = 0.9  # of its hull: a sheet that is bent, or held by a hand, fills so much
_FULL = 0.93  # of its hull: corners look round, so small
_OPPOSITE = 0.4  # of the longer one: opposite sides, seen from the side, are no shorter
_INSET = 0.01  # of its sides, and 2 of the small pixels: left out with the edge of a straight one
_EDGE = 5  # of the small pixels: so much of a bent one
_BROAD = 11  # of the small pixels: a part in shadow is no narrower

_Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sheet:
    """Where a sheet lies.

    Attributes
    ----------
    mask : ndarray of uint8
        255 where it is, on a small copy of the picture.
    corners : ndarray of float32, shape (4, 2), optional
        In pixels of the picture, clockwise from the left upper one. None if it is not straight.
    """

    mask: Mask
    corners: Corners | None

    @property
    def angle(self) -> float:
        """By how many degrees it leans, clockwise."""
        return 0.0 if self.corners is None else angle_of(self.corners)


def find_sheet(gray: _Gray) -> Sheet | None:
    """Find the one bright sheet that lies within the picture, if there is one.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    Sheet or None
        None, too, where it goes on beyond the picture, where there are several, and where a shadow
        may hide a part of it.
    """
    small = shrink(gray, _SIDE)
    if min(small.shape) < _NARROWEST:
        return None
    smooth = np.asarray(cv2.medianBlur(small, 3), np.uint8)
    paper = close_with_disc(smooth, _STROKE)
    threshold, bright = cv2.threshold(paper, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = _lone_piece(np.asarray(bright, np.uint8))
    if mask is None or not _stands_out(paper, mask):
        return None
    if np.count_nonzero(smooth[mask > 0] > threshold) < _BARE * np.count_nonzero(mask):
        return None  # a broad stroke of chalk
    shaded = _brighter_ground(paper, mask)
    may_hide = any(_has_ink(smooth, paper, part) for part in shaded)
    for piece in (*(_joined(mask, part) for part in shaded), *([] if may_hide else [mask])):
        corners = four_corners(piece, full=_FULL, opposite=_OPPOSITE)
        if corners is not None:
            scale = np.divide(gray.shape[::-1], small.shape[::-1], dtype=np.float32)
            return Sheet(mask, np.asarray((corners + 0.5) * scale, np.float32))
    return Sheet(mask, None) if not may_hide and _is_convex(mask) else None


def cut_out_sheet(gray: _Gray, sheet: Sheet, longest: int) -> tuple[_Gray, npt.NDArray[np.float64]]:
    """Return a sheet by itself, and the map from its points to those of the picture.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    sheet : Sheet
    longest : int, pixels
        The sheet's longer side will be no longer.

    Returns
    -------
    picture : ndarray of uint8
        The sheet seen from above, if its corners are known; else the part of the picture where it
        lies, with nothing around it.
    back : ndarray of float64, shape (3, 3)
    """
    if sheet.corners is None:
        return _without_ground(gray, sheet.mask)
    inner = _inner_corners(sheet.corners, 2 * max(gray.shape) / max(sheet.mask.shape))
    straight = straight_corners(inner)
    wide, high = (straight[2] - straight[0]).tolist()
    scale = min(1.0, longest / max(wide, high))
    source = shrink(gray, round(scale * max(gray.shape)))  # to skip pixels would break strokes
    size = (max(1, round(scale * wide)), max(1, round(scale * high)))
    upright = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    back = np.asarray(cv2.getPerspectiveTransform(upright, inner), np.float64)
    shrunk = np.diag(np.divide([*source.shape[::-1], 1], [*gray.shape[::-1], 1]))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(source, shrunk @ back, size, flags=flags), np.uint8), back


def _inner_corners(corners: Corners, least: float) -> Corners:
    """Return corners that are so many pixels, or more, within those of a sheet."""
    middle = corners.mean(axis=0)
    narrow = float(np.ptp(straight_corners(corners), axis=0).min())
    inset = max(_INSET, min(least / narrow, 0.25))
    return np.asarray(middle + (1 - 2 * inset) * (corners - middle), np.float32)


def _lone_piece(bright: Mask) -> Mask | None:
    """Return the one large piece, if it does not touch the border."""
    pieces = Pieces(bright)
    areas = pieces.stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    areas[0] = 0
    largest = int(np.argmax(areas))
    if areas[largest] < _LEAST * bright.size:
        return None
    if np.count_nonzero(areas > _OTHER * areas[largest]) > 1:
        return None
    x, y, width, height = pieces.stats[largest, :4].tolist()
    if min(width, height) < _NARROWEST:
        return None
    if min(x, y) < 1 or x + width >= bright.shape[1] or y + height >= bright.shape[0]:
        return None
    piece = pieces.split([largest])[0]
    outlines, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    _, sides, _ = cv2.minAreaRect(outlines[0])
    return piece if min(sides) >= _NARROWEST else None  # a 1 that leans has a broad box


def _stands_out(paper: _Gray, mask: Mask) -> bool:
    """Whether nearly all around a sheet is clearly darker than it is."""
    around = cv2.dilate(mask, square(_EDGE)) == 0
    return bool(np.percentile(paper[around], 90) < _DARKER * np.median(paper[mask > 0]))


def _brighter_ground(paper: _Gray, mask: Mask) -> list[Mask]:
    """Return what lies against a sheet and is brighter than the rest: a hand, a part in shadow.

    More of it, then less, as the ground itself may lie half in shadow.
    """
    # Grain is opened away; a part of the sheet that lies in shadow is not.
    opened = cv2.morphologyEx(paper, cv2.MORPH_OPEN, square(_STROKE))
    around = cv2.dilate(mask, square(_EDGE)) == 0
    near = cv2.dilate(mask, square(3 * _EDGE)) > 0
    least = _SHADED * float(np.median(paper[mask > 0]))
    ground, found = opened[around], []
    for _ in range(_LEVELS):
        threshold, _ = cv2.threshold(ground.reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)
        darker, brighter = ground[ground <= threshold], ground[ground > threshold]
        if not darker.size or not brighter.size:
            break
        if brighter.mean() <= max(_EVEN * float(darker.mean()), least):
            break
        is_brighter = (around & (paper > threshold)).view(np.uint8)
        broad = cv2.morphologyEx(is_brighter, cv2.MORPH_OPEN, square(_BROAD))
        pieces = Pieces(np.asarray(255 * broad, np.uint8))
        touching = [int(piece) for piece in np.unique(pieces.labels[near]) if piece]
        found.append(pieces.split(touching)[0])
        ground = brighter
    return found


def _joined(mask: Mask, part: Mask) -> Mask:
    both = cv2.bitwise_or(mask, part)
    return np.asarray(cv2.morphologyEx(both, cv2.MORPH_CLOSE, square(_EDGE)), np.uint8)


def _has_ink(smooth: _Gray, paper: _Gray, part: Mask) -> bool:
    is_ink = (cv2.subtract(paper, smooth) > _INK * paper) & (cv2.erode(part, square(_EDGE)) > 0)
    return int(np.count_nonzero(is_ink)) > _LEAST_INK


def _is_convex(mask: Mask) -> bool:
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))
    return int(np.count_nonzero(mask)) >= _CONVEX * hull


def _without_ground(gray: _Gray, mask: Mask) -> tuple[_Gray, npt.NDArray[np.float64]]:
    """Return the part of a picture where a sheet lies; beside it, the paper goes on."""
    inner = cv2.erode(mask, square(_EDGE))
    small = cv2.resize(gray, mask.shape[::-1], interpolation=cv2.INTER_AREA)
    is_sheet = (inner > 0).astype(np.float32)
    known = cv2.GaussianBlur(is_sheet, (0, 0), _STROKE) + 1e-6
    paper = cv2.GaussianBlur(is_sheet * small, (0, 0), _STROKE) / known
    size = gray.shape[::-1]
    is_beside = cv2.resize(inner, size, interpolation=cv2.INTER_LINEAR) < 128
    beside = cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR)
    alone = np.where(is_beside, beside, gray).astype(np.uint8)
    scale = np.divide(gray.shape, mask.shape)
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    (top, left), (bottom, right) = (
        np.round(scale * (rows[i] + plus, columns[i] + plus)).astype(int)
        for i, plus in ((0, 0), (-1, 1))
    )
    back = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], np.float64)
    return np.ascontiguousarray(alone[top:bottom, left:right]), back
