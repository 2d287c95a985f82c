"""Write self-contained HTML pages: no network requests, and no script but that of the package.

A Content-Security-Policy enforces this in the browser.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from numerals import __version__
from numerals.picture_encoding import data_url
from numerals.reports.confusion_cells import ConfusionCells, render_confusion
from numerals.reports.figure_files import (
    has_images,
    is_transparent,
    png_bytes,
    to_svg,
    write_report_file,
)
from numerals.reports.text_tables import ReportTable

_MAX_DIGIT_WIDTH = 100  # pixels; wider pictures are lines, and their gallery has wider columns
_CSS_PIXELS_PER_INCH = 96


@dataclass(frozen=True, eq=False)
class CaptionedFigure:
    """A figure with a caption.

    Attributes
    ----------
    figure : Figure
        Inlined as SVG, or as PNG if it contains raster images on an opaque background. A figure
        with a transparent background follows light and dark mode; others keep their colors on a
        white card.
    caption : str
    """

    figure: Figure
    caption: str = ""


@dataclass(frozen=True, eq=False)
class GalleryTile:
    """A small picture in a gallery.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3)
        Grey levels or RGB.
    caption : str
        First line below the picture, in bold.
    note : str
        Further lines.
    """

    image: npt.NDArray[np.uint8]
    caption: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class PageSection:
    """A section of a page.

    Attributes
    ----------
    heading : str
        Also listed in the table of contents.
    text : str
        Paragraphs separated by empty lines.
    figures : sequence of Figure or CaptionedFigure
        Placed side by side if the page is wide enough.
    matrix : ConfusionCells, optional
    table : ReportTable, optional
    gallery : sequence of GalleryTile
        Small pictures in a grid: digits or lines.
    gallery_text : str
        Paragraph above the gallery.
    live : str
        Name by which the page's script finds the section. The script replaces the gallery and its
        text.
    """

    heading: str
    text: str = ""
    figures: Sequence[Figure | CaptionedFigure] = ()
    matrix: ConfusionCells | None = None
    table: ReportTable | None = None
    gallery: Sequence[GalleryTile] = ()
    gallery_text: str = ""
    live: str = ""


@dataclass(frozen=True, eq=False)
class PageScript:
    """A script of the package with its data. The page is complete without it.

    Attributes
    ----------
    code : str
        A JavaScript module; it finds its data as JSON in the element ``report-data``.
    css : str
        Added to the style sheet of the page.
    data : mapping
        Values that JSON can hold.
    """

    code: str
    css: str
    data: Mapping[str, Any]


def write_page(
    path: str | Path,
    title: str,
    lead: str,
    sections: Sequence[PageSection],
    *,
    facts: Sequence[tuple[str, str]] = (),
    script: PageScript | None = None,
) -> None:
    """Write a page atomically.

    Parameters
    ----------
    path : str or Path
        The HTML file; its folder is created if necessary.
    title : str
    lead : str
        Summary in one or two sentences.
    sections : sequence of PageSection
    facts : sequence of (str, str)
        Key figures with their labels, such as ``("99.73 %", "accuracy")``.
    script : PageScript, optional

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_keep_percent_sign,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template("html_page.html.jinja").render(
        title=title,
        lead=lead,
        facts=facts,
        sections=[_render_section(section, i) for i, section in enumerate(sections, start=1)],
        css=Markup((folder / "html_page.css").read_text(encoding="utf-8")),
        script=script,
        security_policy=_security_policy(script),
        version=__version__,
    )
    write_report_file(Path(path), html.encode())


def _security_policy(script: PageScript | None) -> str:
    """Return a Content-Security-Policy: no network requests, and only the given script."""
    digest = hashlib.sha256(script.code.encode()).digest() if script else b""
    source = f"'sha256-{base64.b64encode(digest).decode()}'" if script else "'none'"
    return (
        "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline';"
        f" script-src {source}; base-uri 'none'; form-action 'none'"
    )


def _keep_percent_sign(value: Any) -> Any:
    """Replace spaces before percent signs by no-break spaces."""
    return value.replace(" %", "\u00a0%") if type(value) is str else value


def _render_section(section: PageSection, number: int) -> dict[str, Any]:
    """Return the template variables of a section."""
    return {
        "id": f"section-{number}",
        "heading": section.heading,
        "paragraphs": [p.strip() for p in section.text.split("\n\n") if p.strip()],
        "figures": [
            _render_figure(figure, f"f{number}-{i}-")
            for i, figure in enumerate(section.figures, start=1)
        ],
        "matrix": render_confusion(section.matrix) if section.matrix else None,
        "table": section.table,
        "live": section.live,
        "gallery_text": section.gallery_text,
        "gallery": [
            {
                "source": data_url(tile.image),
                "caption": tile.caption,
                "note": tile.note,
            }
            for tile in section.gallery
        ],
        "is_wide": any(tile.image.shape[1] > _MAX_DIGIT_WIDTH for tile in section.gallery),
    }


def _render_figure(item: Figure | CaptionedFigure, prefix: str) -> dict[str, Any]:
    captioned = item if isinstance(item, CaptionedFigure) else CaptionedFigure(item)
    figure = captioned.figure
    follows_mode = is_transparent(figure)
    rendered: dict[str, Any] = {
        "caption": captioned.caption,
        "follows_mode": follows_mode,
        "width": round(_CSS_PIXELS_PER_INCH * figure.get_figwidth()),
    }
    if has_images(figure) and not follows_mode:
        rendered["source"] = data_url(png_bytes(figure))
    else:
        rendered["svg"] = Markup(to_svg(figure, prefix=prefix))
    return rendered
