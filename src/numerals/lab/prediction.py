"""Predict the digits of a data set and write Kaggle submissions.

ONNX models need no extra.
"""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.csv_cells import SafeWriter
from numerals.evaluation import match_digits
from numerals.files import open_atomic
from numerals.models import Model
from numerals.records import Digits


@dataclass(frozen=True)
class Prediction:
    """A model's prediction for one image.

    Attributes
    ----------
    image_id : int
        Number of the image in the data set, from 1.
    label : int or str
        The digit's value; the class name if the class is not a digit.
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
        Labels are ignored. Images of another size are normalized to 28x28 as in MNIST if the
        model takes that size.

    Returns
    -------
    list of Prediction
        In the order of the images.

    Raises
    ------
    DataError
        If there are no images, or the model takes a size other than theirs and 28x28.
    """
    proba = model.predict_proba(match_images(model, digits))
    labels = [int(name) if name.isdecimal() else name for name in model.classes]
    answers = zip(proba.argmax(axis=1).tolist(), proba.max(axis=1).tolist(), strict=True)
    return [Prediction(i, labels[answer], float(p)) for i, (answer, p) in enumerate(answers, 1)]


def match_images(model: Model, digits: Digits) -> npt.NDArray[np.uint8]:
    """Return the images in the size that a model takes, whether or not they have labels.

    Raises
    ------
    DataError
        If there are no images, or the model takes a size other than theirs and 28x28.
    """
    placeholder = replace(digits, labels=np.zeros_like(digits.labels), classes=model.classes)
    return match_digits(placeholder, model).images


def submission(predictions: list[Prediction], *, confidence: bool = False) -> str:
    """Return predictions in the CSV format of Kaggle's digit recognizer competition.

    Parameters
    ----------
    predictions : list of Prediction
    confidence : bool, default=False
        Whether to add a column ``Confidence``.

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
    """Write predictions to a CSV file atomically; see `submission`."""
    with open_atomic(Path(path)) as stream:
        stream.write(submission(predictions, confidence=confidence).encode())
