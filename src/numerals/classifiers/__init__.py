"""Scikit-learn estimators that classify images of single digits, by name.

Needs the ``lab`` extra. Each family of methods has its own file with a dict ``METHODS``. The tests
run scikit-learn's estimator checks on every estimator of this package in these dicts. Importing
this module imports neither torch nor numba.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from numerals.classifiers import cnn, deformation, linear, mlp, neighbors, svm, trees
from numerals.classifiers.method_entry import Method
from numerals.classifiers.method_names import suggest_methods
from numerals.classifiers.pixel_pipelines import apply_settings
from numerals.errors import UnknownNameError

METHODS: dict[str, Method] = {
    **neighbors.NEIGHBOR_METHODS,
    **deformation.DEFORMATION_METHODS,
    **linear.LINEAR_METHODS,
    **svm.SVM_METHODS,
    **trees.TREE_METHODS,
    **mlp.MLP_METHODS,
    **cnn.CNN_METHODS,
}
"""Name -> method."""


def make_classifier(
    name: str, settings: Mapping[str, Any] = MappingProxyType({}), **more: Any
) -> Any:
    """Make an unfitted estimator.

    Parameters
    ----------
    name : str
        A name in `METHODS`.
    settings : mapping of str to value
        Changes of the defaults: parameters of the classifier such as ``n_neighbors=3``, and
        preprocessing steps: ``pca=60``, ``deskew=True``, ``denoise=60``, ``scale=False``.
        The estimator's `set_params` and scikit-learn's searches take the same names.
    **more
        Further settings.

    Returns
    -------
    estimator
        Its `fit` expects uint8 gray levels: images of shape (n_samples, height, width), or rows of
        pixels of shape (n_samples, height * width).

    Raises
    ------
    UnknownNameError
        If the method or a setting is unknown; the message lists the known ones.

    Examples
    --------
    >>> make_classifier("logistic", C=0.01, pca=60).named_steps["pca"].n_components
    60
    >>> from sklearn.model_selection import GridSearchCV
    >>> search = GridSearchCV(make_classifier("svm-rbf"), {"C": [1, 10], "pca": [30, None]})
    """
    try:
        method = METHODS[name]
    except KeyError:
        raise UnknownNameError("method", name, METHODS, suggest_methods(name, METHODS)) from None
    return apply_settings(method.make(), {**settings, **more})


__all__ = ["METHODS", "Method", "make_classifier"]
