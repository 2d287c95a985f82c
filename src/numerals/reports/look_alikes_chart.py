"""Charts of look-alikes: the weight of each class, and the similar digits."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from numerals.records import Digits
from numerals.reports.chart_style import ACCENT, FAINT, new_figure, style_axes
from numerals.reports.digits_grid import plot_digits
from numerals.search import LookAlikes


def plot_class_weights(by_class: npt.NDArray[np.float64], classes: Sequence[str]) -> Figure:
    """Draw the sum of the weights of each class, with the maximum highlighted.

    Parameters
    ----------
    by_class : ndarray of float64, shape (n_classes,)
    classes : sequence of str
        Labels of the bars.
    """
    figure, axes = new_figure(5.5, 3.2)
    style_axes(axes, grid="y")
    colors = [ACCENT if weight == by_class.max() else FAINT for weight in by_class]
    axes.bar(range(len(classes)), by_class, color=colors, width=0.7)
    axes.set_xticks(range(len(classes)), classes)
    axes.set_ylabel("sum of weights")
    figure.set_facecolor("white")
    return figure


def plot_look_alikes(
    image: npt.NDArray[np.uint8], look_alikes: LookAlikes, digits: Digits, columns: int = 8
) -> Figure:
    """Draw a digit, then its look-alikes with their labels and similarities.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
    look_alikes : LookAlikes
    digits : Digits
        The data set that was searched.
    columns : int, default=8
    """
    images = np.concatenate([image[None], digits.images[look_alikes.indices]])
    names = [str(label) if label >= 0 else "?" for label in look_alikes.labels]
    similarities = look_alikes.similarities
    titles = [f"{name}  {s:.3f}" for name, s in zip(names, similarities, strict=True)]
    figure = plot_digits(images, ["query", *titles], columns=columns)
    figure.set_facecolor("white")
    return figure
