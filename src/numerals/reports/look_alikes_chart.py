"""Look-alikes as pictures: how much speaks for each digit, and the digits themselves."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from numerals.records import Digits
from numerals.reports.chart_style import ACCENT, FAINT, new_figure, style_axes
from numerals.reports.digits_grid import plot_digits
from numerals.search import LookAlikes


def plot_weights(by_class: npt.NDArray[np.float64], classes: Sequence[str]) -> Figure:
    """Draw the sum of the weights of each class, the largest one marked.

    Parameters
    ----------
    by_class : ndarray of float64, shape (n_classes,)
    classes : sequence of str
        What to write below the bars.
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
    image: npt.NDArray[np.uint8], found: LookAlikes, digits: Digits, columns: int = 8
) -> Figure:
    """Draw the picture, then its look-alikes, each with its label and similarity.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
    found : LookAlikes
    digits : Digits
        Where they were found.
    columns : int, default=8
    """
    images = np.concatenate([image[None], digits.images[found.indices]])
    names = [str(label) if label >= 0 else "?" for label in found.labels]
    titles = [f"{name}  {s:.3f}" for name, s in zip(names, found.similarities, strict=True)]
    figure = plot_digits(images, ["this one", *titles], columns=columns)
    figure.set_facecolor("white")
    return figure
