"""Straighten the picture of a form: turn it upright, and undo skew and perspective by its rules.

References
----------
R. Hartley and A. Zisserman, "Multiple View Geometry in Computer Vision", 2004, section 2.7: a
projective map that sends the vanishing points of two directions to infinity makes them parallel.
"""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.skew import undo_quarter_turns
from numerals.models.page_model import load_page_model
from numerals.page.grayscale import to_rgb

Gray = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float64]

# Tuned on the whole forms among the development pages.
SEGMENT_SIDE = 1500
"""Longer side of the picture in which segments are searched, pixels."""
MIN_SEGMENT_LENGTH = 0.05
"""Minimum length of a segment, as a share of the longer side; strokes of letters are shorter."""
MAX_ANGLE = 15.0
"""Maximum angle between a rule and the axis that it follows, degrees."""
MAX_SEGMENT_SPREAD = 2.5
"""Maximum deviation from the median angle of a direction, degrees."""
MIN_SEGMENTS = 4
"""Minimum number of segments that determine a direction."""
N_ITERATIONS = 6
"""Number of reweighted fits."""
ANGLE_TOLERANCE = 0.2
"""Angle at which the weight of a segment is halved, degrees."""
MIN_CORRECTION = 0.004
"""Minimum displacement of a corner that is corrected, as a share of the longer side."""
TURN_AREA = 0.8e6
"""Area of the picture in which the network sees the rotation, pixels."""
MIN_TURN_SHARE = 0.6
"""Minimum share of the writing that must be rotated alike for a form to be turned."""


def straighten(gray: Gray, turn: int | None = None) -> Gray:
    """Return the picture of a form upright, level and without perspective.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    turn : {0, 90, 180, 270}, optional
        Clockwise rotation of the form, degrees; by default it is estimated from the writing.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        The same object if nothing had to be changed.
    """
    quarters = _quarter_turns(gray) if turn is None else turn // 90
    upright = np.asarray(undo_quarter_turns(gray, quarters)[0], np.uint8) if quarters else gray
    matrix = _rectification(upright)
    if matrix is None:
        return upright
    height, width = upright.shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    low, high = moved.min(axis=0), moved.max(axis=0)
    size = (round(high[0] - low[0]), round(high[1] - low[1]))
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    warped = cv2.warpPerspective(
        upright, shift @ matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)


def _quarter_turns(gray: Gray) -> int:
    """Return the number of clockwise quarter turns of the writing; 0 if it is not clear."""
    factor = min(1.0, float(np.sqrt(TURN_AREA / gray.size)))
    maps = load_page_model().predict_maps(to_rgb(gray), factor)
    is_writing = maps.number_ink + maps.other_ink + maps.print_ink > 0.5
    if not is_writing.any():
        return 0
    shares = maps.turns[:, is_writing].mean(axis=1)
    best = int(np.argmax(shares))
    return best if shares[best] > MIN_TURN_SHARE else 0


def _rectification(gray: Gray) -> Array | None:
    """Return the projective map that makes rules level and upright; None if they are already."""
    side = max(gray.shape)
    segments = _find_segments(gray) / side  # a unit square keeps the equations well conditioned
    across, down = (_along_axis(segments, axis) for axis in (0, 1))
    if len(across) < MIN_SEGMENTS:
        return None
    level = _vanishing_point(across, np.array([1.0, 0, 0]))
    upright = (
        _vanishing_point(down, np.array([0, 1.0, 0]))
        if len(down) >= MIN_SEGMENTS
        else np.array([-level[1], level[0], 0])
    )
    horizon = np.cross(level, upright)
    if abs(horizon[2]) < 1e-6:
        return None
    projective = np.array([[1, 0, 0], [0, 1, 0], horizon / horizon[2]])
    directions = np.stack([(projective @ point)[:2] for point in (level, upright)], axis=1)
    directions /= np.linalg.norm(directions, axis=0)
    directions *= np.sign(np.diag(directions))
    affine = np.eye(3)
    affine[:2, :2] = np.linalg.inv(directions)
    matrix = np.diag([side, side, 1.0]) @ affine @ projective @ np.diag([1 / side, 1 / side, 1.0])
    return matrix if _is_useful(matrix, gray.shape) else None


def _is_useful(matrix: Array, shape: tuple[int, ...]) -> bool:
    """Return whether a map moves the corners of a picture noticeably, but not absurdly."""
    height, width = shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    moved += (corners[0] - moved).mean(axis=0)
    distances = np.linalg.norm(moved - corners[0], axis=1) / max(shape)
    return bool(np.isfinite(moved).all() and MIN_CORRECTION < distances.max() < 0.35)


def _find_segments(gray: Gray) -> Array:
    """Return the long straight segments of a picture, shape (n_segments, 4): x, y, x, y."""
    factor = min(1.0, SEGMENT_SIDE / max(gray.shape))
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(small)[0]
    if found is None:
        return np.zeros((0, 4))
    segments = np.asarray(found, np.float64).reshape(-1, 4)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return np.asarray(segments[lengths >= MIN_SEGMENT_LENGTH * max(size)] / factor, np.float64)


def _along_axis(segments: Array, axis: int) -> Array:
    """Return the segments whose direction is near an axis, and near each other's."""
    steps = segments[:, 2:] - segments[:, :2]
    along, across = steps[:, axis], steps[:, 1 - axis]
    angles = np.degrees(np.arctan2(across * np.sign(along), np.abs(along)))
    is_near = np.abs(angles) <= MAX_ANGLE
    if not is_near.any():
        return segments[:0]
    lengths = np.linalg.norm(steps, axis=1)
    order = np.argsort(angles[is_near])
    share = np.cumsum(lengths[is_near][order])
    median = angles[is_near][order][np.searchsorted(share, share[-1] / 2)]
    return np.asarray(segments[is_near & (np.abs(angles - median) <= MAX_SEGMENT_SPREAD)])


def _vanishing_point(segments: Array, axis: Array) -> Array:
    """Return the point where segments meet, homogeneous; `axis` if they are parallel to it."""
    ends = np.ones((2, len(segments), 3))
    ends[0, :, :2], ends[1, :, :2] = segments[:, :2], segments[:, 2:]
    lines = np.cross(ends[0], ends[1])
    lines /= np.linalg.norm(lines[:, :2], axis=1, keepdims=True)
    lengths = np.linalg.norm(segments[:, 2:] - segments[:, :2], axis=1)
    middles = (segments[:, :2] + segments[:, 2:]) / 2
    weights = lengths.copy()
    point = axis
    for _ in range(N_ITERATIONS):
        point = np.linalg.svd(lines * weights[:, None], full_matrices=False)[2][-1]
        toward = point[:2] - middles * point[2]
        toward /= np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1e-12)
        # The sine of the angle between each segment and the direction to the point.
        sine = np.abs((lines[:, :2] * toward).sum(axis=1))
        weights = lengths / (1 + (np.degrees(sine) / ANGLE_TOLERANCE) ** 2)
    return np.asarray(point * np.sign(point @ axis or 1.0), np.float64)
