"""Where a scan lies relative to the form: printed features found again, then followed exactly.

First a coarse match of local features, whatever the turn and the scale; then the printed corners
are followed from the reference to the straightened scan, to a fraction of a pixel.

References
----------
D. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 60, 2004.
B. Lucas and T. Kanade, "An iterative image registration technique", IJCAI 1981.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import FormError
from numerals.forms.bend import Bend, fit_bend
from numerals.ink.illumination import compute_darkness
from numerals.records import Box

Gray = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]
_Array = npt.NDArray[np.float64]

_SIDE = 1000  # pixels: the longer side at which features are sought
_MOST_FEATURES = 2500
_RATIO = 0.8  # Lowe's test: the second nearest must be so much further away
_ROUGH, _FINE, _EXACT = 0.012, 4.0, 2.0  # pixels, the first in sides: what still agrees
_LEAST_MATCHES = 12
_LEAST_AGREEMENT = 0.65
_LEAST_COVERAGE = 0.4
_MOST_CORNERS, _CORNER_DISTANCE = 600, 8
_MOST_STRAY = 20.0  # pixels: a corner further from its place was mistaken for another
_DEEP, _LEAST_DEEP, _PRINTED = 98.5, 16.0, 200.0  # per cent of pixels; darkness, before and after
_BORDER = 3  # pixels
_GRID = 4  # the form is divided into so many cells a side to see how much of it was found


@dataclass(frozen=True, eq=False)
class Registration:
    """Where the form lies in a scan.

    Attributes
    ----------
    matrix : ndarray of float64, shape (3, 3)
        The projection from pixels of the reference to pixels of the scan.
    n_inliers : int
        Printed features that were found again where the projection puts them.
    coverage : float in [0, 1]
        Share of the printed areas of the form that hold such features.
    agreement : float in [0, 1]
        Share of the printed features, of those within the scan, that are such.
    bend : Bend
        How the paper bends: where the straightened scan shows a point of the reference.
    """

    matrix: Matrix
    n_inliers: int
    coverage: float
    agreement: float
    bend: Bend

    def near(self, box: Box) -> Matrix:
        """Return the projection as it is at a box of the reference, bent paper considered."""
        x_min, y_min, x_max, y_max = box
        corners = np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]], float)
        moved = corners + self.bend.at(corners)
        change = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))
        return np.asarray(self.matrix @ change, np.float64)


class Reference:
    """What is known of the printed form; made once for many scans.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    written : sequence of Box
        Boxes of a filled form: what lies in them is no print, and is left out.

    Raises
    ------
    FormError
        If there is too little print to find the form by.
    """

    def __init__(self, gray: Gray, written: Sequence[Box] = ()) -> None:
        small, self._scale = _shrunk(gray)
        self._dark = _darkness(small)
        printed = _outside(small.shape, written, self._scale)
        self._points, self._features = _find_features(self._dark, printed)
        self._corners = _find_corners(self._dark, printed)
        if len(self._points) < 2 * _LEAST_MATCHES or len(self._corners) < 2 * _LEAST_MATCHES:
            raise FormError(
                f"the reference shows {len(self._points)} printed features outside the fields, "
                f"{2 * _LEAST_MATCHES} are needed; take a sharper or larger picture, and boxes "
                "that hold no print"
            )

    def register(self, gray: Gray) -> Registration:
        """Find the form in a scan.

        Parameters
        ----------
        gray : ndarray of uint8, shape (height, width)

        Raises
        ------
        FormError
            If the scan does not show the form, or too little of it.
        """
        small, scale = _shrunk(gray)
        coarse = self._match(_darkness(small))
        zoom = _zoom(coarse)
        if zoom < 1:  # the form is small in the picture: use what sharpness the picture has
            small, finer = _shrunk(gray, _SIDE / zoom)
            coarse, scale = np.diag([scale / finer, scale / finer, 1.0]) @ coarse, finer
        straight = _evened(self._straighten(compute_darkness(small), coarse))
        matrix, followed, strays = self._follow(straight, coarse)
        bend = fit_bend(followed, strays, float(max(self._dark.shape)))
        fits = np.linalg.norm(strays - bend.at(followed), axis=1) < _EXACT
        agreement = self._agreement(matrix, small.shape, int(fits.sum()))
        coverage = self._coverage(followed[fits])
        if agreement < _LEAST_AGREEMENT or coverage < _LEAST_COVERAGE:
            raise FormError(
                f"the scan does not show the form: {agreement:.0%} of its print is in its place "
                f"({_LEAST_AGREEMENT:.0%} are needed), in {coverage:.0%} of its printed areas "
                f"({_LEAST_COVERAGE:.0%} are needed); check that it is this form, all of it"
            )
        full = np.diag([scale, scale, 1.0]) @ matrix @ np.diag([1 / self._scale] * 2 + [1.0])
        return Registration(
            full / full[2, 2],
            int(fits.sum()),
            coverage,
            agreement,
            bend.scaled(self._scale),
        )

    def _match(self, dark: Gray) -> Matrix:
        """Return a first projection, from features that look alike."""
        source, target = self._alike(*_find_features(dark, None))
        found, n_agree = _fit(source, target)
        if found is None or not _is_sound(found, self._dark.shape):
            raise FormError(
                f"the scan does not show the form: {n_agree} printed features found again, at "
                f"least {_LEAST_MATCHES} are needed; check that it is this form, whole and sharp"
            )
        return found

    def _alike(self, points: Points, features: npt.NDArray[np.float32]) -> tuple[Points, Points]:
        """Pair the reference's features with those of a scan, where no other comes close."""
        if len(points) < 2:
            return points[:0], points[:0]
        pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(self._features, features, k=2)
        clear = [a for a, b in pairs if a.distance < _RATIO * b.distance]
        source = np.array([match.queryIdx for match in clear], np.int64)
        target = np.array([match.trainIdx for match in clear], np.int64)
        return self._points[source], points[target]

    def _straighten(self, dark: Gray, matrix: Matrix) -> Gray:
        height, width = self._dark.shape
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpPerspective(dark, matrix, (width, height), flags=flags), np.uint8)

    def _follow(self, straight: Gray, coarse: Matrix) -> tuple[Matrix, _Array, _Array]:
        """Follow corners from the reference to the straightened scan.

        Returns
        -------
        matrix : ndarray
            The projection made exact.
        points, strays : ndarray, shape (n_followed, 2)
            The corners, and where they are seen relative to where the projection puts them.
        """
        moved, status, _ = cv2.calcOpticalFlowPyrLK(
            self._dark, straight, self._corners, self._corners.copy(), winSize=(17, 17), maxLevel=2
        )
        source, target = (points[status[:, 0] > 0, 0] for points in (self._corners, moved))
        fine = None
        if len(source) >= _LEAST_MATCHES:
            fine, _ = cv2.findHomography(source, target, cv2.RANSAC, _EXACT)
        if fine is None or not _is_sound(fine, self._dark.shape):
            fine = np.eye(3)
        back = cv2.perspectiveTransform(target[None].astype(np.float64), np.linalg.inv(fine))[0]
        strays = back - source
        kept = np.linalg.norm(strays, axis=1) < _MOST_STRAY
        return coarse @ fine, source[kept].astype(np.float64), strays[kept]

    def _agreement(self, matrix: Matrix, shape: tuple[int, ...], n_inliers: int) -> float:
        x, y = cv2.perspectiveTransform(self._corners, matrix)[:, 0].T
        within = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
        return n_inliers / max(int(within.sum()), n_inliers, 1)

    def _coverage(self, followed: _Array) -> float:
        cells = _cells(self._corners[:, 0], self._dark.shape)
        found = _cells(followed, self._dark.shape)
        printed, counts = np.unique(cells, return_counts=True)
        printed = printed[counts >= 3]
        return float(np.isin(printed, found).mean()) if printed.size else 0.0


