"""Detect data sets whose images are stored transposed, as those of EMNIST are."""

from dataclasses import replace

import numpy as np

from numerals.evaluation.model_evaluation import match_digits
from numerals.metrics.digit_accuracy import digit_accuracy
from numerals.models import Model, load_model
from numerals.records import Digits

_ASYMMETRIC_DIGITS = tuple("2345679")  # 0, 1 and 8 look nearly the same when transposed
_MAX_DIGITS_PER_CLASS = 15
_MIN_DIGITS = 10
_MIN_CLASSES = 3
# Accuracies of the shipped Latin model on these classes, measured on the data sets of the
# catalogue: MNIST 100 % as stored and 4 % transposed, EMNIST's digits 2 % and 99 %; data sets of
# other scripts at most 28 %.
_MIN_TRANSPOSED_ACCURACY = 0.75
_MAX_STORED_ACCURACY = 0.5


def looks_transposed(digits: Digits, model: Model | None = None, *, file_name: str = "") -> bool:
    """Return whether a model reads the digits far better after they are transposed.

    Parameters
    ----------
    digits : Digits
        At most 15 digits of each class are classified.
    model : Model, optional
        A model of Latin digits; by default the active one.
    file_name : str
        Used if too few digits are labelled, or the model reads neither orientation: the images of
        a file with the name of an EMNIST file count as transposed.

    Returns
    -------
    bool
        False also for few digits and for other scripts.

    References
    ----------
    Cohen, Afshar, Tapson, van Schaik: EMNIST: an extension of MNIST to handwritten letters (2017).
    """
    if digits.script != "latin" or not digits.images.size:
        return False
    sample = _sample_asymmetric_digits(digits)
    if len(sample) < _MIN_DIGITS or len(np.unique(sample.labels)) < _MIN_CLASSES:
        return _is_emnist_file(file_name)
    model = model or load_model("latin")
    if _accuracy(model, sample) > _MAX_STORED_ACCURACY:
        return False
    transposed = replace(sample, images=np.ascontiguousarray(sample.images.transpose(0, 2, 1)))
    reads_transposed = _accuracy(model, transposed) >= _MIN_TRANSPOSED_ACCURACY
    return reads_transposed or _is_emnist_file(file_name)


def _is_emnist_file(file_name: str) -> bool:
    name = file_name.lower()
    return "emnist" in name and ("idx3" in name or name.endswith((".mat", ".csv", ".csv.gz")))


def _sample_asymmetric_digits(digits: Digits) -> Digits:
    """Return digits of each asymmetric class, labelled by value 0 to 9."""
    rng = np.random.default_rng(0)  # labels may recur in a fixed order
    indices, labels = [], []
    for name in _ASYMMETRIC_DIGITS:
        label = digits.classes.index(name) if name in digits.classes else -2
        chosen = rng.permutation(np.flatnonzero(digits.labels == label))[:_MAX_DIGITS_PER_CLASS]
        indices.append(chosen)
        labels += [int(name)] * len(chosen)
    images = digits.images[np.concatenate(indices)]
    return Digits(images, np.array(labels, np.int64), name=digits.name)


def _accuracy(model: Model, digits: Digits) -> float:
    matched = match_digits(digits, model)
    return digit_accuracy(model.predict_proba(matched.images), matched.labels).accuracy
