"""Glyphs of openly licensed handwriting fonts: digits, letters and signs in MNIST's frame.

``tools/render_font_glyphs.py`` writes ``font_glyphs.npz``, which lies beside this file. Its array
``fonts`` has the name and version of each font. All are under the SIL Open Font License 1.1.
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
        The character of each column of `glyphs`.
    """
    with np.load(_FILE, allow_pickle=False) as archive:
        return archive["images"], tuple(str(c) for c in archive["characters"])
