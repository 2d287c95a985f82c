"""A table that was photographed from the side: its corners found, and the page made straight."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.components import Mask, Pieces, square

_COVERED = 0.1  # of the page: smaller tables are hardly out of shape
_SPARSE = 0.25  # of its box: what is more than that is a dark patch, and no net of rules
_MARGIN = 3  # pixels to the border: what comes nearer goes on beyond the picture
_FULL, _OPPOSITE = 0.96, 0.6  # as `four_corners` takes them
_OFF, _DRAWN = 0.008, 0.7  # of its size: so near is ink to a side; of the side
_UNEVEN = 0.004  # of its size: corners that are no further off are those of a level rectangle
_LARGEST = 1.5  # times the picture: a page that would grow larger is left as it is

Corners = npt.NDArray[np.float32]


def find_corners(ink: Pieces) -> Corners | None:
    """Return the corners of a table, or of a frame, that does not lie straight in the picture.

    Parameters
    ----------
    ink : Pieces

    Returns
    -------
    ndarray of float32, shape (4, 2), or None
        Clockwise from the left upper one. None where there is no such table, or it is straight.
    """
    net = largest_net(ink, _COVERED)
    if net is None:
        return None
    height, width = ink.mask.shape
    x, y, wide, high = ink.stats[net, :4].tolist()
    if min(x, y, width - x - wide, height - y - high) < _MARGIN:
        return None
    piece = ink.cut_out(net)
    corners = four_corners(piece)
    if corners is None or not _are_drawn(corners, piece):
        return None
    corners = corners + np.array([x, y], np.float32)
    off = np.abs(corners - straight_corners(corners)).max()
    return corners if off > _UNEVEN * max(wide, high) else None


def largest_net(ink: Pieces, covered: float) -> int | None:
    """Return the largest piece that is a net of rules, of a table or of squared paper, by number.

    None where none covers such a share of the page, or more.
    """
    stats = ink.stats.astype(np.int64)
    boxes = stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    is_net = (boxes > covered * ink.mask.size) & (stats[:, cv2.CC_STAT_AREA] < _SPARSE * boxes)
    is_net[0] = False
    return int(np.argmax(np.where(is_net, boxes, 0))) if is_net.any() else None


def straighten(
    gray: npt.NDArray[np.uint8], corners: Corners
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]] | None:
    """Return a page on which the four corners are those of a level rectangle.

    Returns
    -------
    straight : ndarray of uint8
        The whole page.
    back : ndarray of float64, shape (3, 3)
        The projective map from its points to those of `gray`. None instead of both if the page
        would become far larger.
    """
    height, width = gray.shape
    matrix = cv2.getPerspectiveTransform(corners, straight_corners(corners))
    edges = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) @ matrix.T
    if edges[:, 2].min() <= 0:  # beyond the horizon
        return None
    seen = edges[:, :2] / edges[:, 2:]
    low, high = np.floor(seen.min(axis=0)), np.ceil(seen.max(axis=0))
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    if size[0] > _LARGEST * width or size[1] > _LARGEST * height:
        return None
    matrix = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ matrix
    straight = cv2.warpPerspective(
        gray, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(straight, np.uint8), np.asarray(np.linalg.inv(matrix), np.float64)


def four_corners(
    piece: Mask, *, full: float = _FULL, opposite: float = _OPPOSITE
) -> Corners | None:
    """Return the corners of a piece that is a quadrilateral, or of a net whose outline is one.

    Parameters
    ----------
    piece : ndarray of uint8
        255 where it is.
    full : float in [0, 1], default=0.96
        Of its hull: so much the four corners enclose.
    opposite : float in [0, 1], default=0.6
        The shorter of two opposite sides is no shorter, in terms of the longer one.

    Returns
    -------
    ndarray of float32, shape (4, 2), or None
        Clockwise; the first side is the upper one, which leans by 45 degrees at the most.
    """
    outlines, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(np.concatenate(outlines))
    length = cv2.arcLength(hull, True)
    for tolerance in (0.01, 0.02, 0.03):
        found = cv2.approxPolyDP(hull, tolerance * length, True)[:, 0].astype(np.float32)
        if len(found) == 4:
            break
    else:
        return None
    if cv2.contourArea(found) < full * cv2.contourArea(hull):
        return None
    if cv2.contourArea(found, oriented=True) < 0:  # counterclockwise, as y grows downwards
        found = found[::-1]
    sides = np.roll(found, -1, axis=0) - found
    corners = np.roll(found, -int(np.argmax(sides[:, 0] / _sides(found))), axis=0)
    lengths = _sides(corners)
    pairs = np.array([lengths[[0, 2]], lengths[[1, 3]]])
    return corners if (pairs.min(axis=1) >= opposite * pairs.max(axis=1)).all() else None


def _are_drawn(corners: Corners, piece: Mask) -> bool:
    """Whether there is ink along all sides: a frame with a gap at a corner has another outline."""
    side = 2 * round(_OFF * max(piece.shape)) + 1
    near = cv2.dilate(piece, square(side))
    steps = np.linspace(0.0, 1.0, 100)[:, None]
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        x, y = (start + steps * (end - start)).round().astype(int).T
        inked = near[y.clip(0, near.shape[0] - 1), x.clip(0, near.shape[1] - 1)]
        if np.count_nonzero(inked) < _DRAWN * len(steps):
            return False
    return True


def _sides(corners: Corners) -> Corners:
    """Return how long the sides are: upper, right, lower, left."""
    return np.asarray(np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1), np.float32)


def straight_corners(corners: Corners) -> Corners:
    """Return the corners of the level rectangle of the same size and place."""
    sides = _sides(corners)
    wide, high = (sides[0] + sides[2]) / 4, (sides[1] + sides[3]) / 4
    x, y = corners.mean(axis=0)
    return np.array(
        [(x - wide, y - high), (x + wide, y - high), (x + wide, y + high), (x - wide, y + high)],
        np.float32,
    )


def angle_of(corners: Corners) -> float:
    """Return by how many degrees the upper and lower side fall to the right."""
    right = (corners[1] - corners[0]) + (corners[2] - corners[3])
    return float(np.degrees(np.arctan2(right[1], right[0])))
