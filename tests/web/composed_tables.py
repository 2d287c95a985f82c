"""Pictures of ruled tables with composed numbers, for tests that do not judge the reading."""

import cv2
import numpy as np
from served import digit_rows

WIDTH, HEIGHT, DIGIT = 190, 100, 48  # pixels of a cell, and of a digit


def ruled_table(texts: list[list[str]]) -> np.ndarray:
    """Return a page with a ruled table of numbers, dark on white; empty texts are empty cells."""
    n_rows, n_columns = len(texts), len(texts[0])
    page = np.full((n_rows * HEIGHT + 120, n_columns * WIDTH + 120), 245, np.uint8)
    for row in range(n_rows + 1):
        cv2.line(page, (60, 60 + row * HEIGHT), (60 + n_columns * WIDTH, 60 + row * HEIGHT), 60, 2)
    for column in range(n_columns + 1):
        x = 60 + column * WIDTH
        cv2.line(page, (x, 60), (x, 60 + n_rows * HEIGHT), 60, 2)
    for row, column in np.ndindex(n_rows, n_columns):
        if texts[row][column]:
            _write(page, texts[row][column], 60 + column * WIDTH + 24, 60 + row * HEIGHT + 26)
    return page


def _write(page: np.ndarray, text: str, left: int, top: int) -> None:
    parts = [cv2.resize(np.array(each, np.uint8), (DIGIT, DIGIT)) for each in digit_rows(text)]
    ink = np.hstack([part[:, 6:-6] for part in parts]).astype(np.float32)
    height, width = ink.shape
    target = page[top : top + height, left : left + width]
    target[:] = np.minimum(target, (245 - 0.85 * ink).astype(np.uint8))
