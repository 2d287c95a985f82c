"""Decode images and PDF pages to upright pixels, within limits of size and memory.

Every failure is an `~numerals.errors.ImageError` that names the source and, if there are several
pages, the page.
"""

from numerals.images.limits import DEFAULT_LIMITS, Limits
from numerals.images.natural_order import natural_key
from numerals.images.path_patterns import picture_paths
from numerals.images.sources import (
    ALL_PAGES,
    PageRange,
    Picture,
    Source,
    count_pages,
    load_picture,
    load_pictures,
)

__all__ = [
    "ALL_PAGES",
    "DEFAULT_LIMITS",
    "Limits",
    "PageRange",
    "Picture",
    "Source",
    "count_pages",
    "load_picture",
    "load_pictures",
    "natural_key",
    "picture_paths",
]
