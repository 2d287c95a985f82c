"""Whether a data set stores its pictures with rows and columns exchanged, as EMNIST does."""

from dataclasses import replace

import numpy as np

from numerals.evaluation.digit_metrics import digit_accuracy
from numerals.evaluation.model_evaluation import match_digits
from numerals.models import Model, load_model
from numerals.records import Digits

_TELLING = tuple("2345679")  # 0, 1 and 8 look much the same either way
_OF_EACH = 15  # digits of a class that are judged
_MIN_JUDGED = 10
_MIN_CLASSES = 3
# Accuracies of the shipped model on those classes, measured on the catalogue's data sets: MNIST
# 100 % as stored and 4 % transposed, EMNIST's digits 2 % and 99 %; other scripts at most 28 %.
_READS_TRANSPOSED = 0.75
_READS_AS_STORED = 0.5


def looks_transposed(digits: Digits, model: Model | None = None, *, file_name: str = "") -> bool:
    """Tell whether a model reads digits far better with rows and columns exchanged.

    Parameters
    ----------
    digits : Digits
        Of them at most 15 of each class are judged.
    model : Model, optional
        Of Latin digits; by default the one in use.
    file_name : str
        Decides where labels of Latin digits are missing: EMNIST's files are stored transposed.

    Returns
    -------
    bool
        False too where it cannot be told: few digits, or another script.

    References
    ----------
    Cohen, Afshar, Tapson, van Schaik: EMNIST: an extension of MNIST to handwritten letters (2017).
    """
    if digits.script != "latin" or not digits.images.size:
        return False
    judged = _telling_digits(digits)
    if len(judged) < _MIN_JUDGED or len(np.unique(judged.labels)) < _MIN_CLASSES:
        return _is_emnist(file_name)
    model = model or load_model("latin")
    stored = _accuracy(model, judged)
    if stored > _READS_AS_STORED:
        return False
    turned = replace(judged, images=np.ascontiguousarray(judged.images.transpose(0, 2, 1)))
    return _accuracy(model, turned) >= _READS_TRANSPOSED or _is_emnist(file_name)


def _is_emnist(file_name: str) -> bool:
    name = file_name.lower()
    return "emnist" in name and ("idx3" in name or name.endswith((".mat", ".csv", ".csv.gz")))


def _telling_digits(digits: Digits) -> Digits:
    """Return some digits of each class that shows how a picture is turned, as Latin digits."""
    rng = np.random.default_rng(0)  # labels may recur in a fixed order
    places, labels = [], []
    for name in _TELLING:
        label = digits.classes.index(name) if name in digits.classes else -2
        found = rng.permutation(np.flatnonzero(digits.labels == label))[:_OF_EACH]
        places.append(found)
        labels += [int(name)] * len(found)
    images = digits.images[np.concatenate(places)]
    return Digits(images, np.array(labels, np.int64), name=digits.name)


def _accuracy(model: Model, digits: Digits) -> float:
    matched = match_digits(digits, model)
    return digit_accuracy(model.predict_proba(matched.images), matched.labels).accuracy
