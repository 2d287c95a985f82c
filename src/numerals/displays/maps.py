"""Draw digits and signed maps into axes: diverging colors centered at zero."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from numerals.displays.chart_style import ACCENT, FAINT, FONT_SIZE, INK, MUTED, PAPER, WRONG

SIGNED_COLORMAP = LinearSegmentedColormap.from_list(
    "signed", ["#6e2b00", WRONG, "#f7bd92", PAPER, "#93c6ea", ACCENT, "#053a61"]
)
"""Orange for negative, white for zero, blue for positive values."""

_OUTLINE_LEVEL = 0.45  # of the maximum grey level: contour of a digit that is drawn on a map
_OUTLINE_COLOR = "#202020"  # not a role: maps have a white background in dark mode, too
_N_COLORBAR_TICKS = 5


def color_limit(maps: Sequence[npt.NDArray[np.float64]], quantile: float = 1.0) -> float:
    """Return the absolute value of the last colors of a shared scale.

    Parameters
    ----------
    maps : sequence of ndarray
    quantile : float in (0, 1], default=1
        Quantile of the absolute values, ignoring 0; larger values take the last color.
    """
    values = np.abs(np.concatenate([each[np.isfinite(each)].ravel() for each in maps]))
    values = values[values > 0]
    return float(np.quantile(values, quantile)) if values.size else 1.0


def draw_digit(
    axes: Any,
    image: npt.NDArray[Any],
    corner: tuple[float, float] = (0, 0),
    color: str = FAINT,
    line_width: float = 0.8,
) -> None:
    """Draw a digit as dark ink on white, in a frame of width 1 and height 1.

    Parameters
    ----------
    axes : Axes
        With the y axis pointing down.
    image : ndarray, shape (height, width)
        Grey levels, ink bright.
    corner : tuple of float, default=(0, 0)
        x and y of the upper left corner.
    color : str
        Color of the frame.
    line_width : float, default=0.8
        Line width of the frame, points.
    """
    _draw_image(axes, image, corner, cmap="gray_r", vmin=0, vmax=255)
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=color, linewidth=line_width))


def draw_map(
    axes: Any,
    values: npt.NDArray[np.float64],
    limit: float,
    picture: npt.NDArray[Any],
    corner: tuple[float, float] = (0, 0),
) -> Any:
    """Draw a signed map as `draw_digit` does, with the outline of a digit.

    Returns
    -------
    AxesImage
        For the color bar.
    """
    drawn = _draw_image(axes, values, corner, cmap=SIGNED_COLORMAP, vmin=-limit, vmax=limit)
    level = _OUTLINE_LEVEL * float(picture.max())
    if level > 0:
        x, y = (
            start + (np.arange(n) + 0.5) / n
            for start, n in zip(corner, picture.shape[::-1], strict=True)
        )
        axes.contour(
            x, y, picture, levels=[level], colors=[_OUTLINE_COLOR], linewidths=0.7, alpha=0.7
        )
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=FAINT, linewidth=0.8))
    return drawn


def draw_colorbar(figure: Any, drawn: Any, unit: str, **layout: Any) -> None:
    """Draw the color bar of a map that `draw_map` returned.

    Parameters
    ----------
    figure : Figure or SubFigure
    drawn : AxesImage
    unit : str
        Label of the bar.
    **layout
        Passed to ``figure.colorbar``.
    """
    bar = figure.colorbar(drawn, **layout)
    bar.set_label(unit, fontsize=FONT_SIZE, color=INK)
    bar.ax.tick_params(labelsize=FONT_SIZE - 1, labelcolor=MUTED, length=0)
    bar.ax.locator_params(nbins=_N_COLORBAR_TICKS)
    bar.outline.set_visible(False)


def _draw_image(
    axes: Any, image: npt.NDArray[Any], corner: tuple[float, float], **colors: Any
) -> Any:
    x, y = corner
    return axes.imshow(
        image, extent=(x, x + 1, y + 1, y), aspect="auto", interpolation="none", **colors
    )
