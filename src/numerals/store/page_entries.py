"""Select the pixels of a page to store with its reading: line crops, the whole page, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from numerals.picture_encoding import encode_png
from numerals.records import REJECTED_TEXT, Box, Line, Page

KEEP_CHOICES = ("nothing", "crops", "pictures")
"""Choices of the pixels that a store keeps with a reading."""

REVIEW_CONFIDENCE = 0.95
"""Numbers of lower confidence are uncertain, unless a maximum error was requested."""

IS_UNCERTAIN, BREAKS_RELATION, BREAKS_STACK = 1, 2, 4
"""Values of the column ``uncertain`` of lines, which may be added.

`BREAKS_STACK`: a constraint between the forms of a batch replaced the reading, or does not hold."""

_MARGIN_RATIO = 0.35  # margin around a crop, as a share of the line's height
_EXTRA_MARGIN = 2  # pixels, added to that margin
_MAX_CROP_HEIGHT = 160  # pixels; larger crops are downscaled
_MAX_CROP_WIDTH = 2400  # pixels; wider crops are downscaled


@dataclass(frozen=True)
class LineEntry:
    """A line to store.

    Attributes
    ----------
    line : Line
    crop : bytes, optional
        PNG of the line with a margin.
    frame : tuple of float, optional
        ``(left, top, scale)`` of the crop: its origin in the picture, pixels, and picture pixels
        per crop pixel. None if the crop was rotated: no offset and scale map a box to it.
    field : str, optional
        Name of the field of a form.
    note : str, default=""
        Why the field is not accepted.
    breaks_relation : bool, default=False
        Whether the field takes part in a relation that does not hold, or is not a number although
        it takes part in one.
    min_confidence : float in [0, 1]
        Confidence below which the line is uncertain.
    """

    line: Line
    crop: bytes | None = None
    frame: tuple[float, float, float] | None = None
    field: str | None = None
    note: str = ""
    breaks_relation: bool = False
    min_confidence: float = REVIEW_CONFIDENCE

    @property
    def uncertainty(self) -> int:
        """The column ``uncertain``: a sum of `IS_UNCERTAIN` and `BREAKS_RELATION`."""
        line = self.line
        is_uncertain = (
            line.accepted is False
            or line.confidence < self.min_confidence
            or REJECTED_TEXT in line.text
            or bool(self.note)
        )
        return IS_UNCERTAIN * is_uncertain + BREAKS_RELATION * self.breaks_relation


@dataclass(frozen=True)
class FormEntry:
    """The form that a page shows, as it was read.

    Attributes
    ----------
    template : str
        Its name.
    agreement : float in [0, 1]
        As in `numerals.forms.FormResult`.
    relations : tuple of (str, tuple of str)
        Kind and field names of each relation.
    decimal : str, optional
        The decimal separator.
    dates : dict of str to str
        The number formats of the fields that are dates: relations compare their days.
    """

    template: str
    agreement: float
    relations: tuple[tuple[str, tuple[str, ...]], ...] = ()
    decimal: str | None = None
    dates: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PageEntry:
    """A page to store.

    Attributes
    ----------
    page : Page
    lines : tuple of LineEntry
    picture : bytes, optional
        PNG of the whole page.
    error : str, optional
        Why the page could not be read.
    form : FormEntry, optional
        The form that the page shows.
    """

    page: Page
    lines: tuple[LineEntry, ...]
    picture: bytes | None = None
    error: str | None = None
    form: FormEntry | None = None


def check_keep(keep: str, keep_days: int | None) -> None:
    """Raise ValueError for a `keep` not in `KEEP_CHOICES`, or a `keep_days` below 1."""
    if keep not in KEEP_CHOICES:
        raise ValueError(f"keep={keep!r}; expected one of {', '.join(KEEP_CHOICES)}")
    if keep_days is not None and keep_days < 1:
        raise ValueError(f"keep_days={keep_days} must be at least 1; or leave it out")


def make_page_entry(
    page: Page, pixels: npt.NDArray[np.uint8] | None, scale: float = 1.0, *, keep: str = "crops"
) -> PageEntry:
    """Return a page with the pixels to store.

    Parameters
    ----------
    page : Page
    pixels : ndarray of uint8, shape (height, width), optional
        Grayscale picture of the page. None stores no pixels.
    scale : float, default=1
        Pixels of the original, which the boxes refer to, per pixel of `pixels`.
    keep : {"nothing", "crops", "pictures"}, default="crops"
        ``"pictures"`` stores the whole page in addition to the crops.

    Returns
    -------
    PageEntry

    Raises
    ------
    ValueError
        If `keep` is not one of these.
    """
    check_keep(keep, None)
    if keep == "nothing" or pixels is None:
        return PageEntry(page, tuple(LineEntry(line) for line in page.lines))
    quarter_turns = round(page.turn / 90) % 4  # clockwise
    lines = tuple(_crop(line, pixels, scale, quarter_turns) for line in page.lines)
    return PageEntry(page, lines, encode_png(pixels) if keep == "pictures" else None)


def _crop(line: Line, pixels: npt.NDArray[np.uint8], scale: float, quarter_turns: int) -> LineEntry:
    x_min, y_min, x_max, y_max = _add_margin(line.box, scale, pixels.shape, quarter_turns)
    # A person has to read the crop, so it is rotated upright.
    crop = np.rot90(pixels[y_min:y_max, x_min:x_max], quarter_turns)
    if crop.size == 0:
        return LineEntry(line)
    factor = max(crop.shape[0] / _MAX_CROP_HEIGHT, crop.shape[1] / _MAX_CROP_WIDTH, 1.0)
    size = (max(1, round(crop.shape[1] / factor)), max(1, round(crop.shape[0] / factor)))
    resized = cv2.resize(crop, size, interpolation=cv2.INTER_AREA) if factor > 1 else crop
    frame = None if quarter_turns else (x_min * scale, y_min * scale, scale * factor)
    return LineEntry(line, encode_png(np.asarray(resized, np.uint8)), frame)


def _add_margin(
    box: Box, scale: float, shape: Sequence[int], quarter_turns: int
) -> tuple[int, int, int, int]:
    x_min, y_min, x_max, y_max = (v / scale for v in box)
    line_height = x_max - x_min if quarter_turns % 2 else y_max - y_min
    margin = _MARGIN_RATIO * line_height + _EXTRA_MARGIN
    return (
        max(0, round(x_min - margin)),
        max(0, round(y_min - margin)),
        min(shape[1], round(x_max + margin)),
        min(shape[0], round(y_max + margin)),
    )
