"""The pipeline of pixel-based methods, and access to its parameters by short names."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from numerals.classifiers.pixel_transformers import DenoisePCA, Deskew, ScalePixels
from numerals.errors import DataError, UnknownNameError

_OFF = "passthrough"
_STEPS: dict[str, Callable[[Any], Any]] = {
    "deskew": lambda value: Deskew(),
    "scale": lambda value: ScalePixels(),
    "denoise": lambda value: DenoisePCA() if value is True else DenoisePCA(value),
    "pca": lambda value: PCA(60 if value is True else value, random_state=0),
}
"""Step -> factory of its transformer from the value of ``--set STEP=VALUE``."""


def pixel_pipeline(
    classifier: Any, *, scale: bool = True, pca: int | None = None, deskew: bool = False
) -> Pipeline:
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
    Pipeline
        With the steps ``deskew``, ``scale``, ``denoise``, ``pca``, ``classify``.
    """
    values = {"deskew": deskew, "scale": scale, "pca": pca}
    steps = [(name, _make_step(name, values.get(name))) for name in _STEPS]
    return Pipeline([*steps, ("classify", classifier)])


def apply_settings(estimator: Any, settings: Mapping[str, Any]) -> Any:
    """Set parameters by their short names, as in ``--set``, and return the estimator.

    Parameters
    ----------
    estimator : estimator
        Changed in place.
    settings : mapping of str to value
        As in `find_parameter`.

    Raises
    ------
    UnknownNameError
        If a setting is unknown; the message lists the known ones.
    """
    for name in sorted(settings, key=lambda name: name not in _STEPS):  # steps before parameters
        parameter, value = find_parameter(estimator, name, settings[name])
        estimator.set_params(**{parameter: value})
    return estimator


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
        elif isinstance(value, BaseEstimator) or name in ("steps", "memory", "verbose"):
            continue
        elif step in ("classify", "estimator") and parameter:
            names.add(parameter.removeprefix("estimator__"))
        elif step not in _STEPS and name != "transform_input":
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


def set_image_shape(estimator: Any, image_shape: tuple[int, int]) -> Any:
    """Set every parameter ``image_shape`` of an estimator and its steps; return the estimator."""
    parameters = [name for name in estimator.get_params() if name.split("__")[-1] == "image_shape"]
    return estimator.set_params(**dict.fromkeys(parameters, image_shape))


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
