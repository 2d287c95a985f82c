"""A line read in several frames: where one frame leaves doubt, others have a say."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from numerals.formats import Format
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.models.line_model import LineModel
from numerals.reading.strip_reader import StripReading, read_strips

_Gray = npt.NDArray[np.uint8]
CutStrip = Callable[[LineFrame], _Gray]

# Chosen on the development pages: 366 numbers right in the first frame alone, 375 with these.
_SURE = 0.97  # a reading as confident is not looked at in other frames
_FACTORS = (0.85, 1.2)  # of the first frame's height
_AROUND = 1.6  # number heights of the picture around a frame that are cut out with it


@dataclass(frozen=True, eq=False)
class FramedReading:
    """What was read of a line, and the frame and strip that it was read in."""

    found: StripReading
    frame: LineFrame
    strip: npt.NDArray[np.uint8]


def read_in_frames(
    model: LineModel,
    cut: CutStrip,
    lines: Sequence[InkLine],
    number_format: Format | None = None,
) -> list[FramedReading | None]:
    """Read lines; what is in doubt is read in frames of other heights as well.

    The text counts that is likeliest over all frames; its confidence is the mean over them.

    Parameters
    ----------
    model : LineModel
    cut : callable
        Returns the strip of a frame.
    lines : sequence of InkLine
    number_format : Format, optional

    Returns
    -------
    list of FramedReading
        None where nothing stands.
    """
    first = [[line.frame or fit_line_frame(line)] for line in lines]
    candidates = _read(model, cut, first, number_format)
    doubtful = [
        i
        for i, [(_, _, found)] in enumerate(candidates)
        if found is None or found.line.confidence < _SURE
    ]
    others = [_other_frames(lines[i], first[i][0]) for i in doubtful]
    for i, again in zip(doubtful, _read(model, cut, others, number_format), strict=True):
        candidates[i] += again
    return [_vote(found) for found in candidates]


_Candidate = tuple[LineFrame, npt.NDArray[np.uint8], StripReading | None]


def _read(
    model: LineModel,
    cut: CutStrip,
    frames: Sequence[Sequence[LineFrame]],
    number_format: Format | None,
) -> list[list[_Candidate]]:
    strips = [[cut(frame) for frame in of_line] for of_line in frames]
    flat = read_strips(model, [strip for of_line in strips for strip in of_line], number_format)
    found = iter(flat)
    return [
        [(frame, strip, next(found)) for frame, strip in zip(f, s, strict=True)]
        for f, s in zip(frames, strips, strict=True)
    ]


def _other_frames(line: InkLine, frame: LineFrame) -> list[LineFrame]:
    others = [replace(frame, height=frame.height * factor) for factor in _FACTORS]
    if line.frame is not None and line.components:
        others.append(fit_line_frame(line))
    return others


def _vote(candidates: Sequence[_Candidate]) -> FramedReading | None:
    votes: defaultdict[str, float] = defaultdict(float)
    for _, _, found in candidates:
        if found is not None:
            votes[found.line.text] += found.line.confidence / len(candidates)
    if not votes:
        return None
    text = max(votes, key=lambda t: votes[t])
    frame, strip, best = max(
        ((f, s, found) for f, s, found in candidates if found and found.line.text == text),
        key=lambda candidate: candidate[2].line.confidence,
    )
    line = replace(best.line, confidence=min(votes[text], 1.0))
    return FramedReading(replace(best, line=line), frame, strip)


def cut_strip(gray: _Gray, frame: LineFrame) -> npt.NDArray[np.uint8]:
    """Cut a strip out of the part of a page around it; beyond the page is what is at its edge."""
    rise = abs(frame.slope) * (frame.right - frame.left)
    around = _AROUND * frame.height
    low, high = sorted((frame.center_y, frame.center_y + frame.slope * (frame.right - frame.left)))
    height, width = gray.shape
    y_min, y_max = int(np.clip(low - around - rise, 0, height - 1)), int(high + around + rise) + 2
    x_min, x_max = int(np.clip(frame.left - around, 0, width - 1)), int(frame.right + around) + 2
    window = gray[y_min:y_max, x_min:x_max]
    moved = replace(
        frame, left=frame.left - x_min, right=frame.right - x_min, center_y=frame.center_y - y_min
    )
    return to_line_image(window, moved, extend_edges=True)
