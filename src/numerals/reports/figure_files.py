"""Figures to bytes: SVG that follows the page's colours, and PNG."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from numerals.errors import DataError
from numerals.files import open_for_replace
from numerals.reports.chart_style import PAPER, ROLES

_IDS = re.compile(r' id="(?P<id>[^"]+)"')
_SIZE = re.compile(r'<svg [^>]*?viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"[^>]*>')


def to_svg(figure: Figure, *, prefix: str = "") -> str:
    """Draw a figure as an ``<svg>`` element to stand in a page.

    Text stays text, in the page's typeface. Of a figure with a transparent ground, as
    `style.new_figure` makes it, colours that are roles become variables of the style sheet.

    Parameters
    ----------
    figure : Figure
    prefix : str
        Goes before the names that clip paths refer to; a page gives each figure another one.
    """
    buffer = io.StringIO()
    with _quiet(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "numerals"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    svg = _own_names(svg[svg.index("<svg") :], prefix)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = _SIZE.sub(r'<svg viewBox="0 0 \g<width> \g<height>" width="\g<width>pt">', svg, count=1)
    if has_transparent_ground(figure):
        for color, variable in ROLES.items():
            svg = svg.replace(color, f"var({variable})")
    return svg


def png_bytes(figure: Figure, *, dpi: int = 160) -> bytes:
    """Draw a figure as PNG, on white where its ground is transparent."""
    ground = PAPER if has_transparent_ground(figure) else figure.get_facecolor()
    buffer = io.BytesIO()
    with _quiet():
        figure.savefig(buffer, format="png", dpi=dpi, facecolor=ground, metadata={"Software": None})
    return buffer.getvalue()


def to_png(figure: Figure, path: str | Path, *, dpi: int = 160) -> None:
    """Save a figure as a PNG file, whole or not at all.

    Parameters
    ----------
    figure : Figure
    path : str or Path
    dpi : int, default=160
        Dots per inch.
    """
    write_whole(Path(path), png_bytes(figure, dpi=dpi))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, making its folder."""
    make_folder_of(path)
    with open_for_replace(path) as stream:
        stream.write(content)


def make_folder_of(path: Path) -> None:
    """Make the folder that a file is to be in; worth knowing before long work that it can be.

    Raises
    ------
    DataError
        If that cannot be, or `path` is a folder itself.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: its folder cannot be made ({reason}); check the path") from error
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a file")


def has_transparent_ground(figure: Figure) -> bool:
    """Tell whether the page's ground shows through."""
    return matplotlib.colors.to_rgba(figure.get_facecolor())[3] == 0


def has_pictures(figure: Figure) -> bool:
    """Tell whether a figure holds pictures of pixels, which PNG keeps smaller and sharper."""
    return any(axes.images for axes in figure.axes)


def _own_names(svg: str, prefix: str) -> str:
    """Drop ids that nothing refers to, and put `prefix` before the others."""
    used = set(re.findall(r"#([\w.-]+)", svg))

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}{match["id"]}"' if match["id"] in used else ""

    svg = _IDS.sub(rename, svg)
    return re.sub(r"(url\(#|href=\"#)", rf"\g<1>{prefix}", svg)


@contextmanager
def _quiet() -> Iterator[None]:
    """Let characters pass that matplotlib's font lacks: the browser's fonts draw them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        yield
