"""The pipeline of pixel-based methods, and access to its parameters by short names."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.utils.metaestimators import available_if

from numerals.classifiers.pixel_transformers import (
    DenoisePCA,
    Deskew,
    ScalePixels,
    flatten_images,
)
from numerals.errors import DataError, UnknownNameError

_OFF = "passthrough"
_STEPS: dict[str, Callable[[Any], Any]] = {
    "deskew": lambda value: Deskew(),
    "scale": lambda value: ScalePixels(),
    "denoise": lambda value: DenoisePCA() if value is True else DenoisePCA(value),
    "pca": lambda value: PCA(60 if value is True else value, random_state=0),
}
"""Step -> factory of its transformer from the value of ``--set STEP=VALUE``."""
_OWN_PARAMETERS = ("steps", "memory", "verbose", "transform_input")  # of scikit-learn's Pipeline


class PixelPipeline(Pipeline):  # type: ignore[misc]
    """scikit-learn's `Pipeline` for images, with short names of its settings.

    X may be rows of pixels or images of shape (n_samples, height, width). `set_params` also takes
    the names that ``--set`` takes, so that a grid search over ``{"C": [1, 10], "pca": [30, None]}``
    works: a step (``pca``, ``denoise``, ``deskew``, ``scale``) is set to its number of components
    or to True, and switched off by False, None or 0; other names are parameters of the classifier
    or of the estimator that it wraps.

    Attributes
    ----------
    image_shape_ : tuple of int, or None
        Height and width of the images that `fit` got; None if it got rows of pixels.
    n_features_in_ : int

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> pipeline = pixel_pipeline(LogisticRegression()).set_params(C=0.1, pca=30)
    >>> pipeline.named_steps["pca"].n_components, pipeline.named_steps["classify"].C
    (30, 0.1)
    """

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Fit the steps.

        Parameters
        ----------
        X : array-like, shape (n_samples, height * width) or (n_samples, height, width)
            Grey levels. Images that are not square set the parameter ``image_shape`` of each step
            that has it, unless it is set.
        y : array-like, shape (n_samples,)
        **params
            As in scikit-learn's `Pipeline`.
        """
        rows, image_shape = flatten_images(X)
        learned = vars(self).get("image_shape_")
        self.image_shape_ = image_shape
        if image_shape is not None:
            names = image_shape_parameters(self)
            unset = [name for name in names if self.get_params()[name] in (None, learned)]
            is_square = image_shape[0] == image_shape[1]
            self.set_params(**dict.fromkeys(unset, None if is_square else image_shape))
        super().fit(rows, y, **params)
        return self

    def predict(self, X: Any, **params: Any) -> npt.NDArray[Any]:
        """Return the class of each image, shape (n_samples,)."""
        predictions: npt.NDArray[Any] = super().predict(self._to_rows(X), **params)
        return predictions

    @available_if(lambda self: hasattr(self._final_estimator, "predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any, **params: Any) -> npt.NDArray[Any]:
        """Return the probability of each class, shape (n_samples, n_classes)."""
        proba: npt.NDArray[Any] = super().predict_proba(self._to_rows(X), **params)
        return proba

    @available_if(lambda self: hasattr(self._final_estimator, "decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any, **params: Any) -> npt.NDArray[Any]:
        """Return the scores of the classifier: (n_samples, n_classes), or (n_samples,) for two."""
        scores: npt.NDArray[Any] = super().decision_function(self._to_rows(X), **params)
        return scores

    @available_if(lambda self: hasattr(self._final_estimator, "kneighbors"))  # type: ignore[untyped-decorator]
    def kneighbors(self, X: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Find the nearest training images, as the classifier's `kneighbors` does.

        Returns
        -------
        values : ndarray of float64, shape (n_samples, n_neighbors)
            Similarities or distances after the steps before the classifier.
        indices : ndarray of int64, shape (n_samples, n_neighbors)
        """
        rows = self._to_rows(X)
        prepared = self[:-1].transform(rows) if len(self.steps) > 1 else rows
        values, indices = self._final_estimator.kneighbors(prepared)
        return values, indices

    def score(self, X: Any, y: Any = None, sample_weight: Any = None, **params: Any) -> float:
        """Return the accuracy, in [0, 1]."""
        rows = self._to_rows(X)
        return float(super().score(rows, y, sample_weight=sample_weight, **params))

    def set_params(self, **params: Any) -> Self:
        """Set parameters by their short names or by scikit-learn's names.

        Raises
        ------
        UnknownNameError
            If a parameter is unknown; the message lists the short names.
        """
        for name in sorted(params, key=lambda name: name not in _STEPS):  # steps before parameters
            parameter, value = find_parameter(self, name, params[name])
            super().set_params(**{parameter: value})
        return self

    @property
    def n_features_in_(self) -> int:
        """Number of pixels that `fit` got."""
        first = next(step for _, step in self.steps if step != _OFF)
        return int(first.n_features_in_)

    def _to_rows(self, X: Any) -> Any:
        rows, image_shape = flatten_images(X)
        learned = vars(self).get("image_shape_")
        if image_shape and learned and image_shape != learned:
            raise ValueError(
                f"images of {image_shape[0]}x{image_shape[1]} pixels, but the classifier was "
                f"fitted to images of {learned[0]}x{learned[1]}; resize them"
            )
        return rows


def pixel_pipeline(
    classifier: Any, *, scale: bool = True, pca: int | None = None, deskew: bool = False
) -> PixelPipeline:
    """Return the pipeline of a method on pixels; steps that are off are passthrough.

    Parameters
    ----------
    classifier : estimator
        The last step, ``classify``.
    scale : bool, default=True
        Whether gray levels are scaled to [0, 1].
    pca : int, optional
        Number of principal components that replace the pixels.
    deskew : bool, default=False
        Whether the slant of each digit is removed first.

    Returns
    -------
    PixelPipeline
        With the steps ``deskew``, ``scale``, ``denoise``, ``pca``, ``classify``.
    """
    values = {"deskew": deskew, "scale": scale, "pca": pca}
    steps = [(name, _make_step(name, values.get(name))) for name in _STEPS]
    return PixelPipeline([*steps, ("classify", classifier)])


def apply_settings(estimator: Any, settings: Mapping[str, Any]) -> Any:
    """Set parameters by their short names and return the estimator, changed in place.

    Parameters
    ----------
    estimator : estimator
        Of a method: a `PixelPipeline`, or a classifier alone.
    settings : mapping of str to value

    Raises
    ------
    UnknownNameError
        If a setting is unknown; the message lists the known ones.
    """
    if not isinstance(estimator, PixelPipeline):
        for name in settings:
            find_parameter(estimator, name, settings[name])
    return estimator.set_params(**settings)


def find_parameter(estimator: Any, name: str, value: Any) -> tuple[str, Any]:
    """Return the full parameter name and the value of a setting.

    Parameters
    ----------
    estimator : estimator
        A pipeline, or a classifier alone.
    name : str
        A step (``pca``, ``denoise``, ``deskew``, ``scale``), a parameter of the classifier or of
        the estimator that it wraps (``C``), or scikit-learn's full name
        (``classify__estimator__C``).
    value : object
        For a step: the number of components, or True; False, None and 0 for passthrough.

    Raises
    ------
    UnknownNameError
        If the setting is unknown.
    """
    known = estimator.get_params()
    if name in _STEPS and name in known:
        return name, _make_step(name, value)
    if name in _OWN_PARAMETERS and name in known:
        return name, value
    for prefix in ("classify__", "classify__estimator__", "estimator__", ""):
        if prefix + name in known:
            return prefix + name, value
    raise UnknownNameError("setting", name, setting_names(estimator))


def setting_names(estimator: Any) -> list[str]:
    """Return the short names of an estimator's settings."""
    names = set()
    for name, value in estimator.get_params().items():
        step, _, parameter = name.partition("__")
        if name in _STEPS:
            names.add(name)
        elif isinstance(value, BaseEstimator) or name in _OWN_PARAMETERS:
            continue
        elif step in ("classify", "estimator") and parameter:
            names.add(parameter.removeprefix("estimator__"))
        elif step not in _STEPS:
            names.add(name)
    return sorted(names)


def parse_setting(text: str) -> tuple[str, Any]:
    """Parse a setting of the command line.

    Parameters
    ----------
    text : str
        Such as ``"C=0.1"``. Values are true, false, none, numbers, text, or a list of these
        separated by commas.

    Returns
    -------
    name : str
    value : bool, None, int, float, str, or tuple of these

    Raises
    ------
    DataError
        If `text` has no ``=``, or no name before it.

    Examples
    --------
    >>> parse_setting("widths=24,48,96")
    ('widths', (24, 48, 96))
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise DataError(f"setting {text!r} must have the form name=value, such as pca=60")
    values = [_parse_value(item.strip()) for item in value.split(",")]
    return name.strip(), values[0] if len(values) == 1 else tuple(values)


def image_shape_parameters(estimator: Any) -> list[str]:
    """Return the names of the parameters ``image_shape`` of an estimator and its steps."""
    return [name for name in estimator.get_params() if name.split("__")[-1] == "image_shape"]


def _parse_value(text: str) -> Any:
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    with contextlib.suppress(ValueError):
        return int(text)
    with contextlib.suppress(ValueError):
        return float(text)
    return text


def _make_step(name: str, value: Any) -> Any:
    if value is None or value is False or value in (0, "none", _OFF):
        return _OFF
    return value if isinstance(value, BaseEstimator) else _STEPS[name](value)
