"""Where strips are cut from: the working copy, or the original where that shows digits better."""

import logging

import numpy as np
import numpy.typing as npt

from numerals.errors import ImageError
from numerals.images import Picture
from numerals.ink import PageInk
from numerals.ink.line_frame import HEIGHT, LineFrame
from numerals.ink.line_image import to_line_image
from numerals.ink.skew import compose_maps
from numerals.reading.frame_voting import cut_strip

_ENLARGED = 1.15  # times that a strip enlarges the working copy: with less, it shows all there is
_MIN_SCALE = 1.15  # pixels of the original per pixel of the copy: with fewer, there is no more
_MAX_PIXELS = 24e6  # of the original, in grey; a larger one is reduced to so many
_AROUND = 3.0  # pixels of a strip around it that are cut out with it

_Gray = npt.NDArray[np.uint8]
_Matrix = npt.NDArray[np.floating]
_LOG = logging.getLogger(__name__)


class StripSource:
    """Cuts strips out of one page.

    The original is decoded when the first strip needs it: where digits are lower in the working
    copy than in a strip. What was painted over in the copy, or taken from another direction of
    colour, is cut from the copy.

    Parameters
    ----------
    ink : PageInk
    picture : Picture
        What the ink was found in.
    """

    def __init__(self, ink: PageInk, picture: Picture) -> None:
        self._ink, self._picture = ink, picture
        is_affine = np.array_equal(ink.unturn_matrix[2], [0, 0, 1])
        self._may_gain = picture.reload is not None and picture.scale >= _MIN_SCALE and is_affine

    def cut(self, frame: LineFrame) -> _Gray:
        """Return the strip of a frame, which is in pixels of the working copy."""
        if self._may_gain and frame.scale > _ENLARGED and self._is_untouched(frame):
            original = self._load()
            if original is not None:
                return self._cut_original(original, frame)
        return cut_strip(self._ink.gray, frame)

    def _is_untouched(self, frame: LineFrame) -> bool:
        """Return whether the copy shows a frame as the picture does."""
        gray, luminance = self._ink.gray, self._ink.luminance
        if luminance is None or gray is luminance:
            return True
        low, high = _bounds(np.linalg.inv(compose_maps(frame.to_line(), np.eye(3))), frame, 0.0)
        window = _window(low, high, gray.shape)
        return np.array_equal(gray[window], luminance[window])

    def _load(self) -> _Gray | None:
        """Return the original in grey; None where it cannot be decoded again."""
        picture = self._picture
        assert picture.reload is not None
        reduced = min(1.0, (_MAX_PIXELS / (picture.width * picture.height)) ** 0.5)
        try:
            return picture.reload(max(1, int(reduced * max(picture.width, picture.height))))
        except ImageError as error:  # the copy was decoded, so the page can be read from it
            _LOG.warning("strips are cut from the reduced picture: %s", error)
            self._may_gain = False
            return None

    def _cut_original(self, original: _Gray, frame: LineFrame) -> _Gray:
        to_line = self._to_line(original, frame)
        low, high = _bounds(np.linalg.inv(to_line), frame, _AROUND)
        rows, columns = _window(low, high, original.shape)
        window, moved = original[rows, columns], to_line @ _shift(columns.start, rows.start)
        if self._ink.is_inverted:
            window = np.asarray(255 - window, np.uint8)
        return to_line_image(window, frame, extend_edges=True, to_line=moved[:2])

    def _to_line(self, original: _Gray, frame: LineFrame) -> _Matrix:
        """Return the map, shape (3, 3), from centers of the original's pixels to the strip's."""
        height, width = self._picture.pixels.shape[:2]
        reduced = np.diag([width / original.shape[1], height / original.shape[0], 1.0])
        to_copy = np.linalg.inv(self._ink.unturn_matrix) @ reduced  # between corners of pixels
        return compose_maps(_shift(-0.5, -0.5) @ to_copy @ _shift(0.5, 0.5), frame.to_line())


def _shift(x: float, y: float) -> _Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def _bounds(
    from_line: _Matrix, frame: LineFrame, around: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the box, in the pixels that a strip is cut from, of the strip and some around it."""
    x, y = (-around, frame.strip_width + around), (-around, HEIGHT + around)
    corners = np.array([[a, b, 1.0] for a in x for b in y])
    points = corners @ from_line[:2].T
    return points.min(axis=0), points.max(axis=0)


def _window(
    low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[slice, slice]:
    """Return rows and columns within bounds, at least one of each that the picture has."""
    (x_max, y_max) = (shape[1] - 1, shape[0] - 1)
    left, top = int(np.clip(low[0], 0, x_max)), int(np.clip(low[1], 0, y_max))
    right, bottom = int(np.clip(high[0], left, x_max)), int(np.clip(high[1], top, y_max))
    return slice(top, bottom + 1), slice(left, right + 1)
