"""One digit image -> class probabilities: scikit-learn estimators, by name.

Needs the ``lab`` extra. A family of methods has a file of its own with a dict ``METHODS``; the
tests hold each estimator of ours that is found in one of them to scikit-learn's contract.
Importing this imports neither torch nor numba.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from numerals.classifiers import cnn, deformation, linear, neighbors, svm, trees
from numerals.classifiers.method_entry import Method
from numerals.classifiers.pixel_pipelines import apply_settings
from numerals.errors import UnknownNameError

METHODS: dict[str, Method] = {
    **neighbors.METHODS,
    **deformation.METHODS,
    **linear.METHODS,
    **svm.METHODS,
    **trees.METHODS,
    **cnn.METHODS,
}
"""Name -> method."""


def make_classifier(name: str, settings: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Make an unfitted estimator.

    Parameters
    ----------
    name : str
        A name in `METHODS`.
    settings : mapping of str to value
        What to change of its defaults: ``n_neighbors=3`` or another parameter of the classifier;
        and where it takes pixels, ``pca=60``, ``deskew=True``, ``denoise=60``, ``scale=False``.

    Returns
    -------
    estimator
        Takes X of shape (n_samples, height * width), the grey levels 0 to 255 as uint8.

    Raises
    ------
    UnknownNameError
        If there is no such method or setting; the message lists those that there are.

    Examples
    --------
    >>> make_classifier("logistic", {"C": 0.01, "pca": 60}).named_steps["pca"].n_components
    60
    """
    try:
        method = METHODS[name]
    except KeyError:
        raise UnknownNameError("method", name, METHODS) from None
    return apply_settings(method.make(), settings)


__all__ = ["METHODS", "Method", "make_classifier"]
