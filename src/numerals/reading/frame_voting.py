"""Read lines in several frames, and vote where a single frame is not confident."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from numerals.formats import NumberFormat
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.models.line_model import LineModel
from numerals.reading.strip_reader import StripReading, read_strips

_Gray = npt.NDArray[np.uint8]
CutStrip = Callable[[LineFrame], _Gray]

# Tuned on the development pages: 366 numbers right in the first frame alone, 375 with voting.
MIN_SINGLE_FRAME_CONFIDENCE = 0.97
"""Minimum confidence of a reading that needs no other frame."""
FRAME_HEIGHT_FACTORS = (0.85, 1.2)
"""Heights of the other frames, in heights of the first frame."""
STRIP_MARGIN = 1.6
"""Margin around a frame from which its strip is cut, number heights."""


@dataclass(frozen=True, eq=False)
class FramedReading:
    """The reading of a line, with the frame and the strip that it was read from.

    Attributes
    ----------
    reading : StripReading
    frame : LineFrame
    strip : ndarray of uint8, shape (40, n_columns)
    votes : tuple of (str, float)
        Each text that was read in any frame, with its mean confidence over all frames.
    """

    reading: StripReading
    frame: LineFrame
    strip: npt.NDArray[np.uint8]
    votes: tuple[tuple[str, float], ...] = ()


def read_in_frames(
    model: LineModel,
    cut: CutStrip,
    lines: Sequence[InkLine],
    number_format: NumberFormat | None = None,
) -> list[FramedReading | None]:
    """Read lines; those with low confidence are read in other frames as well.

    The text with the highest mean confidence over all frames is chosen; the mean is its confidence.

    Parameters
    ----------
    model : LineModel
    cut : callable
        Returns the strip of a frame.
    lines : sequence of InkLine
    number_format : NumberFormat, optional

    Returns
    -------
    list of FramedReading or None
        One for each line, None where nothing was read.
    """
    first_frames = [[line.frame or fit_line_frame(line)] for line in lines]
    candidates = _read(model, cut, first_frames, number_format)
    low_confidence = [
        i
        for i, [(_, _, reading)] in enumerate(candidates)
        if reading is None or reading.line.confidence < MIN_SINGLE_FRAME_CONFIDENCE
    ]
    other_frames = [_alternative_frames(lines[i], first_frames[i][0]) for i in low_confidence]
    for i, more_candidates in zip(
        low_confidence, _read(model, cut, other_frames, number_format), strict=True
    ):
        candidates[i] += more_candidates
    return [_vote(candidates_of_line) for candidates_of_line in candidates]


_FrameCandidate = tuple[LineFrame, npt.NDArray[np.uint8], StripReading | None]


def _read(
    model: LineModel,
    cut: CutStrip,
    frames: Sequence[Sequence[LineFrame]],
    number_format: NumberFormat | None,
) -> list[list[_FrameCandidate]]:
    strips = [[cut(frame) for frame in frames_of_line] for frames_of_line in frames]
    flat = read_strips(
        model, [strip for frames_of_line in strips for strip in frames_of_line], number_format
    )
    reading = iter(flat)
    return [
        [(frame, strip, next(reading)) for frame, strip in zip(f, s, strict=True)]
        for f, s in zip(frames, strips, strict=True)
    ]


def _alternative_frames(line: InkLine, frame: LineFrame) -> list[LineFrame]:
    other_frames = [replace(frame, height=frame.height * factor) for factor in FRAME_HEIGHT_FACTORS]
    if line.frame is not None and line.components:
        other_frames.append(fit_line_frame(line))
    return other_frames


def _vote(candidates: Sequence[_FrameCandidate]) -> FramedReading | None:
    votes: defaultdict[str, float] = defaultdict(float)
    for _, _, reading in candidates:
        if reading is not None:
            votes[reading.line.text] += reading.line.confidence / len(candidates)
    if not votes:
        return None
    text = max(votes, key=lambda t: votes[t])
    frame, strip, best = max(
        ((f, s, reading) for f, s, reading in candidates if reading and reading.line.text == text),
        key=lambda candidate: candidate[2].line.confidence,
    )
    line = replace(best.line, confidence=min(votes[text], 1.0))
    return FramedReading(replace(best, line=line), frame, strip, tuple(votes.items()))


def cut_strip(gray: _Gray, frame: LineFrame) -> npt.NDArray[np.uint8]:
    """Cut the strip of a frame out of a page; pixels beyond the page repeat its edge."""
    rise = abs(frame.slope) * (frame.right - frame.left)
    margin = STRIP_MARGIN * frame.height
    low, high = sorted((frame.center_y, frame.center_y + frame.slope * (frame.right - frame.left)))
    height, width = gray.shape
    y_min, y_max = int(np.clip(low - margin - rise, 0, height - 1)), int(high + margin + rise) + 2
    x_min, x_max = int(np.clip(frame.left - margin, 0, width - 1)), int(frame.right + margin) + 2
    window = gray[y_min:y_max, x_min:x_max]
    moved = replace(
        frame, left=frame.left - x_min, right=frame.right - x_min, center_y=frame.center_y - y_min
    )
    return to_line_image(window, moved, extend_edges=True)
