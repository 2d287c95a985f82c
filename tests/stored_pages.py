"""Pages as a reader returns them, and their pictures."""

import numpy as np

from numerals.records import Digit, Line, Page


def line_of(text: str, confidence: float = 0.5, top: int = 20) -> Line:
    digits = tuple(
        Digit(c, confidence, (20 + 30 * i, top, 45 + 30 * i, top + 40), (("3", 0.1),))
        for i, c in enumerate(text)
    )
    box = (20, top, 15 + 30 * len(text), top + 40)
    return Line(text, confidence, box, digits, (("11", 0.2),))


def page_of(*lines: Line, turn: float = 0.0, number: int = 1) -> Page:
    return Page(lines, 400, 300, "page.png", number, "latin", turn)


def pixels_of(height: int = 300, width: int = 400) -> np.ndarray:
    return np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))
