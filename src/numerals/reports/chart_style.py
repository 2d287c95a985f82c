"""The style of charts: one accent color, greys, no frame.

Colors stand for roles. `figure_files.to_svg` replaces them by variables of the page's style sheet,
so that a chart follows the page's light and dark mode; PNG files have the colors defined here.
"""

from typing import TYPE_CHECKING, Literal

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


def new_figure(width: float = 6.4, height: float = 4.0) -> "tuple[Figure, Axes]":
    """Return an empty chart in this style, made without pyplot and its global state.

    Parameters
    ----------
    width, height : float, inches

    Returns
    -------
    figure : Figure
        With a transparent background, so that it follows light and dark mode.
    axes : Axes
    """
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
    axes = figure.subplots()
    style_axes(axes)
    return figure, axes


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
