"""How a picture was read, step by step, and how it differs from the training data.

It needs no extra. Every step comes from the reader itself, through a `ReadingTrace`.
"""

from numerals.diagnosis.explain_picture import explain_picture
from numerals.diagnosis.explanation import (
    CharacterFrames,
    Finding,
    NumberExplanation,
    PictureExplanation,
    Step,
)

__all__ = [
    "CharacterFrames",
    "Finding",
    "NumberExplanation",
    "PictureExplanation",
    "Step",
    "explain_picture",
]
