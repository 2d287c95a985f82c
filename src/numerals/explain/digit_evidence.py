"""Evidence for the answer to one digit in a picture: occlusion maps and similar training digits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data import CATALOGUE, is_on_disk, load_or_read_digits
from numerals.diagnosis import Finding
from numerals.diagnosis.property_texts import MIN_UNUSUAL_SHARE
from numerals.diagnosis.training_ranges import load_ranges
from numerals.explain.occlusion import Occlusion
from numerals.ink.mnist_digits import digits_to_mnist
from numerals.models import Model
from numerals.records import Digits
from numerals.search import LookAlikes, find_look_alikes

N_NEIGHBORS = 10
"""Number of similar training digits."""
MIN_AGREEING_SHARE = 0.8
"""Share of similar digits with the label of the answer below which the shape is ambiguous."""


@dataclass(frozen=True, eq=False)
class DigitEvidence:
    """Evidence for the answer to one digit.

    Attributes
    ----------
    answer, runner_up : str
        The two most probable classes.
    for_answer, against_runner_up : ndarray of float64, shape (28, 28)
        Decrease of the log-odds of the answer, against all classes and against the runner-up, if
        the pixel is covered.
    digits : Digits, optional
        Training digits that were searched; None if the script has none on disk.
    look_alikes : LookAlikes, optional
        The most similar of them.
    """

    answer: str
    runner_up: str
    for_answer: npt.NDArray[np.float64]
    against_runner_up: npt.NDArray[np.float64]
    digits: Digits | None = None
    look_alikes: LookAlikes | None = None

    @property
    def neighbor_labels(self) -> list[str]:
        """Labels of the similar digits, most similar first."""
        if self.digits is None or self.look_alikes is None:
            return []
        return [self.digits.classes[label] for label in self.look_alikes.labels]

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON."""
        neighbors = None
        if self.digits is not None and self.look_alikes is not None:
            found = self.look_alikes.to_dict(self.digits.classes)["look_alikes"]
            neighbors = {"data": self.digits.name, "digits": found}
        return {
            "answer": self.answer,
            "runner_up": self.runner_up,
            "occlusion": self.for_answer.round(4).tolist(),
            "why_not": self.against_runner_up.round(4).tolist(),
            "neighbors": neighbors,
        }


def find_evidence(
    model: Model, image: npt.NDArray[np.uint8], digits: Digits | None
) -> DigitEvidence:
    """Return the evidence for a model's answer to a digit.

    Parameters
    ----------
    model : Model
    image : ndarray of uint8, shape (28, 28)
    digits : Digits, optional
        Training digits of 28x28 pixels; their mean image covers parts of the digit.
    """
    proba = model.predict_proba(image[None])[0]
    answer, runner_up = (int(i) for i in np.argsort(-proba, kind="stable")[:2])
    fill: Any = 0 if digits is None else digits.images.mean(axis=0).round().astype(np.uint8)
    occlusion = Occlusion(model, fill=fill)
    similar = (
        None if digits is None else find_look_alikes(image, digits, min_weight=0.0, top=N_NEIGHBORS)
    )
    return DigitEvidence(
        model.classes[answer],
        model.classes[runner_up],
        occlusion.attribute(image, answer).values,
        occlusion.attribute(image, answer, runner_up).values,
        digits,
        similar,
    )


def load_training_digits(script: str, data: str | None = None) -> Digits | None:
    """Return the training digits of a data set, as 28x28 pixels.

    Parameters
    ----------
    script : str
    data : str, optional
        Name or path of a data set; by default the first one of the script that is on disk.

    Returns
    -------
    Digits or None
        None if the script has no data set on disk.
    """
    of_script = [name for name, data_set in CATALOGUE.items() if data_set.script == script]
    name = data or next((name for name in of_script if is_on_disk(name, "train")), None)
    if name is None:
        return None
    digits = load_or_read_digits(name, split="train")
    return digits_to_mnist(digits)


def neighbor_findings(evidence: DigitEvidence, script: str) -> list[Finding]:
    """Return what the similar training digits tell: their classes, and whether any is similar."""
    if evidence.look_alikes is None or evidence.digits is None:
        return []
    labels, similarity = evidence.neighbor_labels, float(evidence.look_alikes.similarities[0])
    counts = sorted(((labels.count(name), name) for name in set(labels)), reverse=True)
    shown = ", ".join(f"{name} ({count})" for count, name in counts)
    is_mixed = labels.count(evidence.answer) < MIN_AGREEING_SHARE * len(labels)
    text = f"The {len(labels)} most similar training digits are labelled {shown}."
    advice = "The shape is between these digits: write it more clearly." if is_mixed else ""
    findings = [Finding("neighbors", "unusual" if is_mixed else "typical", text, advice)]
    ranges = load_ranges(script, "digits")
    if ranges is not None and ranges.similarity is not None:
        below = ranges.similarity.share_above(similarity)
        text = f"Its similarity to the nearest training digit is {similarity:.2f}"
        low, high = ranges.similarity.typical
        text += f" (typical {low:.2f} to {high:.2f})"
        if below >= MIN_UNUSUAL_SHARE:
            text += f", lower than for {below:g} % of the training digits"
        is_far = below >= MIN_UNUSUAL_SHARE
        findings.append(
            Finding(
                "similarity",
                "unusual" if is_far else "typical",
                f"{text}.",
                value=similarity,
                typical=(low, high),
            )
        )
    return findings
