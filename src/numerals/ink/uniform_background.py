"""Ground of one grey level, as drawings on a screen and data sets have it: nothing to even out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents

_NEAR = 10  # of 255: so far from the ground's level a pixel is still ground, as in a JPEG
_BORDER = 0.85  # of the border, least: of a picture with room around the writing
_COVERED = 0.4  # of the picture, least; the broadest strokes leave so much
_BETWEEN = (0.12, 0.3)  # of the picture, of what is no ground: more, in the middle between ground
# and ink, is shadow; the edges of strokes are less of one or of the other
_SMALL = 64  # pixels: the longer side of digits in data sets, whose strokes are mostly edges
_LEAST_CONTRAST = 40  # of 255: fainter strokes are told from grain by what is around them
_COVERED_SMALL = 0.15  # the same where strokes fill a small picture
_TWO_LEVELS = 0.35  # of a small picture, least: at its ground's level and at its ink's
_STROKE_AREA = 8  # pixels: mean area of the pieces of a mask; of noise they are smaller


@dataclass(frozen=True)
class UniformBackground:
    """The level of a uniform ground.

    Attributes
    ----------
    level : int
        Of 255.
    is_dark : bool
        Whether the ink is brighter.
    noise : float
        Standard deviation of its pixels, of 255.
    """

    level: int
    is_dark: bool
    noise: float

    def inverted(self) -> "UniformBackground":
        """Return the ground of the inverted picture."""
        return UniformBackground(255 - self.level, not self.is_dark, self.noise)


def find_uniform_background(gray: npt.NDArray[np.uint8]) -> UniformBackground | None:
    """Find the one grey level that all writing stands on.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    Ground or None
        None where light falls unevenly, where there is too little contrast to tell, and for a
        blank picture.
    """
    counts = np.bincount(gray.ravel(), minlength=256)
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    level = int(np.median(border))
    if _share_near(border, level) < _BORDER:
        if max(gray.shape) > _SMALL:
            return None
        found = _ground_of_tight(counts, border)
        if found is None:
            return None
        level = found
    return _check(counts, level, is_small=max(gray.shape) <= _SMALL)


def _ground_of_tight(counts: npt.NDArray[np.intp], border: npt.NDArray[np.uint8]) -> int | None:
    """Return the ground of a small picture whose strokes reach its border: one of two levels."""
    levels = np.flatnonzero(counts)
    low, high = int(levels[0]), int(levels[-1])
    near = [counts[max(at - _NEAR, 0) : at + _NEAR + 1].sum() / counts.sum() for at in (low, high)]
    if high - low < 2 * _LEAST_CONTRAST or sum(near) < _TWO_LEVELS:
        return None
    # Strokes meet the border here and there; ground is what fills most of it, and its corners.
    on_border = [_share_near(border, at) for at in (low, high)]
    return low if near[0] + 2 * on_border[0] >= near[1] + 2 * on_border[1] else high


def _check(counts: npt.NDArray[np.intp], level: int, *, is_small: bool) -> UniformBackground | None:
    first, last = max(level - _NEAR, 0), min(level + _NEAR, 255)
    covered = int(counts[first : last + 1].sum())
    total = int(counts.sum())
    if covered < (_COVERED_SMALL if is_small else _COVERED) * total:
        return None
    off = np.arange(256) - level
    dark, bright = (float((counts * np.maximum(sign * off, 0.0) ** 4).sum()) for sign in (-1, 1))
    side = off if bright > dark else -off
    beyond = np.where(side > _NEAR, counts, 0)
    levels = np.flatnonzero(beyond)
    if levels.size == 0:
        return None
    contrast = int(side[levels].max())
    if contrast < _LEAST_CONTRAST:
        return None
    between = int(beyond[side < contrast // 2].sum())
    if not is_small and between > max(_BETWEEN[0] * total, _BETWEEN[1] * beyond.sum()):
        return None
    background = counts[first : last + 1]
    noise = float(np.sqrt((background * off[first : last + 1] ** 2.0).sum() / covered))
    return UniformBackground(level, bright > dark, noise)


def _share_near(pixels: npt.NDArray[np.uint8], level: int) -> float:
    return float(np.mean(np.abs(pixels.astype(np.int16) - level) <= _NEAR))


def stretch_mask(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a mask of zeros and ones as one of 0 and 255; any other picture as it is."""
    if int(gray.max()) != 1:
        return gray
    mask = np.asarray(gray * np.uint8(255), np.uint8)
    pieces = LabeledComponents(mask)
    n_pieces = len(pieces.stats) - 1
    is_noise = np.count_nonzero(mask) < _STROKE_AREA * n_pieces  # a black photo has grain, too
    return gray if is_noise else mask
