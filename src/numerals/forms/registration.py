"""Registration of a scan to the reference image of its form.

Features are matched first, which works for any rotation and scale. Then printed corners are tracked
from the reference to the rectified scan with sub-pixel accuracy.

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
from numerals.forms.displacement import DisplacementField, fit_displacement
from numerals.ink.illumination import compute_darkness
from numerals.records import Box

Gray = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]
_Array = npt.NDArray[np.float64]

_REGISTRATION_SIDE = 1000  # longer side of the images in which features are detected, pixels
_MAX_FEATURES = 2500
_LOWE_RATIO = 0.8  # maximum ratio of the distances to the nearest and second nearest descriptor
_AFFINE_TOLERANCE = 0.012  # maximum reprojection error of the affine map, share of the side
_HOMOGRAPHY_TOLERANCE = 4.0  # maximum reprojection error of matched features, pixels
_CORNER_TOLERANCE = 2.0  # maximum reprojection error of tracked corners, pixels
_MIN_MATCHES = 12  # feature matches, or tracked corners, that determine a homography
_MIN_AGREEMENT = 0.65  # minimum `Registration.agreement`
_MIN_COVERAGE = 0.4  # minimum `Registration.coverage`
_MAX_CORNERS = 600
_MIN_CORNER_DISTANCE = 8  # pixels
_MIN_CORNER_QUALITY = 0.05  # relative to the quality of the best corner
_MAX_DISPLACEMENT = 20.0  # pixels; a corner tracked farther away is another corner
_PRINT_PERCENTILE = 98.5  # darkness of the print among the pixels of an image
_MIN_PRINT_DARKNESS = 16.0  # minimum assumed darkness of the print, 0 to 255
_EQUALIZED_DARKNESS = 200.0  # darkness of the print after equalization, 0 to 255
_BORDER_WIDTH = 3  # width of a field's printed border, pixels
_GRID = 4  # cells per side of the grid in which coverage is measured
_MIN_CORNERS_PER_CELL = 3  # of a cell that counts as printed


@dataclass(frozen=True, eq=False)
class Registration:
    """Position of the form in a scan.

    Attributes
    ----------
    matrix : ndarray of float64, shape (3, 3)
        The homography from pixels of the reference to pixels of the scan.
    n_inliers : int
        Number of printed corners found where the registration predicts them.
    coverage : float in [0, 1]
        Share of the printed areas of the form with such corners.
    agreement : float in [0, 1]
        Share of the printed corners inside the scan that are inliers.
    displacement : DisplacementField
        Displacements that bent paper adds to the homography, in pixels of the reference.
    """

    matrix: Matrix
    n_inliers: int
    coverage: float
    agreement: float
    displacement: DisplacementField

    def near(self, box: Box) -> Matrix:
        """Return the homography at a box of the reference, with the displacement of its corners."""
        x_min, y_min, x_max, y_max = box
        corners = np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]], float)
        moved = corners + self.displacement.at(corners)
        change = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))
        return np.asarray(self.matrix @ change, np.float64)


class Reference:
    """Features of the printed form, computed once for all scans.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    written : sequence of Box
        Boxes with handwriting, for a reference that is filled in; their insides are ignored.

    Raises
    ------
    FormError
        If there are too few printed features.
    """

    def __init__(self, gray: Gray, written: Sequence[Box] = ()) -> None:
        small, self._scale = _downscale(gray)
        self._dark = _print_darkness(small)
        mask = _print_mask(small.shape, written, self._scale)
        self._points, self._descriptors = _detect_features(self._dark, mask)
        self._corners = _detect_corners(self._dark, mask)
        if len(self._points) < 2 * _MIN_MATCHES or len(self._corners) < 2 * _MIN_MATCHES:
            raise FormError(
                "the reference has too little print outside the fields, by which the form could "
                "be recognized in a scan; use a sharper or larger image of the blank form, and "
                "fields without print inside"
            )

    def register(self, gray: Gray) -> Registration:
        """Find the form in a scan.

        Parameters
        ----------
        gray : ndarray of uint8, shape (height, width)

        Returns
        -------
        Registration

        Raises
        ------
        FormError
            If the scan shows too little of the form, or not at all.
        """
        small, scale = _downscale(gray)
        coarse = self._match_features(_print_darkness(small))
        zoom = _zoom(coarse)
        if zoom < 1:  # the form fills only a part of the scan, so use more of its resolution
            small, larger_scale = _downscale(gray, _REGISTRATION_SIDE / zoom)
            ratio = scale / larger_scale
            coarse, scale = np.diag([ratio, ratio, 1.0]) @ coarse, larger_scale
        rectified = _equalize_darkness(self._rectify(compute_darkness(small), coarse))
        matrix, points, displacements = self._track_corners(rectified, coarse)
        field = fit_displacement(points, displacements, float(max(self._dark.shape)))
        residuals = np.linalg.norm(displacements - field.at(points), axis=1)
        is_inlier = residuals < _CORNER_TOLERANCE
        n_inliers = int(is_inlier.sum())
        agreement = self._agreement(matrix, small.shape, n_inliers)
        coverage = self._coverage(points[is_inlier])
        if agreement < _MIN_AGREEMENT or coverage < _MIN_COVERAGE:
            raise FormError(
                f"the scan does not show the form: only {agreement:.0%} of the form's print is "
                f"where it should be, in {coverage:.0%} of its printed areas; check that it is "
                "this form, and complete"
            )
        full = np.diag([scale, scale, 1.0]) @ matrix @ np.diag([1 / self._scale] * 2 + [1.0])
        return Registration(
            full / full[2, 2], n_inliers, coverage, agreement, field.scaled(self._scale)
        )

    def _match_features(self, dark: Gray) -> Matrix:
        """Return a coarse homography from matched features."""
        source, target = self._match_descriptors(*_detect_features(dark, None))
        matrix, _ = _fit_homography(source, target)
        if matrix is None or not _is_plausible(matrix, self._dark.shape):
            raise FormError(
                "the scan does not show the form: nearly none of the form's print was found in "
                "it; check that it is this form, complete and sharp"
            )
        return matrix

    def _match_descriptors(
        self, points: Points, descriptors: npt.NDArray[np.float32]
    ) -> tuple[Points, Points]:
        """Return pairs of reference and scan points whose descriptors match unambiguously."""
        if len(points) < 2:
            return points[:0], points[:0]
        pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(self._descriptors, descriptors, k=2)
        matches = [a for a, b in pairs if a.distance < _LOWE_RATIO * b.distance]
        source = np.array([match.queryIdx for match in matches], np.int64)
        target = np.array([match.trainIdx for match in matches], np.int64)
        return self._points[source], points[target]

    def _rectify(self, dark: Gray, matrix: Matrix) -> Gray:
        """Return the scan warped to the geometry of the reference."""
        height, width = self._dark.shape
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpPerspective(dark, matrix, (width, height), flags=flags), np.uint8)

    def _track_corners(self, rectified: Gray, coarse: Matrix) -> tuple[Matrix, _Array, _Array]:
        """Track corners from the reference to the rectified scan.

        Returns
        -------
        matrix : ndarray of float64, shape (3, 3)
            The refined homography.
        points : ndarray of float64, shape (n_tracked, 2)
            Corners of the reference.
        displacements : ndarray of float64, shape (n_tracked, 2)
            Tracked positions relative to where the homography predicts them, pixels.
        """
        moved, status, _ = cv2.calcOpticalFlowPyrLK(
            self._dark, rectified, self._corners, self._corners.copy(), winSize=(17, 17), maxLevel=2
        )
        source, target = (points[status[:, 0] > 0, 0] for points in (self._corners, moved))
        fine = None
        if len(source) >= _MIN_MATCHES:
            fine, _ = cv2.findHomography(source, target, cv2.RANSAC, _CORNER_TOLERANCE)
        if fine is None or not _is_plausible(fine, self._dark.shape):
            fine = np.eye(3)
        back = cv2.perspectiveTransform(target[None].astype(np.float64), np.linalg.inv(fine))[0]
        displacements = back - source
        is_tracked = np.linalg.norm(displacements, axis=1) < _MAX_DISPLACEMENT
        return coarse @ fine, source[is_tracked].astype(np.float64), displacements[is_tracked]

    def _agreement(self, matrix: Matrix, shape: tuple[int, ...], n_inliers: int) -> float:
        x, y = cv2.perspectiveTransform(self._corners, matrix)[:, 0].T
        is_inside = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
        return n_inliers / max(int(is_inside.sum()), n_inliers, 1)

    def _coverage(self, inliers: _Array) -> float:
        cells, counts = np.unique(
            _grid_cells(self._corners[:, 0], self._dark.shape), return_counts=True
        )
        printed = cells[counts >= _MIN_CORNERS_PER_CELL]
        covered = _grid_cells(inliers, self._dark.shape)
        return float(np.isin(printed, covered).mean()) if printed.size else 0.0


def _downscale(gray: Gray, side: float = _REGISTRATION_SIDE) -> tuple[Gray, float]:
    """Return an image whose longer side is at most `side`, and the factor of the reduction."""
    scale = max(gray.shape) / side
    if scale <= 1:
        return gray, 1.0
    size = (max(1, round(gray.shape[1] / scale)), max(1, round(gray.shape[0] / scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _print_darkness(gray: Gray) -> Gray:
    """Return the darkness of each pixel relative to its paper, equalized for faint print."""
    return _equalize_darkness(compute_darkness(gray))


def _equalize_darkness(dark: Gray) -> Gray:
    darkness = max(float(np.percentile(dark, _PRINT_PERCENTILE)), _MIN_PRINT_DARKNESS)
    return np.asarray(cv2.convertScaleAbs(dark, alpha=_EQUALIZED_DARKNESS / darkness), np.uint8)


def _print_mask(shape: tuple[int, ...], written: Sequence[Box], scale: float) -> Gray:
    """Return a mask: 0 inside the written boxes, 255 elsewhere, also on their printed borders."""
    mask = np.full(shape, 255, np.uint8)
    for box in written:
        x_min, y_min, x_max, y_max = (round(v / scale) for v in box)
        rows = slice(y_min + _BORDER_WIDTH, y_max - _BORDER_WIDTH)
        mask[rows, x_min + _BORDER_WIDTH : x_max - _BORDER_WIDTH] = 0
    return mask


def _detect_features(dark: Gray, mask: Gray | None) -> tuple[Points, npt.NDArray[np.float32]]:
    """Return SIFT keypoints, shape (n, 2), and descriptors, shape (n, 128)."""
    keypoints, descriptors = cv2.SIFT.create(_MAX_FEATURES).detectAndCompute(dark, mask)
    if not keypoints:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    points = np.array([keypoint.pt for keypoint in keypoints], np.float32)
    return points, np.asarray(descriptors, np.float32)


def _detect_corners(dark: Gray, mask: Gray) -> Points:
    """Return corners, shape (n_corners, 1, 2), at a minimum distance from each other."""
    corners = cv2.goodFeaturesToTrack(
        dark, _MAX_CORNERS, _MIN_CORNER_QUALITY, _MIN_CORNER_DISTANCE, mask=mask
    )
    return np.zeros((0, 1, 2), np.float32) if corners is None else np.asarray(corners, np.float32)


def _fit_homography(source: Points, target: Points) -> tuple[Matrix | None, int]:
    """Fit an affine map, which few matches determine, and a homography to its inliers.

    Returns
    -------
    matrix : ndarray of float64, shape (3, 3), or None
        None if there are too few matches or inliers.
    n_inliers : int
    """
    if len(source) < _MIN_MATCHES:
        return None, len(source)
    affine, mask = cv2.estimateAffine2D(
        source,
        target,
        method=cv2.RANSAC,
        ransacReprojThreshold=_AFFINE_TOLERANCE * _REGISTRATION_SIDE,
        maxIters=5000,
    )
    if affine is None:
        return None, 0
    is_inlier = mask[:, 0] > 0
    n_inliers = int(is_inlier.sum())
    if n_inliers < _MIN_MATCHES:
        return None, n_inliers
    matrix, mask = cv2.findHomography(
        source[is_inlier], target[is_inlier], cv2.RANSAC, _HOMOGRAPHY_TOLERANCE
    )
    if matrix is None or mask.sum() < _MIN_MATCHES:
        return None, n_inliers
    return np.asarray(matrix, np.float64), int(mask.sum())


def _is_plausible(matrix: Matrix, shape: tuple[int, ...]) -> bool:
    """Return whether a homography neither mirrors the form nor shrinks or skews it extremely."""
    height, width = shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    sides = np.roll(moved, -1, axis=0) - moved
    following = np.roll(sides, -1, axis=0)
    turns: npt.NDArray[Any] = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    lengths = np.linalg.norm(sides, axis=1) / [width, height, width, height]
    return bool((turns > 0).all() and 0.1 < lengths.min() and lengths.max() < 3 * lengths.min())


def _zoom(matrix: Matrix) -> float:
    """Return the mean scale factor of a homography near the origin."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))


def _grid_cells(points: Points | _Array, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Return the index of the grid cell that each point lies in."""
    height, width = shape
    column, row = (np.clip(points / [width, height], 0, 0.999) * _GRID).astype(np.int64).T
    return np.asarray(row * _GRID + column, np.int64)
