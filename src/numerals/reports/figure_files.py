"""Render figures to SVG that follows the page's colors, and to PNG files."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from numerals.displays.chart_style import PAPER, ROLES
from numerals.files import make_parent_folder, report_write_errors, write_atomic

_IDS = re.compile(r' id="(?P<id>[^"]+)"')
_SIZE = re.compile(r'<svg [^>]*?viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"[^>]*>')


def to_svg(figure: Figure, *, prefix: str = "") -> str:
    """Render a figure as an ``<svg>`` element to be inlined in a page.

    Text remains text, in the page's typeface. If the background is transparent, as
    `chart_style.render_figure` makes it, the colors of `ROLES` become CSS variables.

    Parameters
    ----------
    figure : Figure
    prefix : str
        Prefix of the element ids, unique for each figure of a page.
    """
    buffer = io.StringIO()
    with (
        _ignore_missing_glyphs(),
        matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "numerals"}),
    ):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    svg = _prefix_ids(svg[svg.index("<svg") :], prefix)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = _SIZE.sub(r'<svg viewBox="0 0 \g<width> \g<height>" width="\g<width>pt">', svg, count=1)
    if is_transparent(figure):
        for color, variable in ROLES.items():
            svg = svg.replace(color, f"var({variable})")
    return svg


def png_bytes(figure: Figure, *, dpi: int = 160) -> bytes:
    """Render a figure as PNG, on white if its background is transparent."""
    background = PAPER if is_transparent(figure) else figure.get_facecolor()
    buffer = io.BytesIO()
    metadata = {"Software": None}
    with _ignore_missing_glyphs():
        figure.savefig(buffer, format="png", dpi=dpi, facecolor=background, metadata=metadata)
    return buffer.getvalue()


def to_png(figure: Figure, path: str | Path, *, dpi: int = 160) -> None:
    """Write a figure to a PNG file atomically.

    Parameters
    ----------
    figure : Figure
    path : str or Path
        Its folder is created if necessary.
    dpi : int, default=160
        Dots per inch.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    write_report_file(Path(path), png_bytes(figure, dpi=dpi))


def write_report_file(path: Path, content: bytes) -> None:
    """Write a file atomically and create its folder if necessary.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    make_parent_folder(path)
    with report_write_errors(path):
        write_atomic(path, content)


def is_transparent(figure: Figure) -> bool:
    """Return whether the background of a figure is fully transparent."""
    return matplotlib.colors.to_rgba(figure.get_facecolor())[3] == 0


def has_images(figure: Figure) -> bool:
    """Return whether a figure contains raster images, for which PNG is smaller and sharper."""
    return any(axes.images for axes in figure.axes)


def _prefix_ids(svg: str, prefix: str) -> str:
    """Remove ids without references, and add `prefix` to the others and their references."""
    used = set(re.findall(r"#([\w.-]+)", svg))

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}{match["id"]}"' if match["id"] in used else ""

    svg = _IDS.sub(rename, svg)
    return re.sub(r"(url\(#|href=\"#)", rf"\g<1>{prefix}", svg)


@contextmanager
def _ignore_missing_glyphs() -> Iterator[None]:
    """Silence warnings about characters that matplotlib's font lacks; browsers have others."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        yield
