"""Cut strips from the working copy, or from the original picture where it has more detail."""

import logging
from functools import cached_property

import numpy as np
import numpy.typing as npt

from numerals.errors import ImageError
from numerals.images import Picture
from numerals.ink import PageInk
from numerals.ink.line_frame import LineFrame
from numerals.ink.line_image import to_line_image
from numerals.ink.skew import compose_maps
from numerals.models.line_model import STRIP_HEIGHT
from numerals.page.grayscale import to_grayscale
from numerals.reading.frame_voting import cut_strip

MIN_STRIP_ENLARGEMENT = 1.15
"""Minimum enlargement of the working copy in a strip for the original to be used."""
MIN_ORIGINAL_SCALE = 1.15
"""Minimum pixels of a picture per pixel of its reduced copy for the picture to be used."""
MAX_ORIGINAL_PIXELS = 24e6
"""Maximum area of the original in grayscale, pixels; larger ones are reduced to it."""
ORIGINAL_STRIP_MARGIN = 3.0
"""Margin around a strip that is cut out of the original, pixels of the strip."""

_Gray = npt.NDArray[np.uint8]
_Matrix = npt.NDArray[np.floating]
_LOG = logging.getLogger(__name__)


class StripSource:
    """Cuts strips out of one page.

    Strips are cut from the picture that the working copy was reduced from. Where digits are lower
    in that picture than in a strip, the original is decoded on first use. Areas of the working copy
    that were erased, or converted by hue contrast, are cut from the working copy.

    Parameters
    ----------
    ink : PageInk
    picture : Picture
        The picture that the ink was found in.
    """

    def __init__(self, ink: PageInk, picture: Picture) -> None:
        self._ink, self._picture = ink, picture
        self._is_affine = np.array_equal(ink.unturn_matrix[2], [0, 0, 1])
        self._can_reload = picture.reload is not None and picture.scale >= MIN_ORIGINAL_SCALE

    def cut(self, frame: LineFrame) -> _Gray:
        """Return the strip of a frame in pixels of the working copy."""
        source = self._source_of(frame)
        return cut_strip(self._ink.gray, frame) if source is None else self._cut(source, frame)

    def _source_of(self, frame: LineFrame) -> _Gray | None:
        """Return the picture with the most detail of a frame; None for the working copy."""
        enlargement = frame.scale / self._ink.pixel_size
        is_enlarged = self._can_reload and enlargement > MIN_STRIP_ENLARGEMENT
        is_reduced = self._ink.pixel_size > self._ink.scale * MIN_ORIGINAL_SCALE
        if not self._is_affine or not (is_enlarged or is_reduced) or not self._is_untouched(frame):
            return None
        original = self._load_original() if is_enlarged else None
        return self._picture_gray if original is None and is_reduced else original

    def _is_untouched(self, frame: LineFrame) -> bool:
        """Return whether the working copy is unmodified in the area of a frame."""
        gray, luminance = self._ink.gray, self._ink.luminance
        if luminance is None or gray is luminance:
            return True
        low, high = _strip_bounds(
            np.linalg.inv(compose_maps(frame.to_line(), np.eye(3))), frame, 0.0
        )
        window = _clipped_window(low, high, gray.shape)
        return np.array_equal(gray[window], luminance[window])

    def _load_original(self) -> _Gray | None:
        """Return the original in grayscale; None where it cannot be decoded again."""
        picture = self._picture
        assert picture.reload is not None
        reduction = min(1.0, (MAX_ORIGINAL_PIXELS / (picture.width * picture.height)) ** 0.5)
        try:
            return picture.reload(max(1, int(reduction * max(picture.width, picture.height))))
        except ImageError as error:  # the page can still be read from the working copy
            _LOG.warning("strips are cut from the reduced picture: %s", error)
            self._can_reload = False
            return None

    @cached_property
    def _picture_gray(self) -> _Gray:
        return to_grayscale(self._picture.pixels)

    def _cut(self, original: _Gray, frame: LineFrame) -> _Gray:
        to_line = self._to_line(original, frame)
        low, high = _strip_bounds(np.linalg.inv(to_line), frame, ORIGINAL_STRIP_MARGIN)
        rows, columns = _clipped_window(low, high, original.shape)
        window = original[rows, columns]
        to_strip = to_line @ _translation(columns.start, rows.start)
        if self._ink.is_inverted:
            window = np.asarray(255 - window, np.uint8)
        return to_line_image(window, frame, extend_edges=True, to_line=to_strip[:2])

    def _to_line(self, original: _Gray, frame: LineFrame) -> _Matrix:
        """Return the map, shape (3, 3), from the original to the strip, both at pixel centers."""
        height, width = self._picture.pixels.shape[:2]
        reduction = np.diag([width / original.shape[1], height / original.shape[0], 1.0])
        to_copy = np.linalg.inv(self._ink.unturn_matrix) @ reduction  # between pixel corners
        return compose_maps(
            _translation(-0.5, -0.5) @ to_copy @ _translation(0.5, 0.5), frame.to_line()
        )


def _translation(x: float, y: float) -> _Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def _strip_bounds(
    from_line: _Matrix, frame: LineFrame, margin: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the bounding box of a strip with a margin, in pixels of the picture it is cut from."""
    x, y = (-margin, frame.strip_width + margin), (-margin, STRIP_HEIGHT + margin)
    corners = np.array([[a, b, 1.0] for a in x for b in y])
    points = corners @ from_line[:2].T
    return points.min(axis=0), points.max(axis=0)


def _clipped_window(
    low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[slice, slice]:
    """Return the rows and columns within bounds, clipped to the picture, at least one of each."""
    (x_max, y_max) = (shape[1] - 1, shape[0] - 1)
    left, top = int(np.clip(low[0], 0, x_max)), int(np.clip(low[1], 0, y_max))
    right, bottom = int(np.clip(high[0], left, x_max)), int(np.clip(high[1], top, y_max))
    return slice(top, bottom + 1), slice(left, right + 1)
