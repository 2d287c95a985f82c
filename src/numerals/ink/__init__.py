"""Photograph -> ink: illumination, rules and boxes removed, lines and glyphs found."""

from numerals.ink.cuts import cut_apart
from numerals.ink.lines import InkLine
from numerals.ink.normalize import to_mnist
from numerals.ink.page import PageInk, digit_from_picture, find_page_ink, find_single_part
from numerals.ink.parts import Part, merge

__all__ = [
    "InkLine",
    "PageInk",
    "Part",
    "cut_apart",
    "digit_from_picture",
    "find_page_ink",
    "find_single_part",
    "merge",
    "to_mnist",
]
