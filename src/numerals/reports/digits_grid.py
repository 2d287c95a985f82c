"""A grid of digit pictures with captions, as one figure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from numerals.reports.chart_style import FONT_SIZE, INK, latin

_CELL = 0.8  # inches, side of a picture
_GAP = 0.12  # of a picture's side, between pictures
_CAPTION = 0.3  # of a picture's side, for a line of caption


def plot_digits(
    images: npt.NDArray[Any],
    titles: Sequence[str] | None = None,
    columns: int = 10,
    cmap: str = "gray",
    limits: tuple[float, float] | None = None,
) -> Figure:
    """Draw digits in rows, each with its caption below.

    Parameters
    ----------
    images : ndarray, shape (n_images, height, width)
        Grey levels, or signed maps with a diverging `cmap`.
    titles : sequence of str, optional
        A caption for each; it may have several lines.
    columns : int, default=10
    cmap : str, default="gray"
        A colour map of matplotlib.
    limits : tuple of float, optional
        Values at which the colours end; by default 0 and 255 for uint8, otherwise the largest
        magnitude on both sides of zero.

    Returns
    -------
    Figure
        One axes, whose picture is all digits side by side.
    """
    images = np.asarray(images)
    titles = list(titles) if titles is not None else [""] * len(images)
    if len(titles) != len(images):
        raise ValueError(f"{len(titles)} titles for {len(images)} images; pass one for each")
    height, width = images.shape[1:]
    columns = max(1, min(columns, len(images)))
    n_lines = max((title.count("\n") + 1 for title in titles if title), default=0)
    step_x = width + max(1, round(_GAP * width))
    step_y = height + max(1, round((_GAP + _CAPTION * n_lines) * height))
    n_rows = max(1, -(-len(images) // columns))
    mosaic = np.full((n_rows * step_y, columns * step_x), np.nan)

    scale = _CELL / width  # inches a pixel
    figure = Figure(figsize=(mosaic.shape[1] * scale, mosaic.shape[0] * scale), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for index, (image, title) in enumerate(zip(images, titles, strict=True)):
        top, left = index // columns * step_y, index % columns * step_x
        mosaic[top : top + height, left : left + width] = image
        place = (left + width / 2 - 0.5, top + height + 0.05 * height)
        axes.text(
            *place, latin(title), ha="center", va="top", color=INK, fontsize=FONT_SIZE, wrap=False
        )
    low, high = limits or _limits(images)
    # "none" keeps the pixels in SVG as they are: small, and sharp at any size.
    axes.imshow(mosaic, cmap=cmap, vmin=low, vmax=high, interpolation="none")
    return figure


def _limits(images: npt.NDArray[Any]) -> tuple[float, float]:
    if images.dtype == np.uint8:
        return 0.0, 255.0
    largest = float(np.nanmax(np.abs(images), initial=0.0)) or 1.0
    return -largest, largest
