"""Pictures -> pages: the one place where ink, model and confidence meet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from numerals.errors import ModelError
from numerals.formats import Format, parse_format
from numerals.images import Picture, Source, load_picture, load_pictures
from numerals.ink import PageInk, Part, find_field_ink, find_single_part, is_lone_digit
from numerals.ink.working import WORKING_SIDE
from numerals.models import (
    LineModel,
    Model,
    is_line_model,
    line_model_path,
    load_line_model,
    load_model,
)
from numerals.models.page_model import load_page_model
from numerals.page.layout import may_be_field, without_print
from numerals.page.view import in_color, in_gray
from numerals.reading.glyph_reader import read_digit, read_glyphs
from numerals.reading.layouts import parse_layout, surer_page
from numerals.reading.line_reader import read_lines
from numerals.reading.placing import place_back
from numerals.reading.scripts import AUTO, installed_scripts, script_proba, single_digits
from numerals.reading.tables import put_into_table, settle_tables, tables_of, with_missed_cells
from numerals.reading.turning import read_upright
from numerals.records import Line, Page

TURNS = (0, 90, 180, 270)
"""Degrees clockwise by which a page may be turned in its picture."""


class Reader:
    """Reads handwritten numbers with one model, which is loaded once.

    Lines are read whole where the script has a line model, else cut into digits.

    Parameters
    ----------
    model : str or Path or Model or LineModel, default="latin"
        A script that a model ships for, ``"auto"`` for whichever of them the ink looks like, a
        model file (of digits or of lines), or a loaded model.
    layout : {"page", "table", "field", "digit", "digits"}, default="page"
        What a picture shows: any number of lines and tables, one table of all its numbers, exactly
        one line, or exactly one digit (by either name). A page that is one digit of a data set, no
        larger than 64 pixels and on uniform ground, is read as that digit.
    resolution : int, default=200
        Dots per inch at which pages of a PDF are drawn.
    number_format : str or Format, optional
        What each number must be like, such as ``"digits:10"``: see `numerals.formats`. The best
        reading that is so wins, if it is likely enough.
    turn : {0, 90, 180, 270}, optional
        How far pages are turned clockwise in their pictures, degrees. By default that is found out,
        page by page; fields and digits are taken to be upright.
    printed : bool, default=False
        Whether printed numbers are read as well; those of a table always are.

    Examples
    --------
    >>> import numpy as np
    >>> Reader().read(np.full((100, 200), 255, np.uint8)).lines
    ()
    """

    def __init__(
        self,
        model: str | Path | Model | LineModel = "latin",
        *,
        layout: str = "page",
        resolution: int = 200,
        number_format: str | Format | None = None,
        turn: int | None = None,
        printed: bool = False,
    ) -> None:
        layout = parse_layout(layout)
        if turn is not None and (turn not in TURNS or layout not in ("page", "table")):
            raise ValueError(
                f"turn={turn!r} with layout={layout!r}; one of {TURNS}, for pages and tables"
            )
        self._name = model
        self.by_script: dict[str, Reader] = {}
        self.model: Model | None = None
        self.line_model: LineModel | None = None
        if model == AUTO:
            self.by_script = {
                script: Reader(script, layout=layout, resolution=resolution)
                for script in installed_scripts()
            }
            self._digit_models = {script: load_model(script) for script in self.by_script}
        else:
            self.model, self.line_model = _load(model, layout)
        self.layout = layout
        self.printed = printed
        self.resolution = resolution
        self.turn = turn
        if isinstance(number_format, str):
            number_format = parse_format(number_format)
        if number_format is not None and self.line_model is None and not self.by_script:
            raise ModelError("a number format needs a script with a line model, such as latin")
        self.number_format = number_format

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the model that reads says of itself."""
        model = self.line_model or self.model
        return model.metadata if model else {}

    @property
    def script(self) -> str:
        """Which one it reads; that of each page tells where it is found out."""
        model = self.line_model or self.model
        return model.script if model else AUTO

    def read(self, image: Source, *, page: int = 1) -> Page:
        """Read a picture, or one page of a file that has several.

        Parameters
        ----------
        image : path, bytes, binary file object, data URL, NumPy array or PIL image
            An array has shape (height, width), or (height, width, channels) with grey and alpha,
            RGB, or RGBA. Its dtype and range are taken as `numerals.read` says.
        page : int, default=1
            Which page of a TIFF or PDF, from 1.

        Raises
        ------
        ImageError
            If the picture cannot be decoded.
        """
        picture = load_picture(
            image,
            page=page,
            resolution=self.resolution,
            color=self._sees_color,
            max_side=WORKING_SIDE,
        )
        return self.read_picture(picture)

    def read_pages(self, image: Source) -> Iterator[Page]:
        """Read all the pages of a TIFF or PDF, one at a time; of another picture its only one."""
        for picture in load_pictures(
            image,
            resolution=self.resolution,
            color=self._sees_color,
            max_side=WORKING_SIDE,
        ):
            yield self.read_picture(picture)

    @property
    def _sees_color(self) -> bool:
        """Whether pages are searched in colour: pen and print may differ in hue alone."""
        return self.layout in ("page", "table")

    def read_picture(self, picture: Picture) -> Page:
        """Read a picture that was decoded, in colour or grey."""
        page = Page((), picture.width, picture.height, picture.source, picture.number)
        if self._may_be_digit and is_lone_digit(in_gray(picture.pixels)):
            script, lines = self._single._read_digit(picture)
            if lines:  # else it may be a sign
                return replace(page, lines=tuple(lines), script=script)
        if self.layout == "digit":
            script, lines = self._read_digit(picture)
            return replace(page, lines=tuple(lines), script=script)
        if self.layout == "field":
            return self._read_field(page, picture)

        def read(ink: PageInk) -> list[Line]:
            if self.layout == "page" and not self.printed:
                ink = without_print(ink)
            return self._read_ink(ink, picture.scale, is_field=False)

        rgb, eager = in_color(picture.pixels), self.layout == "table"
        ink, lines = read_upright(load_page_model(), rgb, self.turn, read, eager)
        if self.layout == "table":
            lines = put_into_table(lines)
        else:
            lines = settle_tables(lines, printed=self.printed)
        lines = with_missed_cells(lines, ink, read)
        found = self._finish(page, ink, lines, picture.scale)
        if self.layout == "page" and may_be_field(ink):
            return surer_page(found, self._read_field(page, picture))
        return found

    def _read_field(self, page: Page, picture: Picture) -> Page:
        """Read a picture that is one line from edge to edge."""
        ink = find_field_ink(in_gray(picture.pixels))
        lines = self._read_ink(ink, picture.scale, is_field=True)
        return self._finish(page, ink, lines, picture.scale)

    @cached_property
    def _may_be_digit(self) -> bool:
        """Whether a page that looks like one digit is read as one.

        A model that somebody made is not overruled by the script's digit model.
        """
        is_by_name = isinstance(self._name, str) and self._name in (AUTO, *installed_scripts())
        is_free = self.number_format is None and not self.turn
        return self.layout == "page" and is_by_name and is_free

    @cached_property
    def _single(self) -> "Reader":
        """What reads a page that is one digit: loaded when there is one."""
        return Reader(self._name, layout="digit")

    def _finish(self, page: Page, ink: PageInk, lines: Sequence[Line], scale: float) -> Page:
        """Return a page with what was read of its ink, each line where it stands in the picture."""
        script = self._of_script(single_digits(ink.lines)).script
        placed = tuple(place_back(line, ink, ink.scale * scale) for line in lines)
        tables = tables_of(placed)
        return replace(page, lines=placed, tables=tables, script=script, turn=ink.turned)

    def _read_digit(self, picture: Picture) -> tuple[str, list[Line]]:
        gray = in_gray(picture.pixels)
        part, _ = find_single_part(gray) if self.by_script else (None, 1.0)
        chosen = self._of_script([part] if part else [])
        assert chosen.model is not None
        return chosen.model.script, read_digit(chosen.model, gray, picture.scale)

    def _of_script(self, parts: Sequence[Part]) -> "Reader":
        """Return what reads the script that most of the parts look like."""
        if not self.by_script:
            return self
        proba = script_proba(parts, self._digit_models)
        return self.by_script[max(proba, key=lambda script: proba[script])]

    def _read_ink(self, ink: PageInk, scale: float, *, is_field: bool) -> list[Line]:
        chosen = self._of_script(single_digits(ink.lines))
        if chosen.line_model:
            return read_lines(
                chosen.line_model, ink, scale, field=is_field, number_format=self.number_format
            )
        assert chosen.model is not None
        if self.number_format is not None:
            raise ModelError(
                f"this is {chosen.script}; a number format needs a script with a line model"
            )
        return read_glyphs(chosen.model, ink, scale)


