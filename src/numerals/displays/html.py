"""HTML for notebooks: tables and pictures, with every text escaped."""

import io
import warnings
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.picture_encoding import data_url

_FIGURE_DPI = 120
_CSS_PIXELS_PER_INCH = 96


def table_html(head: Sequence[str], rows: Sequence[Sequence[str]], max_rows: int = 60) -> str:
    """Return a table.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : sequence of sequence of str
    max_rows : int, default=60
        Further rows are replaced by their number.
    """
    body = "".join(_row_html("td", row) for row in rows[:max_rows])
    if len(rows) > max_rows:
        text = f"{len(rows) - max_rows:,} more"
        body += f'<tr><td colspan="{len(head)}">{text}</td></tr>'
    return f"<table><thead>{_row_html('th', head)}</thead><tbody>{body}</tbody></table>"


def image_html(image: npt.NDArray[np.uint8] | bytes, alt: str, width: int | None = None) -> str:
    """Return a picture that is part of the HTML.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3), or bytes of a PNG file
    alt : str
        Description for readers who do not see it.
    width : int, optional
        Displayed width, CSS pixels; by default that of the picture.
    """
    size = "" if width is None else f' width="{width}"'
    style = "max-width: 100%; height: auto"
    return f'<img src="{data_url(image)}" alt="{escape(alt)}"{size} style="{style}">'


def side_by_side_html(*parts: str) -> str:
    """Return parts beside each other, below each other where the page is too narrow."""
    items = "".join(f"<div>{part}</div>" for part in parts)
    style = "display: flex; flex-wrap: wrap; gap: 1.5em; align-items: flex-start"
    return f'<div style="{style}">{items}</div>'


def figure_html(plot: Callable[..., Any], alt: str) -> str:
    """Return a figure as a picture; empty if matplotlib is not installed.

    Parameters
    ----------
    plot : callable
        Draws a new figure when it is called without arguments, and returns its axes or the figure.
    alt : str
        Description for readers who do not see it.
    """
    try:
        from numerals.displays.chart_style import PAPER, render_figure
    except ModuleNotFoundError:
        return ""
    figure = render_figure(plot)
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        figure.savefig(buffer, format="png", dpi=_FIGURE_DPI, facecolor=PAPER)
    width = round(_CSS_PIXELS_PER_INCH * figure.get_figwidth())
    return image_html(buffer.getvalue(), alt, round(0.8 * width))


def below_html(*parts: str) -> str:
    """Return parts below each other."""
    return "".join(f'<div style="margin-bottom: 0.5em">{part}</div>' for part in parts if part)


def text_html(text: str) -> str:
    """Return a line of text."""
    return f"<div>{escape(text)}</div>"


def _row_html(tag: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
