"""The types of an explanation: steps from a picture to its numbers, and findings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from numerals.models import Model
from numerals.records import Box, Page

FindingKind = Literal["unusual", "handled", "typical"]
"""Whether a property may be the cause of an error, is evened out by the reader, or is usual."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step from a picture to an answer.

    Attributes
    ----------
    name : str
        Such as ``"picture"``, ``"ink"``, ``"crop"``, ``"input"`` or ``"answer"``.
    title, text : str
        What was done, and with which result.
    image : ndarray of uint8, shape (height, width) or (height, width, 3), optional
        The result as gray or RGB.
    """

    name: str
    title: str
    text: str
    image: npt.NDArray[np.uint8] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON, with the size of the image only."""
        size = None if self.image is None else [self.image.shape[1], self.image.shape[0]]
        return {"name": self.name, "title": self.title, "text": self.text, "size": size}


@dataclass(frozen=True)
class Finding:
    """A property of a picture, compared with the training data or with what a reader needs.

    Attributes
    ----------
    name : str
        The property.
    kind : {"unusual", "handled", "typical"}
    text : str
        What was found, as a sentence.
    advice : str
        What to do about it; empty where nothing has to be done.
    test : str
        Answer of the model after the property was corrected; empty if it was not tested.
    value : float, optional
    typical : tuple of two float, optional
        5th and 95th percentile of the training data.
    """

    name: str
    kind: FindingKind
    text: str
    advice: str = ""
    test: str = ""
    value: float | None = None
    typical: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "text": self.text,
            "advice": self.advice,
            "test": self.test,
            "value": None if self.value is None else round(self.value, 4),
            "typical": None if self.typical is None else [round(v, 4) for v in self.typical],
        }


@dataclass(frozen=True, eq=False)
class CharacterFrames:
    """What a line model returned for each frame of a strip, and which frames became a character.

    Attributes
    ----------
    characters : tuple of str
        Characters of the columns of `proba` but the last.
    proba : ndarray of float32, shape (n_frames, n_characters + 1)
        Probability of each character in each frame; the last column is the blank.
    text : str
        The characters that were read.
    spans : tuple of (int, int)
        First and last frame of each of them, inclusive.
    stride : int
        Columns of the strip per frame.
    """

    characters: tuple[str, ...]
    proba: npt.NDArray[np.float32]
    text: str
    spans: tuple[tuple[int, int], ...]
    stride: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON; characters below 1 % everywhere are left out."""
        seen = [i for i in range(len(self.characters)) if self.proba[:, i].max() >= 0.01]
        return {
            "characters": [self.characters[i] for i in seen],
            "proba": self.proba[:, seen].astype(float).round(3).tolist(),
            "blank": self.proba[:, -1].astype(float).round(3).tolist(),
            "text": self.text,
            "spans": [list(span) for span in self.spans],
            "stride": self.stride,
        }


@dataclass(frozen=True, eq=False)
class NumberExplanation:
    """The explanation of one number: a line, or a single digit.

    Attributes
    ----------
    kind : {"digit", "line", "glyphs"}
        Read as a single digit, as a line by a line model, or as a line digit by digit.
    text : str
        The answer; empty if no digit was found.
    confidence : float in [0, 1]
    box : Box or None
        In pixels of the original picture.
    alternatives : tuple of (str, float)
    script : str
    steps : tuple of Step
    findings : tuple of Finding
        Unusual ones first.
    frames : CharacterFrames, optional
        Of a line that a line model read.
    image : ndarray of uint8, shape (28, 28), optional
        Model input of a single digit.
    model : Model, optional
        Of a single digit.
    """

    kind: Literal["digit", "line", "glyphs"]
    text: str
    confidence: float
    box: Box | None
    alternatives: tuple[tuple[str, float], ...]
    script: str
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    frames: CharacterFrames | None = None
    image: npt.NDArray[np.uint8] | None = None
    model: Model | None = field(default=None, repr=False)

    @property
    def notable(self) -> tuple[Finding, ...]:
        """The findings that are not typical."""
        return tuple(finding for finding in self.findings if finding.kind != "typical")

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON, without images."""
        return {
            "kind": self.kind,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "box": None if self.box is None else list(self.box),
            "alternatives": [
                {"text": text, "confidence": round(p, 4)} for text, p in self.alternatives
            ],
            "script": self.script,
            "steps": [step.to_dict() for step in self.steps],
            "findings": [finding.to_dict() for finding in self.findings],
            "frames": None if self.frames is None else self.frames.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class PictureExplanation:
    """The explanation of a picture.

    Attributes
    ----------
    page : Page
        The reading, as without an explanation.
    steps : tuple of Step
        Steps that concern the whole picture.
    findings : tuple of Finding
        About the whole picture.
    numbers : tuple of NumberExplanation
        One for each line of the page, in the same order; one for a picture that was judged to
        show no digit.
    """

    page: Page
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    numbers: tuple[NumberExplanation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON, without images."""
        return {
            "source": self.page.source,
            "page": self.page.number,
            "width": self.page.width,
            "height": self.page.height,
            "script": self.page.script,
            "text": self.page.text,
            "steps": [step.to_dict() for step in self.steps],
            "findings": [finding.to_dict() for finding in self.findings],
            "numbers": [number.to_dict() for number in self.numbers],
        }


def sort_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with the unusual ones first, then those that the reader evens out."""
    order: dict[FindingKind, int] = {"unusual": 0, "handled": 1, "typical": 2}
    return tuple(sorted(findings, key=lambda finding: order[finding.kind]))
