"""A chart of a strip, the frames of a line model below it, and the characters they became."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from numerals.displays.chart_style import ACCENT, FONT_SIZE, INK, MUTED
from numerals.scripts import to_ascii_digits

MIN_SHOWN_PROBABILITY = 0.02
"""Probability in some frame from which a character has a row."""
_INCHES_PER_FRAME, _INCHES_PER_ROW = 0.16, 0.2
_MARGIN = 0.8  # inches, of labels
_MIN_WIDTH, _MAX_WIDTH = 4.5, 10.0


def plot_frames(
    strip: npt.NDArray[np.uint8],
    proba: npt.NDArray[np.float32],
    names: Sequence[str],
    spans: Sequence[tuple[int, int, int]],
    stride: int,
) -> Figure:
    """Draw a strip as a line model sees it, with the probability of each character below.

    Parameters
    ----------
    strip : ndarray of uint8, shape (height, n_columns)
        Ink bright.
    proba : ndarray of float32, shape (n_frames, n_characters)
        Probability of each character in each frame.
    names : sequence of str
        Name of each character.
    spans : sequence of tuple of three int
        Characters that were read: column of `proba`, first and last frame, inclusive.
    stride : int
        Columns of the strip per frame.

    Returns
    -------
    Figure
        Two axes with the same columns; the frames of each character that was read are marked.
    """
    n_frames = len(proba)
    read = {column for column, _, _ in spans}
    shown = [
        i for i in range(len(names)) if i in read or proba[:, i].max() >= MIN_SHOWN_PROBABILITY
    ]
    rows = proba[:, shown].T if shown else np.zeros((1, n_frames), np.float32)
    width = float(np.clip(_INCHES_PER_FRAME * n_frames + _MARGIN, _MIN_WIDTH, _MAX_WIDTH))
    heights = (
        (width - _MARGIN) * strip.shape[0] / (stride * n_frames),
        _INCHES_PER_ROW * len(rows),
    )
    size = (width, sum(heights) + _MARGIN)
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=heights)
    extent = (0.0, strip.shape[1] / stride, 1.0, 0.0)
    top.imshow(strip, cmap="gray", vmin=0, vmax=255, extent=extent, aspect="auto")
    top.set_yticks([])
    extent = (0.0, float(n_frames), float(len(rows)), 0.0)
    bottom.imshow(rows, cmap="Blues", vmin=0, vmax=1, extent=extent, aspect="auto")
    bottom.set_yticks(np.arange(len(shown)) + 0.5, [to_ascii_digits(names[i]) for i in shown])
    bottom.set_xlabel(f"frame ({stride} columns each)", fontsize=FONT_SIZE, color=MUTED)
    for column, first, last in spans:
        corner = (first, shown.index(column))
        frame = Rectangle(corner, last + 1 - first, 1, fill=False, edgecolor=ACCENT, linewidth=1.6)
        bottom.add_patch(frame)
        top.axvspan(first, last + 1, ymax=0.08, color=ACCENT)
    for axes in (top, bottom):
        axes.tick_params(length=0, labelcolor=INK, labelsize=FONT_SIZE)
        axes.set_frame_on(False)
    top.set_xlim(0, n_frames)
    return figure
