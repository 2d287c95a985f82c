"""Sheets of text lines: strips as a line model sees them, each with its text below."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import load_corrections, strip_of
from numerals.corrections.correction_files import some_lines
from numerals.files import open_for_replace
from numerals.ink.line_frame import HEIGHT
from numerals.private_files import private_umask
from numerals.synthesis.line_sets import Lines

_SHEET_WIDTH = 1200  # pixels
_CAPTION = 14  # pixels below each line


def write_line_sheet(lines: Lines, path: Path) -> None:
    """Draw the first lines with their texts as a PNG."""
    _, png = cv2.imencode(".png", draw_line_sheet(lines))
    with open_for_replace(path) as stream:
        stream.write(png.tobytes())


def draw_line_sheet(lines: Lines, most: int = 120) -> npt.NDArray[np.uint8]:
    """Return the first lines in rows with their texts below, shape (height, 1200)."""
    rows: list[list[npt.NDArray[np.uint8]]] = [[]]
    for image, text in zip(lines.images[:most], lines.texts[:most], strict=True):
        tile = np.pad(image[:, :_SHEET_WIDTH], ((0, _CAPTION + 2), (0, 8)))
        latin = "".join(c if c.isascii() else str(int(c)) for c in text)
        place = (2, HEIGHT + _CAPTION - 4)
        cv2.putText(tile, latin, place, cv2.FONT_HERSHEY_SIMPLEX, 0.35, 255, 1, cv2.LINE_AA)
        if rows[-1] and sum(t.shape[1] for t in rows[-1]) + tile.shape[1] > _SHEET_WIDTH:
            rows.append([])
        rows[-1].append(tile)
    strips = [np.concatenate(row, axis=1)[:, :_SHEET_WIDTH] for row in rows if row]
    full = [np.pad(strip, ((0, 0), (0, _SHEET_WIDTH - strip.shape[1]))) for strip in strips]
    return np.concatenate(full)


def write_correction_sheet(script: str, path: Path) -> int:
    """Draw the first corrected lines as a model sees them, with their texts, as a PNG.

    Returns
    -------
    int
        How many lines there are in all.
    """
    lines = some_lines(load_corrections(script), script)
    shown = lines[:120]
    texts = tuple("".join(c if c.isascii() or c.isdigit() else "?" for c in x.text) for x in shown)
    with private_umask():
        write_line_sheet(Lines(tuple(strip_of(line) for line in shown), texts), path)
    return len(lines)
