"""Figures (matplotlib), and the self-contained HTML pages that hold them.

Needs the ``lab`` extra.
"""

from numerals.figures.digits_grid import plot_digits
from numerals.figures.page import Captioned, Section, Table, Tile, write_page
from numerals.figures.render import to_png, to_svg
from numerals.figures.style import latin, new_figure

__all__ = [
    "Captioned",
    "Section",
    "Table",
    "Tile",
    "latin",
    "new_figure",
    "plot_digits",
    "to_png",
    "to_svg",
    "write_page",
]
