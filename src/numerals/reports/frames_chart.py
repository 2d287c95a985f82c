"""A chart of a strip, the frames of a line model below it, and the characters they became."""

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from numerals.diagnosis import CharacterFrames
from numerals.models.line_model import REJECT
from numerals.reports.chart_style import ACCENT, FONT_SIZE, INK, MUTED
from numerals.scripts import to_ascii_digits

MIN_SHOWN_PROBABILITY = 0.02
"""Probability in some frame from which a character has a row."""
_INCHES_PER_FRAME, _INCHES_PER_ROW = 0.16, 0.2
_MIN_WIDTH, _MAX_WIDTH = 4.5, 10.0


def plot_frames(strip: npt.NDArray[np.uint8], frames: CharacterFrames) -> Figure:
    """Draw a strip as the model sees it, with the probability of each character below.

    Parameters
    ----------
    strip : ndarray of uint8, shape (40, n_columns)
    frames : CharacterFrames

    Returns
    -------
    Figure
        Two axes with the same columns; the frames of each character that was read are marked.
    """
    proba = frames.proba[:, :-1]
    shown = [i for i in range(proba.shape[1]) if proba[:, i].max() >= MIN_SHOWN_PROBABILITY]
    n_frames = len(proba)
    width = float(np.clip(_INCHES_PER_FRAME * n_frames + 0.8, _MIN_WIDTH, _MAX_WIDTH))
    strip_height = (width - 0.8) * strip.shape[0] / (frames.stride * n_frames)
    height = strip_height + _INCHES_PER_ROW * max(len(shown), 1) + 0.6
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    ratios = (strip_height, _INCHES_PER_ROW * max(len(shown), 1))
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=ratios)
    extent = (0.0, strip.shape[1] / frames.stride, 1.0, 0.0)
    top.imshow(strip, cmap="gray", vmin=0, vmax=255, extent=extent, aspect="auto")
    top.set_yticks([])
    rows = proba[:, shown].T if shown else np.zeros((1, n_frames))
    box = (0.0, float(n_frames), float(len(rows)), 0.0)
    bottom.imshow(rows, cmap="Blues", vmin=0, vmax=1, extent=box, aspect="auto")
    names = [_name(frames.characters[i]) for i in shown]
    bottom.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=FONT_SIZE)
    bottom.set_xlabel(f"frame ({frames.stride} columns each)", fontsize=FONT_SIZE, color=MUTED)
    for character, (first, last) in zip(frames.text, frames.spans, strict=True):
        row = shown.index(column) if (column := frames.characters.index(character)) in shown else 0
        size = last + 1 - first
        bottom.add_patch(Rectangle((first, row), size, 1, fill=False, edgecolor=ACCENT, lw=1.6))
        top.axvspan(first, last + 1, ymax=0.08, color=ACCENT)
    for axes in (top, bottom):
        axes.tick_params(length=0, labelcolor=INK, labelsize=FONT_SIZE)
        axes.set_frame_on(False)
    top.set_xlim(0, n_frames)
    return figure


def _name(character: str) -> str:
    """Return a character with an ASCII digit, which every font has."""
    if character.isdigit():
        return to_ascii_digits(character)
    return character.replace(REJECT, "other")