def _shrunk(gray: Gray, side: float = _SIDE) -> tuple[Gray, float]:
    """Return a copy at working size, and the pixels of `gray` per pixel of it."""
    scale = max(gray.shape) / side
    if scale <= 1:
        return gray, 1.0
    size = (max(1, round(gray.shape[1] / scale)), max(1, round(gray.shape[0] / scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _darkness(gray: Gray) -> Gray:
    """Return how dark each pixel is on its paper; print of any shade becomes about as dark."""
    return _evened(compute_darkness(gray))


def _evened(dark: Gray) -> Gray:
    deep = max(float(np.percentile(dark, _DEEP)), _LEAST_DEEP)
    return np.asarray(cv2.convertScaleAbs(dark, alpha=_PRINTED / deep), np.uint8)


def _outside(shape: tuple[int, ...], boxes: Sequence[Box], scale: float) -> Gray:
    """Return 255 where there is print, 0 where somebody writes."""
    mask = np.full(shape, 255, np.uint8)
    for box in boxes:
        x_min, y_min, x_max, y_max = (round(v / scale) for v in box)
        # The box's own border is print.
        mask[y_min + _BORDER : y_max - _BORDER, x_min + _BORDER : x_max - _BORDER] = 0
    return mask


def _find_features(dark: Gray, mask: Gray | None) -> tuple[Points, npt.NDArray[np.float32]]:
    found, features = cv2.SIFT.create(_MOST_FEATURES).detectAndCompute(dark, mask)
    if not found:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    return np.array([point.pt for point in found], np.float32), np.asarray(features, np.float32)


def _find_corners(dark: Gray, mask: Gray) -> Points:
    """Return corners, shape (n_corners, 1, 2), no two close together."""
    found = cv2.goodFeaturesToTrack(dark, _MOST_CORNERS, 0.05, _CORNER_DISTANCE, mask=mask)
    return np.zeros((0, 1, 2), np.float32) if found is None else np.asarray(found, np.float32)


def _fit(source: Points, target: Points) -> tuple[Matrix | None, int]:
    """Fit an affine map, which few matches determine, then a projection to what agrees with it."""
    if len(source) < _LEAST_MATCHES:
        return None, len(source)
    rough = _ROUGH * _SIDE
    affine, mask = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=rough, maxIters=5000
    )
    if affine is None:
        return None, 0
    agree = mask[:, 0] > 0
    n_inliers = int(agree.sum())
    if n_inliers < _LEAST_MATCHES:
        return None, n_inliers
    found, mask = cv2.findHomography(source[agree], target[agree], cv2.RANSAC, _FINE)
    if found is None or mask.sum() < _LEAST_MATCHES:
        return None, n_inliers
    return np.asarray(found, np.float64), int(mask.sum())


def _is_sound(matrix: Matrix, shape: tuple[int, ...]) -> bool:
    """Whether a projection shows the form's face, neither tiny nor seen from its edge."""
    height, width = shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    sides = np.roll(moved, -1, axis=0) - moved
    following = np.roll(sides, -1, axis=0)
    turns: npt.NDArray[Any] = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    lengths = np.linalg.norm(sides, axis=1) / [width, height, width, height]
    return bool((turns > 0).all() and 0.1 < lengths.min() and lengths.max() < 3 * lengths.min())


def _zoom(matrix: Matrix) -> float:
    """Return how many times as large a projection shows things, on the whole."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))


def _cells(points: Points | _Array, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    height, width = shape
    column, row = (np.clip(points / [width, height], 0, 0.999) * _GRID).astype(np.int64).T
    return np.asarray(row * _GRID + column, np.int64)
