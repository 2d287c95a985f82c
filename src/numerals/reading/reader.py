"""Pictures -> pages: the one place where ink, model and confidence meet."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.images import Picture, Source, load_picture, load_pictures
from numerals.ink import InkLine, Part, find_page_ink, find_single_part, to_mnist
from numerals.ink.page import WORKING_SIDE
from numerals.models import Model, load_model
from numerals.reading.segment import (
    Glyph,
    best_path,
    find_candidates,
    find_pieces,
    is_surely_one,
    line_trust,
    may_be_several,
    to_images,
)
from numerals.records import Box, Digit, Line, Page

N_ALTERNATIVES = 3
"""How many other readings a digit carries."""


class Reader:
    """Reads handwritten numbers with one model, which is loaded once.

    Parameters
    ----------
    model : str or Path or Model, default="latin"
        A script that a model ships for, a model file, or a loaded model.
    layout : {"page", "field", "digit"}, default="page"
        What a picture shows: any number of lines, exactly one line, or exactly one digit.
    resolution : int, default=200
        Dots per inch at which pages of a PDF are drawn.

    Examples
    --------
    >>> import numpy as np
    >>> Reader().read(np.full((100, 200), 255, np.uint8)).lines
    ()
    """

    def __init__(
        self,
        model: str | Path | Model = "latin",
        *,
        layout: str = "page",
        resolution: int = 200,
    ) -> None:
        if layout not in _LAYOUTS:
            raise ValueError(f"layout={layout!r}; expected one of {', '.join(_LAYOUTS)}")
        self.model = load_model(model) if isinstance(model, str | Path) else model
        if self.model.image_shape != (28, 28):
            raise ModelError(
                f"the model takes digits of {self.model.image_shape} pixels; reading pictures needs"
                " one that takes (28, 28)"
            )
        self.layout = layout
        self.resolution = resolution

    def read(self, image: Source, *, page: int = 1) -> Page:
        """Read a picture, or one page of a file that has several.

        Parameters
        ----------
        image : path, bytes, binary file object, NumPy array or PIL image
            An array has shape (height, width), or (height, width, channels) with grey and alpha,
            RGB, or RGBA.
        page : int, default=1
            Which page of a TIFF or PDF, from 1.

        Raises
        ------
        ImageError
            If the picture cannot be decoded.
        """
        picture = load_picture(image, page=page, resolution=self.resolution, max_side=WORKING_SIDE)
        return self.read_picture(picture)

    def read_pages(self, image: Source) -> Iterator[Page]:
        """Read all the pages of a TIFF or PDF, one at a time; of another picture its only one."""
        for picture in load_pictures(image, resolution=self.resolution, max_side=WORKING_SIDE):
            yield self.read_picture(picture)

    def read_picture(self, picture: Picture) -> Page:
        """Read a picture that was decoded, grey."""
        lines = _LAYOUTS[self.layout](self.model, picture.pixels, picture.scale)
        return Page(tuple(lines), picture.width, picture.height, picture.source, picture.number)


def read(image: Source, *, model: str | Path | Model = "latin") -> Page:
    """Read the handwritten numbers in a picture.

    Parameters
    ----------
    image : path, bytes, binary file object, NumPy array or PIL image
    model : str or Path or Model, default="latin"
        A script that a model ships for, a model file, or a loaded model.

    Returns
    -------
    Page
        Its ``text`` has a row for each line of writing. Of a file with several pages, the first:
        see `Reader.read_pages`.

    Raises
    ------
    ImageError
        If the picture cannot be decoded.
    """
    return Reader(model).read(image)


def _read_page(
    model: Model, gray: npt.NDArray[np.uint8], scale: float, *, field: bool = False
) -> list[Line]:
    ink = find_page_ink(gray, field=field)
    whole = _surely_whole(model, ink.lines)
    pieces = [find_pieces(line, whole) for line in ink.lines]
    candidates = [
        find_candidates(found, line.height) for found, line in zip(pieces, ink.lines, strict=True)
    ]
    images = [to_images(found) for found in candidates]
    if not images:
        return []
    # One call for the page: the model is quickest on many images at a time.
    proba = model.predict_proba(np.concatenate(images))
    bounds = np.cumsum([len(batch) for batch in images])[:-1]
    lines = []
    for line, found, options, rows in zip(
        ink.lines, pieces, candidates, np.split(proba, bounds), strict=True
    ):
        glyphs = best_path(found, options, rows, line.height)
        if glyphs:
            trust = line_trust(found, glyphs)
            trusted = [Glyph(glyph.part, glyph.proba * np.float32(trust)) for glyph in glyphs]
            lines.append(_to_line(model, trusted, line, ink.scale * scale))
    return lines


def _surely_whole(model: Model, lines: Sequence[InkLine]) -> set[Part]:
    """Return the wide parts that are one digit, so that none of them is cut for nothing."""
    wide = [
        (p, line.height) for line in lines for p in line.parts if may_be_several(p, line.height)
    ]
    if not wide:
        return set()
    proba = model.predict_proba(np.stack([to_mnist(p.mask, thicken=True) for p, _ in wide]))
    return {
        part
        for (part, height), row in zip(wide, proba, strict=True)
        if is_surely_one(part, height, row)
    }


def _read_field(model: Model, gray: npt.NDArray[np.uint8], scale: float) -> list[Line]:
    return _read_page(model, gray, scale, field=True)


def _read_digit(model: Model, gray: npt.NDArray[np.uint8], scale: float) -> list[Line]:
    part, working_scale = find_single_part(gray)
    if part is None:
        return []
    proba = model.predict_proba(to_mnist(part.mask, thicken=True)[None])[0]
    digit = _to_digit(model, Glyph(part, proba), working_scale * scale)
    return [Line(digit.text, digit.confidence, digit.box, (digit,))]


_LAYOUTS = {"page": _read_page, "field": _read_field, "digit": _read_digit}


def _to_line(model: Model, glyphs: Sequence[Glyph], line: InkLine, scale: float) -> Line:
    digits = tuple(_to_digit(model, glyph, scale) for glyph in glyphs)
    text = digits[0].text
    for digit, is_apart in zip(digits[1:], _wide_gaps(glyphs, line.height), strict=True):
        text += (" " if is_apart else "") + digit.text
    confidence = float(np.prod([digit.confidence for digit in digits]))
    return Line(text, confidence, _union([digit.box for digit in digits]), digits)


def _to_digit(model: Model, glyph: Glyph, scale: float) -> Digit:
    order = np.argsort(-glyph.proba, kind="stable")
    x_min, y_min, x_max, y_max = (round(v * scale) for v in glyph.part.box)
    alternatives = tuple(
        (model.classes[i], float(glyph.proba[i])) for i in order[1 : 1 + N_ALTERNATIVES]
    )
    best = int(order[0])
    return Digit(
        model.classes[best],
        float(glyph.proba[best]),
        (x_min, y_min, max(x_max, x_min + 1), max(y_max, y_min + 1)),
        alternatives,
    )


def _wide_gaps(glyphs: Sequence[Glyph], height: float) -> list[bool]:
    """Tell for each gap between digits whether the writer left a space there."""
    gaps = np.array([b.part.box[0] - a.part.box[2] for a, b in pairwise(glyphs)], np.float64)
    if gaps.size == 0:
        return []
    usual = max(float(np.median(gaps)), 0.0)
    return [bool(gap > max(1.3 * height, 3.0 * usual)) for gap in gaps]


def _union(boxes: Sequence[Box]) -> Box:
    columns = list(zip(*boxes, strict=True))
    return (min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3]))
