"""The style of charts: one accent color, greys, no frame.

Colors stand for roles. `figure_files.to_svg` replaces them by variables of the page's style sheet,
so that a chart follows the page's light and dark mode; PNG files have the colors defined here.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#1f2430"
"""Text and other foreground elements."""
MUTED = "#697386"
"""Tick labels and secondary data."""
FAINT = "#d9dde5"
"""Grid lines and frames."""
ACCENT = "#0b6fb3"
"""Data. Blue and orange are distinguishable by color-blind readers (after Okabe, Ito 2008)."""
WRONG = "#d35400"
"""Errors, and values that oppose an answer."""
PAPER = "#ffffff"
"""Background."""

ROLES = {
    INK: "--ink",
    MUTED: "--muted",
    FAINT: "--line",
    ACCENT: "--accent",
    WRONG: "--wrong",
    PAPER: "--card",
}
"""CSS variable of each color."""

FONT_SIZE = 9.0
"""Size of labels, points."""


_without_pyplot = ContextVar("_without_pyplot", default=False)


def new_figure(width: float, height: float, **settings: Any) -> Figure:
    """Return an empty figure, of pyplot unless `render_figure` is drawing.

    Parameters
    ----------
    width, height : float, inches
    **settings
        Passed to `Figure`, such as ``layout="constrained"``.
    """
    if _without_pyplot.get():
        return Figure(figsize=(width, height), facecolor="none", **settings)
    import matplotlib.pyplot as plt

    return plt.figure(figsize=(width, height), **settings)


def new_axes(ax: "Axes | None", width: float = 6.4, height: float = 4.0) -> "Axes":
    """Return `ax`, or the axes of a new figure of this size.

    Parameters
    ----------
    ax : Axes or None
    width, height : float, inches
    """
    return ax if ax is not None else new_figure(width, height, layout="constrained").subplots()


def render_figure(plot: "Callable[..., Any]", *args: Any, **kwargs: Any) -> Figure:
    """Call a drawing function and return its figure, made without pyplot and its global state.

    Parameters
    ----------
    plot : callable
        A function of this package that returns axes or a figure.
    *args, **kwargs
        Its arguments.

    Returns
    -------
    Figure
        With a transparent background, so that it follows the light and dark mode of a page.
    """
    token = _without_pyplot.set(True)
    try:
        drawn = plot(*args, **kwargs)
    finally:
        _without_pyplot.reset(token)
    figure: Figure = drawn if isinstance(drawn, Figure) else drawn.figure.figure
    return figure


def style_axes(axes: "Axes", *, grid: Literal["both", "x", "y", "none"] = "both") -> None:
    """Apply this style to axes: only the bottom spine, and a faint grid behind the data.

    Parameters
    ----------
    axes : Axes
    grid : {"both", "x", "y", "none"}, default="both"
        Axis whose values the grid lines mark.
    """
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom" and grid != "none")
        spine.set(color=MUTED, linewidth=0.8)
    axes.tick_params(which="both", length=0, labelsize=FONT_SIZE, labelcolor=MUTED)
    axes.tick_params(axis="x", pad=6)  # avoids the lowest label of the y axis
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=INK, fontsize=FONT_SIZE)
    axes.grid(visible=False)
    if grid != "none":
        axes.grid(visible=True, axis=grid, color=FAINT, linewidth=0.8)


def format_as_percent(axes: "Axes") -> None:
    """Label the ticks of both axes as percentages of shares."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{100 * share:.6g} %")
