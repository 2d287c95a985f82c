"""Digits, letters and signs of openly licensed handwriting fonts, rendered as MNIST centres them.

``font_glyphs.npz`` lies beside this file; ``tools/render_font_glyphs.py`` made it, and its
``fonts`` array names each font with its version. All are under the SIL Open Font License 1.1.
"""

import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt

_FILE = Path(__file__).with_name("font_glyphs.npz")


@functools.cache
def load_font_glyphs() -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Load the glyphs of every font.

    Returns
    -------
    glyphs : ndarray of uint8, shape (n_fonts, n_characters, 28, 28)
        Ink bright; all zero where a font lacks a character.
    characters : tuple of str
        What each glyph shows.
    """
    with np.load(_FILE, allow_pickle=False) as archive:
        return archive["images"], tuple(str(c) for c in archive["characters"])
