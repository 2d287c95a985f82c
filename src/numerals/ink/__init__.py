"""Photograph -> ink: illumination, rules and boxes removed, lines and glyphs found."""

from numerals.ink.cuts import cut_apart
from numerals.ink.ground import stretch_mask
from numerals.ink.lines import InkLine
from numerals.ink.normalize import to_mnist
from numerals.ink.page_ink import PageInk, find_field_ink
from numerals.ink.parts import Part, merge
from numerals.ink.single import (
    digit_from_picture,
    find_single_part,
    glyph_to_mnist,
    is_lone_digit,
)

__all__ = [
    "InkLine",
    "PageInk",
    "Part",
    "cut_apart",
    "digit_from_picture",
    "find_field_ink",
    "find_single_part",
    "glyph_to_mnist",
    "is_lone_digit",
    "merge",
    "stretch_mask",
    "to_mnist",
]
