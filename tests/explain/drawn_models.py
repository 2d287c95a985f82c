"""Digits of handwriting fonts, and a model that wraps any estimator."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs

SIDE = 14  # pixels, half of the glyphs' side: fitting is quick


def draw_digits(first: int, last: int, name: str) -> Digits:
    """Return the ten digits of the fonts in ``range(first, last)``."""
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(c) for c in "0123456789"]
    images = glyphs[first:last, columns].reshape(-1, 28, 28).astype(np.uint16)
    halves = images.reshape(len(images), SIDE, 2, SIDE, 2).mean(axis=(2, 4))
    return Digits(halves.astype(np.uint8), np.tile(np.arange(10), last - first), name=name)


@dataclass
class FakeModel:
    """Wraps an estimator with the interface of `EstimatorModel`."""

    estimator: Any
    classes: tuple[str, ...] = tuple("0123456789")
    script: str = "latin"
    image_shape: tuple[int, int] = (SIDE, SIDE)
    metadata: dict[str, str] = field(default_factory=dict)

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        proba = np.zeros((len(images), len(self.classes)), np.float32)
        learned = self.estimator.predict_proba(images.reshape(len(images), -1))
        proba[:, np.asarray(self.estimator.classes_, int)] = learned
        return proba
