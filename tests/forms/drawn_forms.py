"""Drawn and distorted forms, with the true position of each point."""

from dataclasses import dataclass

import cv2
import numpy as np

from numerals.synthesis.paper_sheet import apply_ink, cast_shadow, photograph_sheet

WIDTH, HEIGHT = 1000, 1400
LABELS = (
    "Membership number",
    "Phone",
    "Adults",
    "Children",
    "Seniors",
    "Total",
    "From year",
    "To year",
)
NAMES = ("member", "phone", "adults", "children", "seniors", "total", "from", "to")
CELLS = 8  # in the first box
ROWS = (230, 340, 520, 620, 720, 860, 1010, 1120)
BOXES = tuple((430, y, 930, y + 70) for y in ROWS)


def blank_form(title: str = "Summer camp 26", labels: tuple[str, ...] = LABELS) -> np.ndarray:
    """Return a form, uint8 (HEIGHT, WIDTH): logo, headings, labelled boxes, small print."""
    form = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.circle(form, (110, 110), 60, 0, 6, cv2.LINE_AA)
    cv2.fillPoly(form, [np.array([[80, 140], [110, 60], [140, 140]])], 60, cv2.LINE_AA)
    cv2.putText(form, title, (220, 120), cv2.FONT_HERSHEY_DUPLEX, 1.8, 0, 3, cv2.LINE_AA)
    cv2.line(form, (60, 190), (940, 190), 0, 3)
    for label, box in zip(labels, BOXES, strict=True):
        place = (70, box[1] + 45)
        cv2.putText(form, label, place, cv2.FONT_HERSHEY_SIMPLEX, 0.95, 0, 2, cv2.LINE_AA)
        cv2.rectangle(form, box[:2], (box[2] - 1, box[3] - 1), 0, 2)
    for x in np.linspace(430, 930, CELLS + 1).astype(int)[1:-1]:
        cv2.line(form, (x, ROWS[0]), (x, ROWS[0] + 69), 60, 2)
    for i, text in enumerate(("Write clearly, one figure a box.", "Form 2210-B / 04.26 printed")):
        place = (70, 1270 + 50 * i)
        cv2.putText(form, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 40, 1, cv2.LINE_AA)
    return form


@dataclass(frozen=True)
class Camera:
    """Geometry and illumination of a scan."""

    turn: float = 0.0  # degrees
    scale: float = 1.0
    tilt: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    shadow: bool = False
    size: tuple[int, int] = (1200, 1600)  # width, height of the scan

    def matrix(self) -> np.ndarray:
        """Return the homography from the form to the scan."""
        corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
        moved = (corners - [WIDTH / 2, HEIGHT / 2]) * self.scale
        angle = np.radians(self.turn)
        moved = moved @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        moved[:, 0] *= 1 + self.tilt * moved[:, 1] / (HEIGHT * self.scale)
        moved += np.array(self.size) / 2 + self.shift
        return cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))


def take_scan(form: np.ndarray, camera: Camera, random_state: int = 0) -> np.ndarray:
    """Return the form as a camera sees it on a table, uint8 grey."""
    rng = np.random.default_rng(random_state)
    width, height = camera.size
    # Blur before downscaling, as a lens does.
    soft = cv2.GaussianBlur(form, (0, 0), 0.5 / camera.scale) if camera.scale < 0.9 else form
    table = cv2.warpPerspective(
        soft, camera.matrix(), (width, height), flags=cv2.INTER_AREA, borderValue=150
    )
    sheet = np.repeat(table[..., None].astype(np.float32) / 255, 3, axis=2) * 0.95
    if camera.shadow:
        sheet = cast_shadow(sheet, rng)
    return cv2.cvtColor(photograph_sheet(sheet, np.eye(3), rng), cv2.COLOR_RGB2GRAY)


def bend_paper(form: np.ndarray, amplitude: float) -> np.ndarray:
    """Return the form on bent paper, displaced by up to `amplitude` pixels."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    return cv2.remap(form, x - _bend(y, amplitude), y, cv2.INTER_LINEAR, borderValue=255)


def bent_points(points: np.ndarray, amplitude: float) -> np.ndarray:
    """Return the positions of points after `bend_paper`, shape (n_points, 2)."""
    return points + np.c_[_bend(points[:, 1], amplitude), np.zeros(len(points))]


def _bend(y: np.ndarray, amplitude: float) -> np.ndarray:
    return (amplitude * np.sin(4 * y / HEIGHT)).astype(np.float32)


def corners(box: tuple[int, int, int, int]) -> np.ndarray:
    """Return a box's corners, shape (4, 2), clockwise from the top left."""
    x_min, y_min, x_max, y_max = box
    return np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]], np.float64)


def write(form: np.ndarray, box: tuple[int, int, int, int], drawn: np.ndarray, share=0.7):
    """Return the form with a drawn number, dark on bright, written into a box."""
    ink = (245 - drawn.astype(np.float32)).clip(0, None) / 245
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height = round(share * (box[3] - box[1]))
    ink = cv2.resize(
        ink, (round(ink.shape[1] * height / ink.shape[0]), height), interpolation=cv2.INTER_AREA
    )
    top = (box[1] + box[3] - height) // 2
    left = box[0] + max(0, min(20, (box[2] - box[0] - ink.shape[1]) // 2))
    written = form.copy()
    window = written[top : top + height, left : left + ink.shape[1]]
    sheet = np.repeat(window[..., None].astype(np.float32) / 255, 3, axis=2)
    pen = apply_ink(sheet, ink[:, : window.shape[1]], (40, 50, 110), np.random.default_rng(0))
    window[:] = cv2.cvtColor((255 * pen).astype(np.uint8), cv2.COLOR_RGB2GRAY)
    return written


def write_cells(form: np.ndarray, text: str, draw) -> np.ndarray:
    """Return the form with digits in the cells of its first box; a space leaves a cell empty."""
    x_min, y_min, x_max, y_max = BOXES[0]
    edges = np.linspace(x_min, x_max, CELLS + 1).astype(int)
    for digit, left, right in zip(text, edges[:-1], edges[1:], strict=False):
        if digit != " ":
            form = write(form, (left, y_min, right, y_max), draw(digit))
    return form


def distance(matrix: np.ndarray, points: np.ndarray, true: np.ndarray) -> float:
    """Return the maximum distance between points projected by a matrix and their true positions."""
    moved = cv2.perspectiveTransform(points[None], matrix)[0]
    return float(np.linalg.norm(moved - true, axis=1).max())
