"""How charts look: one accent, greys, and no more ink than the numbers need.

The colours stand for roles. `render.to_svg` hands them over to the page's style sheet, so that a
chart follows the page into dark mode; in a PNG they are what is written here.
"""

import unicodedata
from typing import TYPE_CHECKING, Literal

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#1f2430"
"""Text and what is as important."""
MUTED = "#697386"
"""Labels, and what was left aside."""
FAINT = "#d9dde5"
"""Lines of the grid."""
ACCENT = "#0b6fb3"
"""The data. Blue and orange stay apart for the colour-blind (after Okabe, Ito 2008)."""
WRONG = "#d35400"
"""What went wrong, or speaks against."""
PAPER = "#ffffff"
"""The ground."""

ROLES = {
    INK: "--ink",
    MUTED: "--muted",
    FAINT: "--line",
    ACCENT: "--accent",
    WRONG: "--wrong",
    PAPER: "--card",
}
"""Colour -> the variable of the style sheet that takes its place."""

FONT_SIZE = 9.0
"""Points, of labels."""


def new_figure(width: float = 6.4, height: float = 4.0) -> "tuple[Figure, Axes]":
    """Return an empty chart in our style, made without pyplot and its global state.

    Parameters
    ----------
    width, height : float, inches

    Returns
    -------
    figure : Figure
        With a transparent ground, which tells the page that it follows light and dark.
    axes : Axes
    """
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
    axes = figure.subplots()
    style_axes(axes)
    return figure, axes


def style_axes(axes: "Axes", *, grid: Literal["both", "x", "y", "none"] = "both") -> None:
    """Give axes our style: no frame but the base line, a faint grid behind the data.

    Parameters
    ----------
    axes : Axes
    grid : {"both", "x", "y", "none"}, default="both"
        Along which axis the grid's lines mark values.
    """
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom" and grid != "none")
        spine.set(color=MUTED, linewidth=0.8)
    axes.tick_params(which="both", length=0, labelsize=FONT_SIZE, labelcolor=MUTED)
    axes.tick_params(axis="x", pad=6)  # clear of the lowest label of the other axis
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=INK, fontsize=FONT_SIZE)
    axes.grid(visible=False)
    if grid != "none":
        axes.grid(visible=True, axis=grid, color=FAINT, linewidth=0.8)


def latin(text: str) -> str:
    """Write digits of any script as 0 to 9, which every font has.

    Examples
    --------
    >>> latin("೭೦")
    '70'
    """
    return "".join(str(unicodedata.digit(c, c)) for c in text)
