"""Find and normalize the ink in pictures of one line or one digit."""

from numerals.ink.connected_components import Component, merge_components
from numerals.ink.ink_line import InkLine
from numerals.ink.normalize import to_mnist
from numerals.ink.page_ink import PageInk, find_field_ink
from numerals.ink.single_digit import (
    digit_from_picture,
    find_digit_component,
    glyph_to_mnist,
    is_single_digit_image,
)
from numerals.ink.touching_digits import cut_touching_digits
from numerals.ink.uniform_background import stretch_mask

__all__ = [
    "Component",
    "InkLine",
    "PageInk",
    "cut_touching_digits",
    "digit_from_picture",
    "find_digit_component",
    "find_field_ink",
    "glyph_to_mnist",
    "is_single_digit_image",
    "merge_components",
    "stretch_mask",
    "to_mnist",
]
