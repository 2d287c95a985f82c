"""A chart of the weight of each class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from numerals.displays.chart_style import ACCENT, FAINT, new_axes, style_axes
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_class_weights(
    by_class: npt.NDArray[np.float64], classes: Sequence[str], ax: "Axes | None" = None
) -> "Axes":
    """Draw the sum of the weights of each class, with the maximum highlighted.

    Parameters
    ----------
    by_class : ndarray of float64, shape (n_classes,)
    classes : sequence of str
        Names of the classes.
    ax : Axes, optional
        By default the axes of a new figure.
    """
    axes = new_axes(ax, 5.5, 3.2)
    style_axes(axes, grid="y")
    colors = [ACCENT if weight == by_class.max() else FAINT for weight in by_class]
    axes.bar(range(len(classes)), by_class, color=colors, width=0.7)
    axes.set_xticks(range(len(classes)), [to_ascii_digits(name) for name in classes])
    axes.set_ylabel("sum of weights")
    return axes
