"""Explain how a picture was read, and why it may have failed."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import cv2
import numpy as np
import numpy.typing as npt

from numerals.diagnosis.digit_steps import INK_COLOR, OTHER_COLOR, explain_digit_trace
from numerals.diagnosis.explanation import Finding, NumberExplanation, PictureExplanation, Step
from numerals.diagnosis.line_steps import explain_line_trace, rotation_text
from numerals.errors import OptionError
from numerals.images import Picture
from numerals.ink import PageInk
from numerals.ink.illumination import downscale
from numerals.ink.line_frame import LineFrame
from numerals.ink.line_image import fit_line_frame
from numerals.reading import Reader
from numerals.reading.trace import DigitTrace, ReadingTrace
from numerals.records import Line, Page

MAX_PAGE_SIDE = 640
"""Maximum longer side of the picture of a page in a step, pixels."""
FRAME_MARGIN = 0.6
"""Half the height of a drawn frame, number heights."""
MIN_INK_PROBABILITY = 0.5
"""Probability of ink from which a page counts as having such ink."""
MIN_OTHER_INK_RATIO = 1.0
"""Ratio of other ink to that of numbers from which a page counts as mostly words."""

_Rgb = npt.NDArray[np.uint8]


def explain_picture(
    reader: Reader, picture: Picture, *, line: int | None = None, intended: str | None = None
) -> PictureExplanation:
    """Read a picture and explain each step from its pixels to its numbers.

    Parameters
    ----------
    reader : Reader
    picture : Picture
        Loaded as the reader requires: see `numerals.reading.reader.pictures_for`.
    line : int, optional
        Index of the only line to explain, from 0; by default all are explained.
    intended : str, optional
        The number that the writer meant. A single digit is compared with its class; of a page,
        the most similar line is.

    Returns
    -------
    PictureExplanation
        Its page is the one that `Reader.read_picture` returns.

    Raises
    ------
    OptionError
        If there is no such line, or `intended` is not a class of the digit model.
    """
    trace = ReadingTrace()
    page = reader.read_picture(picture, trace)
    if line is not None and line >= max(len(page.lines), 1):
        n_lines = len(page.lines)
        raise OptionError(f"there is no line {line + 1}: {n_lines} found in the picture")
    if trace.digit is not None and not (trace.lines or trace.page_ink):
        number = _explain_digit(trace.digit, page, picture.scale, intended)
        return PictureExplanation(page, (), (), (number,))
    ink = trace.page_ink
    lines = page.lines if line is None else page.lines[line : line + 1]
    target = None if intended is None else _most_similar_line(lines, intended)
    return PictureExplanation(
        page,
        steps=() if ink is None else (_page_step(ink, page, trace),),
        findings=tuple(_page_findings(ink, page)),
        numbers=tuple(
            _explain_line(trace, each, intended if each is target else None) for each in lines
        ),
    )


def _explain_digit(
    trace: DigitTrace, page: Page, scale: float, intended: str | None
) -> NumberExplanation:
    classes = trace.model.classes
    if intended is not None and intended not in classes:
        known = ", ".join(classes)
        raise OptionError(f"intended={intended!r}: the picture shows one digit, one of {known}")
    return explain_digit_trace(trace, page.lines[0] if page.lines else None, scale, intended)


def _most_similar_line(lines: Sequence[Line], intended: str) -> Line | None:
    """Return the line that resembles a number most."""
    return max(
        lines, key=lambda line: SequenceMatcher(None, line.text, intended).ratio(), default=None
    )


def _explain_line(trace: ReadingTrace, line: Line, intended: str | None) -> NumberExplanation:
    found = trace.find(line)
    if found is None:  # pragma: no cover  # every line of a page was traced
        raise LookupError(f"the line {line.text!r} was not traced")
    return explain_line_trace(found, line, intended)


def _page_step(ink: PageInk, page: Page, trace: ReadingTrace) -> Step:
    n_found, n_read = len(ink.lines), len(page.lines)
    result = f"{n_read} {'was' if n_read == 1 else 'were'} read"
    if any((found := trace.find(line)) and found.ink.maps is None for line in page.lines):
        result = "the picture was read as a single line, with a higher confidence"
    text = (
        f"{page.width} x {page.height} pixels. The page network found {n_found} "
        f"{'number' if n_found == 1 else 'numbers'}; {result}. Blue: ink of handwritten numbers; "
        "orange: other handwriting, print, rules and marks."
    )
    if ink.turn:
        text += f" {rotation_text(ink.turn)}"
    return Step("found", "Numbers found", text, draw_page(ink))


def draw_page(ink: PageInk) -> _Rgb:
    """Return a page in gray, its ink colored by what the page network takes it for.

    Parameters
    ----------
    ink : PageInk
        With maps.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        RGB, at most `MAX_PAGE_SIDE` pixels high and wide; numbers are framed.
    """
    gray = downscale(ink.gray, MAX_PAGE_SIDE)
    size, scale = gray.shape[::-1], gray.shape[1] / ink.gray.shape[1]
    picture = np.repeat(gray[:, :, None], 3, axis=2).astype(np.float32)
    if ink.maps is not None:
        other = np.maximum.reduce([ink.maps.other_ink, ink.maps.print_ink, ink.maps.mark_ink])
        for probability, color in ((other, OTHER_COLOR), (ink.maps.number_ink, INK_COLOR)):
            share = cv2.resize(probability, size, interpolation=cv2.INTER_LINEAR)[:, :, None]
            picture += 0.75 * share * (np.array(color, np.float32) - picture)
    drawn = np.ascontiguousarray(picture.clip(0, 255), np.uint8)
    for line in ink.lines:
        color = OTHER_COLOR if line.is_printed else INK_COLOR
        frame = line.frame or fit_line_frame(line)
        cv2.polylines(drawn, [_corners(frame, scale)], isClosed=True, color=color, thickness=1)
    return drawn


def _corners(frame: LineFrame, scale: float) -> npt.NDArray[np.int32]:
    """Return the corners of a frame, shape (4, 2)."""
    ends = ((frame.left, 0.0), (frame.right, frame.slope * (frame.right - frame.left)))
    half = FRAME_MARGIN * frame.height
    (left, rise_left), (right, rise_right) = ends
    points = [
        (left - half / 2, frame.center_y + rise_left - half),
        (right + half / 2, frame.center_y + rise_right - half),
        (right + half / 2, frame.center_y + rise_right + half),
        (left - half / 2, frame.center_y + rise_left + half),
    ]
    return (scale * np.array(points)).round().astype(np.int32)


def _page_findings(ink: PageInk | None, page: Page) -> Iterator[Finding]:
    if ink is None:
        if not page.lines:
            text = "No digit was read in the picture."
            yield Finding("not_found", "unusual", text, "Crop the picture closer to the number.")
        return
    if not ink.lines:
        yield _nothing_found(ink)
    n_printed = sum(line.is_printed for line in ink.lines)
    n_ignored = n_printed - sum(line.is_printed for line in page.lines)
    if n_ignored > 0:
        text = "number looks printed and was" if n_ignored == 1 else "numbers look printed and were"
        yield Finding(
            "printed",
            "handled" if page.lines else "unusual",
            f"{n_ignored} {text} not read.",
            "Include printed numbers (--printed).",
        )


def _nothing_found(ink: PageInk) -> Finding:
    maps = ink.maps
    found = 0.0 if maps is None else max(maps.number_ink.max(), maps.other_ink.max())
    if maps is None or found < MIN_INK_PROBABILITY:
        text = "The page network found neither numbers nor other writing."
        advice = (
            "Use a darker pen and more light, photograph closer, or crop the picture to the number "
            "(--field)."
        )
    elif float(maps.other_ink.sum()) > MIN_OTHER_INK_RATIO * float(maps.number_ink.sum()):
        text = "The page network takes most of the writing for words, not for numbers."
        advice = "If it is a number, crop the picture to it (--field)."
    else:
        text = "The page network found ink of numbers, but no whole number."
        advice = "Crop the picture to the number (--field), or photograph closer."
    return Finding("not_found", "unusual", text, advice)