def read(image: Source, *, model: str | Path | Model = "latin", layout: str = "page") -> Page:
    """Read the handwritten numbers in a picture.

    Parameters
    ----------
    image : path, bytes, binary file object, data URL, NumPy array or PIL image
        An array has shape (height, width) or (height, width, channels). Integers go from 0, black,
        to 255, white; if they are larger, to the end of the smallest of 10, 12, 14 and 16 bits
        that holds them. Floats go from 0 to 1, or to 255 if one is above 1. Booleans, and integers
        that are all 0 or 1, are masks: 0 black, 1 white. Ink may be dark on bright or bright on
        dark: that is found out.
    model : str or Path or Model, default="latin"
        A script that a model ships for, a model file, or a loaded model.
    layout : {"page", "table", "field", "digit", "digits"}, default="page"
        What the picture shows: see `Reader`.

    Returns
    -------
    Page
        Its ``text`` has a row for each line of writing. Of a file with several pages, the first:
        see `Reader.read_pages`.

    Raises
    ------
    ImageError
        If the picture cannot be decoded, or the array means no picture.
    """
    return Reader(model, layout=layout).read(image)


def _load(
    model: str | Path | Model | LineModel, layout: str
) -> tuple[Model | None, LineModel | None]:
    """Return the digit model or the line model: what reads pictures of that layout."""
    if isinstance(model, LineModel):
        if layout == "digit":
            raise ModelError("a line model reads lines; layout='digit' needs a model of digits")
        return None, model
    if not isinstance(model, str | Path):
        return _checked(model), None
    whole = layout != "digit"
    if whole and isinstance(model, str) and (shipped := line_model_path(model)):
        return None, load_line_model(shipped)
    if whole and is_line_model(model):
        return None, load_line_model(Path(model))
    return _checked(load_model(model)), None


def _checked(model: Model) -> Model:
    if model.image_shape != (28, 28):
        raise ModelError(
            f"the model takes digits of {model.image_shape} pixels; reading pictures needs one that"
            " takes (28, 28)"
        )
    return model
