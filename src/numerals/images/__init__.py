"""Bytes to pixels: decoding, orientation, PDF pages, limits.

Every failure is an `~numerals.errors.ImageError` that names the source and, where there are
several, the page.
"""

from numerals.images.limits import DEFAULT_LIMITS, Limits
from numerals.images.paths import natural_key, picture_paths
from numerals.images.sources import Picture, Source, load_picture, load_pictures

__all__ = [
    "DEFAULT_LIMITS",
    "Limits",
    "Picture",
    "Source",
    "load_picture",
    "load_pictures",
    "natural_key",
    "picture_paths",
]
