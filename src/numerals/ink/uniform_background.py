"""Detect backgrounds of one gray level, as in drawings on a screen and in data sets."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents

MAX_BACKGROUND_DEVIATION = 10
"""Maximum deviation of a background pixel from the background's level, of 255, as in a JPEG."""
MIN_BORDER_SHARE = 0.85
"""Minimum share of the border that is background, where there is room around the writing."""
MIN_BACKGROUND_SHARE = 0.4
"""Minimum share of a picture that is background, with the broadest strokes."""
MAX_MIDTONE_SHARES = (0.12, 0.3)
"""Maximum share of midtones in the picture, or among its pixels that are not background.

Midtones are closer to the background than half the contrast. Shadows exceed both shares; the soft
edges of strokes exceed at most one of them."""
MAX_DATA_SET_SIDE = 64
"""Maximum longer side of digits in data sets, pixels; their strokes are mostly soft edges."""
MIN_UNIFORM_CONTRAST = 40
"""Minimum contrast of ink on a uniform background, of 255; fainter strokes need local contrast."""
MIN_SMALL_BACKGROUND_SHARE = 0.15
"""Minimum share of a small picture that is background, where strokes fill most of it."""
MIN_TWO_LEVEL_SHARE = 0.35
"""Minimum share of a small picture that is near its darkest or its brightest level."""
MIN_MEAN_STROKE_AREA = 8
"""Minimum mean area of the components of a mask, pixels; noise has smaller ones."""


@dataclass(frozen=True)
class UniformBackground:
    """The level of a uniform background.

    Attributes
    ----------
    level : int
        Gray level, 0 to 255.
    is_dark : bool
        Whether the ink is brighter.
    noise : float
        Standard deviation of the background's pixels, of 255.
    """

    level: int
    is_dark: bool
    noise: float

    def inverted(self) -> "UniformBackground":
        """Return the background of the inverted picture."""
        return UniformBackground(255 - self.level, not self.is_dark, self.noise)


def find_uniform_background(gray: npt.NDArray[np.uint8]) -> UniformBackground | None:
    """Find the gray level of a uniform background.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    UniformBackground or None
        None for uneven illumination, for too little contrast, and for a blank picture.
    """
    counts = np.bincount(gray.ravel(), minlength=256)
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    level = int(np.median(border))
    if _share_near(border, level) < MIN_BORDER_SHARE:
        if max(gray.shape) > MAX_DATA_SET_SIDE:
            return None
        cropped_level = _background_of_cropped_digit(counts, border)
        if cropped_level is None:
            return None
        level = cropped_level
    return _check_background(counts, level, is_small=max(gray.shape) <= MAX_DATA_SET_SIDE)


def _background_of_cropped_digit(
    counts: npt.NDArray[np.intp], border: npt.NDArray[np.uint8]
) -> int | None:
    """Return the level of the background of a small picture whose strokes reach the border."""
    levels = np.flatnonzero(counts)
    low, high = int(levels[0]), int(levels[-1])
    near = [
        counts[max(at - MAX_BACKGROUND_DEVIATION, 0) : at + MAX_BACKGROUND_DEVIATION + 1].sum()
        / counts.sum()
        for at in (low, high)
    ]
    if high - low < 2 * MIN_UNIFORM_CONTRAST or sum(near) < MIN_TWO_LEVEL_SHARE:
        return None
    # Strokes touch the border in places; the background covers most of it, and the corners.
    on_border = [_share_near(border, at) for at in (low, high)]
    return low if near[0] + 2 * on_border[0] >= near[1] + 2 * on_border[1] else high


def _check_background(
    counts: npt.NDArray[np.intp], level: int, *, is_small: bool
) -> UniformBackground | None:
    first, last = (
        max(level - MAX_BACKGROUND_DEVIATION, 0),
        min(level + MAX_BACKGROUND_DEVIATION, 255),
    )
    covered = int(counts[first : last + 1].sum())
    total = int(counts.sum())
    if covered < (MIN_SMALL_BACKGROUND_SHARE if is_small else MIN_BACKGROUND_SHARE) * total:
        return None
    offsets = np.arange(256) - level
    dark, bright = (
        float((counts * np.maximum(sign * offsets, 0.0) ** 4).sum()) for sign in (-1, 1)
    )
    ink_side = offsets if bright > dark else -offsets
    ink_counts = np.where(ink_side > MAX_BACKGROUND_DEVIATION, counts, 0)
    levels = np.flatnonzero(ink_counts)
    if levels.size == 0:
        return None
    contrast = int(ink_side[levels].max())
    if contrast < MIN_UNIFORM_CONTRAST:
        return None
    between = int(ink_counts[ink_side < contrast // 2].sum())
    if not is_small and between > max(
        MAX_MIDTONE_SHARES[0] * total, MAX_MIDTONE_SHARES[1] * ink_counts.sum()
    ):
        return None
    background = counts[first : last + 1]
    noise = float(np.sqrt((background * offsets[first : last + 1] ** 2.0).sum() / covered))
    return UniformBackground(level, bright > dark, noise)


def _share_near(pixels: npt.NDArray[np.uint8], level: int) -> float:
    return float(np.mean(np.abs(pixels.astype(np.int16) - level) <= MAX_BACKGROUND_DEVIATION))


def stretch_mask(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a mask of zeros and ones as one of 0 and 255; any other picture as given."""
    if int(gray.max()) != 1:
        return gray
    mask = np.asarray(gray * np.uint8(255), np.uint8)
    components = LabeledComponents(mask)
    n_components = len(components.stats) - 1
    # The components of the grain of a black photo are small.
    is_noise = np.count_nonzero(mask) < MIN_MEAN_STROKE_AREA * n_components
    return gray if is_noise else mask
