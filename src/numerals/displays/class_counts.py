"""A chart of the number of images of each class."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from numerals.displays.chart_style import ACCENT, FONT_SIZE, INK, new_axes, style_axes
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_class_counts(
    counts: Mapping[str, Sequence[int]], classes: Sequence[str], ax: "Axes | None" = None
) -> "Axes":
    """Draw the number of images of each class.

    Parameters
    ----------
    counts : mapping of str to sequence of int
        Number of images of each class, by the name of the split.
    classes : sequence of str
        Names of the classes.
    ax : Axes, optional
        By default the axes of a new figure.
    """
    axes = new_axes(ax, max(4.5, 0.3 * len(classes) + 1), 2.3)
    style_axes(axes, grid="y")
    width = 0.74 / len(counts)
    centers = np.arange(len(classes))
    for index, (name, values) in enumerate(counts.items()):
        shift = (index - (len(counts) - 1) / 2) * width
        alpha = 0.85 if index == 0 else 0.4
        axes.bar(centers + shift, values, 0.92 * width, color=ACCENT, alpha=alpha, label=name)
    axes.set_xticks(centers, [to_ascii_digits(name) for name in classes])
    axes.set_ylabel("images")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if len(counts) > 1:
        axes.legend(
            frameon=False,
            fontsize=FONT_SIZE,
            labelcolor=INK,
            ncols=2,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
        )
    return axes
