"""Read pictures: combine detection, models and formats into pages of numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from numerals.errors import ImageError, ModelError
from numerals.images import (
    ALL_PAGES,
    DEFAULT_LIMITS,
    Limits,
    PageRange,
    Picture,
    Source,
    load_picture,
    load_pictures,
)
from numerals.ink import PageInk, find_digit_component, find_field_ink, is_single_digit_image
from numerals.ink.working_copy import WORKING_SIDE
from numerals.models.page_model import load_page_model, start_loading_page_model
from numerals.page.grayscale import to_grayscale, to_rgb
from numerals.page.number_layout import drop_printed_lines, may_be_field
from numerals.reading.box_mapping import map_line_to_picture
from numerals.reading.glyph_reader import read_digit, read_glyphs
from numerals.reading.layout_choice import choose_more_confident_page
from numerals.reading.line_reader import read_text_lines
from numerals.reading.options import ModelLike, ReadChoices, ReadOptions, make_options
from numerals.reading.page_orientation import read_upright
from numerals.reading.previews import with_preview
from numerals.reading.script_detection import AUTO, is_installed_script
from numerals.reading.script_models import (
    ScriptChoice,
    ScriptModels,
    choose_script_models,
    models_by_script,
)
from numerals.reading.strip_source import StripSource
from numerals.reading.table_assignment import (
    add_missed_cells,
    assign_single_table,
    collect_tables,
    finalize_tables,
)
from numerals.reading.trace import ReadingTrace
from numerals.records import Line, Page


class Reader:
    """Reads handwritten numbers with fixed options; models are loaded once.

    Lines are read as a whole where the script has a line model, else digit by digit.

    Parameters
    ----------
    model : str or Path or Model or LineModel or ReadOptions, default="latin"
        The model, as in `ReadOptions`, or all options.
    **choices
        Other fields of `ReadOptions`, such as ``layout="table"``.

    Attributes
    ----------
    options : ReadOptions

    Raises
    ------
    OptionError
        If an option is unknown, or options exclude each other.
    ModelError
        If the model is not a numerals model, or does not support the options.

    Examples
    --------
    >>> import numpy as np
    >>> Reader().read(np.full((100, 200), 255, np.uint8)).lines
    ()
    """

    options: ReadOptions

    def __init__(
        self, model: ModelLike | ReadOptions = "latin", **choices: Unpack[ReadChoices]
    ) -> None:
        options = make_options(model, **choices)
        self._configure(options, models_by_script(options.model))

    def _configure(self, options: ReadOptions, models: dict[str, ScriptModels]) -> None:
        self.options = options
        self._models = models
        if options.needs_detection:
            start_loading_page_model()  # in parallel with the line model
        if self._single_models is None:
            return
        self._single_models.model_for(options.layout)  # raise errors of the model now
        if options.format is not None and not self.supports_formats:
            raise ModelError("a number format needs a script with a line model, such as latin")

    @property
    def _single_models(self) -> ScriptModels | None:
        """The models, unless the script is detected for each page."""
        return next(iter(self._models.values())) if self.options.model != AUTO else None

    @property
    def supports_formats(self) -> bool:
        """Whether numbers can be read with a format: all scripts have line models."""
        return all(models.lines is not None for models in self._models.values())

    def with_options(self, options: ReadOptions) -> "Reader":
        """Return a reader with other options; it shares the loaded models if `model` is equal."""
        if not _is_same(options.model, self.options.model):
            return Reader(options)
        reader = object.__new__(Reader)
        reader._configure(options, self._models)
        return reader

    @property
    def metadata(self) -> Mapping[str, str]:
        """Metadata of the model; empty where the script is detected for each page."""
        return (
            self._single_models.model_for(self.options.layout).metadata
            if self._single_models
            else {}
        )

    def read(self, image: Source, *, page: int = 1) -> Page:
        """Read a picture, or one page of a file.

        Parameters
        ----------
        image : path, bytes, binary file object, data URL, NumPy array or PIL image
            An array has shape (height, width), or (height, width, channels) with gray and alpha,
            RGB, or RGBA. Its dtype and range are interpreted as by `numerals.read`.
        page : int, default=1
            Page of a TIFF or PDF, from 1.

        Raises
        ------
        ImageError
            If the picture cannot be decoded.
        """
        picture = load_picture(image, page=page, **loading_options(self.options))
        return with_preview(self.read_picture(picture), image, picture, self.options.resolution)

    def read_pages(self, image: Source) -> Iterator[Page]:
        """Read all pages of a TIFF or PDF, one at a time; other pictures have one page."""
        for picture in pictures_for(self.options, image):
            page = self.read_picture(picture)
            yield with_preview(page, image, picture, self.options.resolution)

    def read_picture(self, picture: Picture, trace: ReadingTrace | None = None) -> Page:
        """Read a decoded picture in color or grayscale.

        Parameters
        ----------
        picture : Picture
        trace : ReadingTrace, optional
            Collects intermediate results; the reading is the same with and without it.
        """
        page = Page((), picture.width, picture.height, picture.source, picture.number)
        if self._may_be_digit and is_single_digit_image(to_grayscale(picture.pixels)):
            result = self._read_digit(page, picture, trace)
            if result.lines:  # otherwise it may be a sign
                return result
        if self.options.layout == "digit":
            return self._read_digit(page, picture, trace)
        scripts = ScriptChoice(self._models)
        if self.options.layout == "field":
            return self._read_field(page, picture, scripts, trace)
        return self._read_page(page, picture, scripts, trace)

    @property
    def _may_be_digit(self) -> bool:
        """Whether a page that looks like one digit is read as one digit.

        A custom model is not overruled by the digit model of a script.
        """
        options = self.options
        has_default_options = options.format is None and not options.turn
        return (
            options.layout == "page" and has_default_options and is_installed_script(options.model)
        )

    def _read_page(
        self, page: Page, picture: Picture, scripts: ScriptChoice, trace: ReadingTrace | None
    ) -> Page:
        """Read a picture in which numbers have to be detected."""
        is_table = self.options.layout == "table"

        def read(ink: PageInk) -> list[Line]:
            if not is_table and not self.options.printed:
                ink = drop_printed_lines(ink)
            return self._read_ink(ink, picture, scripts, trace)

        rgb = to_rgb(picture.pixels)
        ink, lines = read_upright(load_page_model(), rgb, self.options.turn, read, is_table)
        if trace is not None:
            trace.page_ink = ink
        if is_table:
            lines = assign_single_table(lines)
        else:
            lines = finalize_tables(lines, printed=self.options.printed)
        lines = add_missed_cells(lines, ink, read)
        result = _to_page(page, ink, lines, picture.scale, scripts)
        if not is_table and may_be_field(ink):
            as_field = self._read_field(page, picture, scripts, trace)
            return choose_more_confident_page(result, as_field)
        return result

    def _read_field(
        self, page: Page, picture: Picture, scripts: ScriptChoice, trace: ReadingTrace | None
    ) -> Page:
        """Read a picture that is one line from edge to edge."""
        ink = find_field_ink(to_grayscale(picture.pixels))
        lines = self._read_ink(ink, picture, scripts, trace, is_field=True)
        return _to_page(page, ink, lines, picture.scale, scripts)

    def _read_digit(self, page: Page, picture: Picture, trace: ReadingTrace | None) -> Page:
        """Read a picture that is one digit."""
        gray = to_grayscale(picture.pixels)
        component, _ = find_digit_component(gray) if self._single_models is None else (None, 1.0)
        model = choose_script_models([component] if component else [], self._models).digits
        lines = read_digit(model, gray, picture.scale, trace)
        return replace(page, lines=tuple(lines), script=model.script)

    def _read_ink(
        self,
        ink: PageInk,
        picture: Picture,
        scripts: ScriptChoice,
        trace: ReadingTrace | None,
        *,
        is_field: bool = False,
    ) -> list[Line]:
        models, number_format = scripts.models_for(ink), self.options.format
        if models.lines is not None:
            return read_text_lines(
                models.lines,
                ink,
                picture.scale,
                field=is_field,
                number_format=number_format,
                cut=StripSource(ink, picture).cut,
                trace=trace,
            )
        if number_format is not None:
            raise ModelError(
                f"this is {models.digits.script}; a number format needs a script with a line model"
            )
        return read_glyphs(models.digits, ink, picture.scale, trace)


def _is_same(model: ModelLike, other: ModelLike) -> bool:
    return model is other or (isinstance(model, str | Path) and model == other)


def pictures_for(
    options: ReadOptions,
    source: Source,
    limits: Limits = DEFAULT_LIMITS,
    pages: PageRange = ALL_PAGES,
    on_error: Callable[[ImageError], None] | None = None,
) -> Iterator[Picture]:
    """Decode the pages of a source as readers with these options require.

    Parameters are those of `load_pictures`.
    """
    return load_pictures(
        source, pages=pages, limits=limits, on_error=on_error, **loading_options(options)
    )


def loading_options(options: ReadOptions) -> dict[str, Any]:
    """Return the arguments of `load_picture` for readers with these options."""
    # Detection needs color: pen and print may differ in hue alone.
    return {
        "resolution": options.resolution,
        "color": options.needs_detection,
        "max_side": WORKING_SIDE,
    }


def _to_page(
    page: Page, ink: PageInk, lines: Sequence[Line], scale: float, scripts: ScriptChoice
) -> Page:
    """Return a page with its lines, boxes mapped to the picture."""
    script = scripts.models_for(ink).model_for("page").script
    mapped_lines = tuple(map_line_to_picture(line, ink, ink.scale * scale) for line in lines)
    return replace(
        page, lines=mapped_lines, tables=collect_tables(mapped_lines), script=script, turn=ink.turn
    )


def read(
    image: Source, model: ModelLike | ReadOptions = "latin", **choices: Unpack[ReadChoices]
) -> Page:
    """Read the handwritten numbers in a picture.

    Parameters
    ----------
    image : path, bytes, binary file object, data URL, NumPy array or PIL image
        An array has shape (height, width) or (height, width, channels). Integers range from 0,
        black, to 255, white; if larger values occur, to the maximum of the smallest of 10, 12, 14
        and 16 bits that holds them. Floats range from 0 to 1, or to 255 if a value exceeds 1.
        Booleans, and integers that are all 0 or 1, are masks: 0 black, 1 white. Ink may be dark on
        bright or bright on dark, which is detected.
    model : str or Path or Model or LineModel or ReadOptions, default="latin"
        A script with a shipped model, a model file, a loaded model, or all options.
    **choices
        Other fields of `ReadOptions`, such as ``layout="table"``.

    Returns
    -------
    Page
        ``text`` has one row per line of writing. Of a file with several pages, the first one is
        read; `Reader.read_pages` reads all.

    Raises
    ------
    ImageError
        If the picture cannot be decoded, or the array is not a picture.
    OptionError
        If an option is unknown, or options exclude each other.
    """
    return Reader(model, **choices).read(image)
