"""One HTML file that holds everything it shows: nothing is asked of the network, no script runs."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from numerals import __version__
from numerals.reports.figure_files import (
    has_pictures,
    has_transparent_ground,
    png_bytes,
    to_png,
    to_svg,
    write_whole,
)

__all__ = ["Captioned", "Section", "Table", "Tile", "to_png", "write_page"]

_WIDE = 100  # pixels; a wider picture is no single digit, and its gallery gives more room


@dataclass(frozen=True, eq=False)
class Captioned:
    """A figure with a caption.

    Attributes
    ----------
    figure : Figure
        Inlined as SVG; as PNG if it holds pictures on a ground of its own. One with a transparent
        ground follows light and dark, another keeps its colours on a light card.
    caption : str
    """

    figure: Figure
    caption: str = ""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    head : sequence of str
    rows : sequence of sequence of str
        The first cell of each names it.
    caption : str
    strong : frozenset of int
        Rows that stand out.
    is_prose : bool
        Whether cells hold text, to the left and wrapped, rather than numbers.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    strong: frozenset[int] = frozenset()
    is_prose: bool = False


@dataclass(frozen=True, eq=False)
class Tile:
    """A small picture in a gallery.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3)
        Grey, or RGB.
    caption : str
        The first line, which stands out.
    note : str
        What else there is to say.
    """

    image: npt.NDArray[np.uint8]
    caption: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a page.

    Attributes
    ----------
    heading : str
        Also stands in the contents.
    text : str
        Paragraphs apart by an empty line.
    figures : sequence of Figure or Captioned
        Stand side by side where there is room.
    table : Table or (head, rows), optional
    gallery : sequence of Tile
        Small pictures that flow as the text does: digits, or lines of them.
    """

    heading: str
    text: str = ""
    figures: Sequence[Figure | Captioned] = ()
    table: Table | tuple[Sequence[str], Sequence[Sequence[str]]] | None = None
    gallery: Sequence[Tile] = field(default=())


def write_page(
    path: str | Path,
    title: str,
    lead: str,
    sections: Sequence[Section],
    *,
    facts: Sequence[tuple[str, str]] = (),
) -> None:
    """Write a page, whole or not at all.

    Parameters
    ----------
    path : str or Path
        The HTML file.
    title : str
    lead : str
        What the page says, in a sentence or two.
    sections : sequence of Section
    facts : sequence of (str, str)
        The figures that matter most, each with what it is: ``("99.73 %", "accuracy")``.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_tie,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template("html_page.html.jinja").render(
        title=title,
        lead=lead,
        facts=facts,
        sections=[_render(section, number) for number, section in enumerate(sections, start=1)],
        css=Markup((Path(__file__).parent / "html_page.css").read_text(encoding="utf-8")),
        version=__version__,
    )
    write_whole(Path(path), html.encode())


def _tie(value: Any) -> Any:
    """Keep a number and its percent sign on one line."""
    return value.replace(" %", "\u00a0%") if type(value) is str else value


def _render(section: Section, number: int) -> dict[str, Any]:
    table = section.table
    return {
        "id": f"section-{number}",
        "heading": section.heading,
        "paragraphs": [p.strip() for p in section.text.split("\n\n") if p.strip()],
        "figures": [
            _render_figure(figure, f"f{number}-{place}-")
            for place, figure in enumerate(section.figures, start=1)
        ],
        "table": Table(*table) if isinstance(table, tuple) else table,
        "gallery": [
            {
                "source": _data_uri(_encode(tile.image)),
                "caption": tile.caption,
                "note": tile.note,
            }
            for tile in section.gallery
        ],
        "is_wide": any(tile.image.shape[1] > _WIDE for tile in section.gallery),
    }


def _render_figure(item: Figure | Captioned, prefix: str) -> dict[str, Any]:
    figure, caption = (item.figure, item.caption) if isinstance(item, Captioned) else (item, "")
    follows = has_transparent_ground(figure)
    width = round(96 * figure.get_figwidth())  # CSS pixels
    rendered: dict[str, Any] = {"caption": caption, "follows": follows, "width": width}
    if has_pictures(figure) and not follows:
        rendered["source"] = _data_uri(png_bytes(figure))
    else:
        rendered["svg"] = Markup(to_svg(figure, prefix=prefix))
    return rendered


def _encode(image: npt.NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
