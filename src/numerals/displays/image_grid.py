"""Digits in a grid, with captions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.displays.chart_style import FONT_SIZE, INK, new_figure
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_PLOTTED = 1000
"""Maximum number of images in a grid; more take minutes and memory to draw."""

_DIGIT_WIDTH = 0.8  # inches
_GAP = 0.12  # between digits, in digit sides
_CAPTION_LINE = 0.3  # height of a line of caption, in digit sides


def plot_images(
    images: npt.NDArray[Any],
    titles: Sequence[str] | None = None,
    columns: int = 10,
    cmap: str = "gray",
    limits: tuple[float, float] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw digits in a grid, each with a caption below.

    Parameters
    ----------
    images : ndarray, shape (n_images, height, width)
        Grey levels, or signed maps for a diverging `cmap`. At most `MAX_PLOTTED`.
    titles : sequence of str, optional
        A caption for each image, of one or several lines.
    columns : int, default=10
    cmap : str, default="gray"
        A color map of matplotlib.
    limits : tuple of float, optional
        Values of the first and the last color; by default 0 and 255 for uint8, otherwise the
        maximum magnitude with both signs.
    ax : Axes, optional
        By default the axes of a new figure, of the size of the grid.

    Returns
    -------
    Axes
        With one image that holds all digits.

    Raises
    ------
    ValueError
        If there are too many images, or the numbers of titles and images differ.

    Examples
    --------
    >>> axes = plot_images(np.zeros((3, 28, 28), np.uint8), ["a", "b", "c"])
    >>> [text.get_text() for text in axes.texts]
    ['a', 'b', 'c']
    """
    images = np.asarray(images)
    titles = [""] * len(images) if titles is None else [str(title) for title in titles]
    _check_numbers(images, titles, columns)
    height, width = images.shape[1:]
    columns = max(1, min(columns, len(images)))
    n_lines = max((title.count("\n") + 1 for title in titles if title), default=0)
    step_x = width + max(1, round(_GAP * width))
    step_y = height + max(1, round((_GAP + _CAPTION_LINE * n_lines) * height))
    n_rows = max(1, -(-len(images) // columns))
    mosaic = np.full((n_rows * step_y, columns * step_x), np.nan)
    axes = ax if ax is not None else _new_axes(mosaic.shape, _DIGIT_WIDTH / width)
    axes.set_axis_off()
    for index, (image, title) in enumerate(zip(images, titles, strict=True)):
        top, left = index // columns * step_y, index % columns * step_x
        mosaic[top : top + height, left : left + width] = image
        axes.text(
            left + width / 2 - 0.5,
            top + height + 0.05 * height,
            to_ascii_digits(title),
            ha="center",
            va="top",
            color=INK,
            fontsize=FONT_SIZE,
            wrap=False,
            parse_math=False,  # a class may be named $
        )
    low, high = limits or _default_limits(images)
    # "none" stores the original pixels in SVG, which are sharp at any size.
    axes.imshow(mosaic, cmap=cmap, vmin=low, vmax=high, interpolation="none")
    return axes


def _check_numbers(images: npt.NDArray[Any], titles: Sequence[str], columns: int) -> None:
    if images.ndim != 3:
        raise ValueError(
            f"got images of shape {images.shape}, expected (n_images, height, width); reshape them"
        )
    if len(titles) != len(images):
        raise ValueError(f"{len(titles)} titles for {len(images)} images; pass one for each")
    if len(images) > MAX_PLOTTED:
        raise ValueError(
            f"{len(images):,} images are too many for one figure, which holds {MAX_PLOTTED:,}; "
            "select some, such as the first ones [:100]"
        )
    if columns < 1:
        raise ValueError(f"columns={columns} must be at least 1")


def _new_axes(shape: tuple[int, ...], scale: float) -> "Axes":
    """Return the axes of a new figure for a mosaic; `scale` is in inches per pixel."""
    # Constrained layout, which a user may have set as the default, warns about such axes.
    figure = new_figure(shape[1] * scale, shape[0] * scale, layout="none")
    return figure.add_axes((0, 0, 1, 1))


def _default_limits(images: npt.NDArray[Any]) -> tuple[float, float]:
    if images.dtype == np.uint8:
        return 0.0, 255.0
    max_magnitude = float(np.nanmax(np.abs(images), initial=0.0)) or 1.0
    return -max_magnitude, max_magnitude
