"""One digit image -> class probabilities: scikit-learn estimators, by name.

Needs the ``lab`` extra. A new estimator goes into `CLASSIFIERS`; the tests then hold it to
scikit-learn's contract.
"""

from numerals.classifiers.neighbors import CosineNeighborsClassifier

CLASSIFIERS = {"cosine-neighbors": CosineNeighborsClassifier}
"""Name -> class."""

__all__ = ["CLASSIFIERS", "CosineNeighborsClassifier"]
