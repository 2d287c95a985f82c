"""A model's answers for a data set, and Kaggle's file of them. Needs no extra for ONNX models."""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.csv_cells import SafeWriter
from numerals.evaluation import match_digits
from numerals.files import open_for_replace
from numerals.models import Model
from numerals.records import Digits


@dataclass(frozen=True)
class Prediction:
    """A model's answer for one image.

    Attributes
    ----------
    image_id : int
        Which image of the data, from 1.
    label : int or str
        The digit; the class's name where that is no digit.
    confidence : float in [0, 1]
    """

    image_id: int
    label: int | str
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "image_id": self.image_id,
            "label": self.label,
            "confidence": round(self.confidence, 4),
        }


def predict_digits(model: Model, digits: Digits) -> list[Prediction]:
    """Classify every digit of a data set.

    Parameters
    ----------
    model : Model
    digits : Digits
        Labels are not looked at. Images of another size are centred in 28x28 as MNIST's are, if
        that is what the model takes.

    Returns
    -------
    list of Prediction
        In the order of the images.

    Raises
    ------
    DataError
        If there are none, or they cannot be brought to the size that the model takes.
    """
    proba = model.predict_proba(images_for(model, digits))
    labels = [int(name) if name.isdecimal() else name for name in model.classes]
    answers = zip(proba.argmax(axis=1).tolist(), proba.max(axis=1).tolist(), strict=True)
    return [Prediction(i, labels[answer], float(p)) for i, (answer, p) in enumerate(answers, 1)]


def images_for(model: Model, digits: Digits) -> npt.NDArray[np.uint8]:
    """Return the images at the size that a model takes, whatever their labels are.

    Raises
    ------
    DataError
        If there are none, or they cannot be brought to that size.
    """
    unlabelled = replace(digits, labels=np.zeros_like(digits.labels), classes=model.classes)
    return match_digits(unlabelled, model).images


def submission(predictions: list[Prediction], *, confidence: bool = False) -> str:
    """Return Kaggle's CSV: ``ImageId,Label``, and with `confidence` a column more.

    Examples
    --------
    >>> print(submission([Prediction(1, 7, 0.98)]), end="")
    ImageId,Label
    1,7
    """
    text = io.StringIO()
    table = SafeWriter(text)
    table.writerow(["ImageId", "Label", *(["Confidence"] * confidence)])
    for row in predictions:
        table.writerow([row.image_id, row.label, *([f"{row.confidence:.4f}"] * confidence)])
    return text.getvalue()


def write_submission(
    predictions: list[Prediction], path: str | Path, *, confidence: bool = False
) -> None:
    """Write Kaggle's CSV; the file is replaced whole or not at all."""
    with open_for_replace(Path(path)) as stream:
        stream.write(submission(predictions, confidence=confidence).encode())
