"""Intermediate results of a reading, which a `Reader` fills in if it is given a trace."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from numerals.ink import InkLine, PageInk
from numerals.ink.single_digit import DigitInk
from numerals.models import LineModel, Model
from numerals.reading.box_mapping import map_line_to_picture
from numerals.reading.digit_segmentation import ClassifiedGlyph
from numerals.reading.frame_voting import FramedReading
from numerals.records import Line


@dataclass(frozen=True, eq=False)
class DigitTrace:
    """A picture that was read as a single digit.

    Attributes
    ----------
    model : Model
    ink : DigitInk
    image : ndarray of uint8, shape (28, 28)
        Input of the model; all 0 where no ink was found.
    proba : ndarray of float32, shape (n_classes,)
        Output of the model; all 0 where no ink was found.
    is_rejected : bool
        Whether the picture was judged to show no digit.
    """

    model: Model
    ink: DigitInk
    image: npt.NDArray[np.uint8]
    proba: npt.NDArray[np.float32]
    is_rejected: bool


@dataclass(frozen=True, eq=False)
class LineTrace:
    """A line that was read as a whole, or digit by digit.

    Attributes
    ----------
    line : Line
        The reading, with boxes in pixels of the level page.
    ink : PageInk
        The page that the line was cut from.
    ink_line : InkLine
    scale : float
        Pixels of the original picture per pixel of the picture whose ink was found.
    model : Model or LineModel
    framed : FramedReading, optional
        The strip and its reading, if a line model read it.
    glyphs : tuple of ClassifiedGlyph
        The digits, if a digit model read them one by one.
    """

    line: Line
    ink: PageInk
    ink_line: InkLine
    scale: float
    model: Model | LineModel
    framed: FramedReading | None = None
    glyphs: tuple[ClassifiedGlyph, ...] = ()


@dataclass(eq=False)
class ReadingTrace:
    """Collector of the intermediate results of one page; a reading without it collects nothing.

    Attributes
    ----------
    digit : DigitTrace, optional
        Of a picture that was examined as a single digit.
    lines : list of LineTrace
        All lines that were read, also those of orientations that were not chosen.
    page_ink : PageInk, optional
        Ink of the page in the chosen orientation, with the maps of the page network.
    """

    digit: DigitTrace | None = None
    lines: list[LineTrace] = field(default_factory=list)
    page_ink: PageInk | None = None

    def find(self, line: Line) -> LineTrace | None:
        """Return the trace of a line of the page that was read, or None."""
        for trace in reversed(self.lines):
            mapped = map_line_to_picture(trace.line, trace.ink, trace.ink.scale * trace.scale)
            if mapped.digits == line.digits:
                return trace
        return None
