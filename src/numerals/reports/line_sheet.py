"""Draw sheets of text lines: the strips that a line model reads, each with its text below."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import load_corrections, require_lines
from numerals.corrections.correction_digits import extract_line_image
from numerals.files import open_atomic
from numerals.models.line_model import STRIP_HEIGHT
from numerals.picture_encoding import encode_png
from numerals.private_files import private_umask
from numerals.scripts import to_ascii_digits
from numerals.synthesis.line_sets import Lines

MAX_SHEET_LINES = 120
"""Maximum number of lines on a sheet; the first ones are drawn."""

_SHEET_WIDTH = 1200  # pixels
_CAPTION_HEIGHT = 14  # pixels


def write_line_sheet(lines: Lines, path: Path) -> None:
    """Write the first lines with their texts to a PNG file atomically."""
    with open_atomic(path) as stream:
        stream.write(encode_png(draw_line_sheet(lines)))


def draw_line_sheet(lines: Lines, max_lines: int = MAX_SHEET_LINES) -> npt.NDArray[np.uint8]:
    """Draw the first lines in rows, with their texts below.

    Parameters
    ----------
    lines : Lines
    max_lines : int

    Returns
    -------
    ndarray of uint8, shape (height, 1200)
        Ink bright on dark.
    """
    rows: list[list[npt.NDArray[np.uint8]]] = [[]]
    for image, text in zip(lines.images[:max_lines], lines.texts[:max_lines], strict=True):
        tile = np.pad(image[:, :_SHEET_WIDTH], ((0, _CAPTION_HEIGHT + 2), (0, 8)))
        origin = (2, STRIP_HEIGHT + _CAPTION_HEIGHT - 4)
        caption = to_ascii_digits(text)
        cv2.putText(tile, caption, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.35, 255, 1, cv2.LINE_AA)
        if rows[-1] and sum(t.shape[1] for t in rows[-1]) + tile.shape[1] > _SHEET_WIDTH:
            rows.append([])
        rows[-1].append(tile)
    strips = [np.concatenate(row, axis=1)[:, :_SHEET_WIDTH] for row in rows if row]
    padded = [np.pad(strip, ((0, 0), (0, _SHEET_WIDTH - strip.shape[1]))) for strip in strips]
    return np.concatenate(padded)


def write_correction_sheet(script: str, path: Path) -> int:
    """Write the first corrected lines of a script, with their texts, to a private PNG file.

    Parameters
    ----------
    script : str
    path : Path

    Returns
    -------
    int
        Number of corrected lines, of which the sheet shows the first ones.
    """
    lines = require_lines(load_corrections(script), script)
    shown = lines[:MAX_SHEET_LINES]
    texts = tuple(
        "".join(c if c.isascii() or c.isdigit() else "?" for c in line.text) for line in shown
    )
    with private_umask():
        write_line_sheet(Lines(tuple(extract_line_image(line) for line in shown), texts), path)
    return len(lines)
