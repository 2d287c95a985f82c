"""A pipeline for pictures of digits, and its settings by short names."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from numerals.classifiers.pixel_transformers import DenoisePCA, Deskew, ScalePixels
from numerals.errors import DataError, UnknownNameError

_OFF = "passthrough"
_SWITCHES: dict[str, Callable[[Any], Any]] = {
    "deskew": lambda value: Deskew(),
    "scale": lambda value: ScalePixels(),
    "denoise": lambda value: DenoisePCA() if value is True else DenoisePCA(value),
    "pca": lambda value: PCA(60 if value is True else value, random_state=0),
}
"""Step -> what ``--set STEP=VALUE`` puts there; false, 0 and none leave the step out."""


def pixel_pipeline(
    classifier: Any, *, scale: bool = True, pca: int | None = None, deskew: bool = False
) -> Pipeline:
    """Return the steps that every method on pixels has; those not asked for let images through.

    Parameters
    ----------
    classifier : estimator
        The last step, ``classify``.
    scale : bool, default=True
        Whether grey levels are scaled to 0 to 1.
    pca : int, optional
        How many principal components the classifier sees instead of pixels.
    deskew : bool, default=False
        Whether the slant is taken out of each digit first.

    Returns
    -------
    Pipeline
        Of ``deskew``, ``scale``, ``denoise``, ``pca``, ``classify``.
    """
    chosen = {"deskew": deskew, "scale": scale, "pca": pca}
    steps = [(name, _switch(name, chosen.get(name))) for name in _SWITCHES]
    return Pipeline([*steps, ("classify", classifier)])


def apply_settings(estimator: Any, settings: Mapping[str, Any]) -> Any:
    """Set parameters by the names that ``--set`` takes, and return the estimator.

    Parameters
    ----------
    estimator : estimator
        Is changed.
    settings : mapping of str to value
        As in `find_parameter`.

    Raises
    ------
    UnknownNameError
        If there is no such setting; the message lists those that there are.
    """
    for name in sorted(settings, key=lambda name: name not in _SWITCHES):  # steps, then theirs
        parameter, value = find_parameter(estimator, name, settings[name])
        estimator.set_params(**{parameter: value})
    return estimator


def find_parameter(estimator: Any, name: str, value: Any) -> tuple[str, Any]:
    """Return the parameter that a setting means, and its value.

    Parameters
    ----------
    estimator : estimator
        A pipeline, or a classifier alone.
    name : str
        A step of pixels (``pca``, ``denoise``, ``deskew``, ``scale``), a parameter of the
        classifier or of what it wraps (``C``), or scikit-learn's full name
        (``classify__estimator__C``).
    value : object
        Of a step: a number of components, or whether it is done at all.

    Raises
    ------
    UnknownNameError
        If there is no such setting.
    """
    known = estimator.get_params()
    if name in _SWITCHES and name in known:
        return name, _switch(name, value)
    for prefix in ("classify__", "classify__estimator__", "estimator__", ""):
        if prefix + name in known:
            return prefix + name, value
    raise UnknownNameError("setting", name, setting_names(estimator))


def setting_names(estimator: Any) -> list[str]:
    """Return the short names of an estimator's settings."""
    names = set()
    for name, value in estimator.get_params().items():
        step, _, parameter = name.partition("__")
        if name in _SWITCHES:
            names.add(name)
        elif isinstance(value, BaseEstimator) or name in ("steps", "memory", "verbose"):
            continue
        elif step in ("classify", "estimator") and parameter:
            names.add(parameter.removeprefix("estimator__"))
        elif step not in _SWITCHES and name != "transform_input":
            names.add(name)
    return sorted(names)


def parse_setting(text: str) -> tuple[str, Any]:
    """Read a setting as it is written on a command line.

    Parameters
    ----------
    text : str
        ``"C=0.1"``; true, false, none, numbers, text, or several of these with commas.

    Returns
    -------
    name : str
    value : bool, None, int, float, str, or tuple of these

    Raises
    ------
    DataError
        If there is no ``=``, or no name before it.

    Examples
    --------
    >>> parse_setting("widths=24,48,96")
    ('widths', (24, 48, 96))
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise DataError(f"setting {text!r} must be of the form name=value, such as pca=60")
    parts = [_parse_value(part.strip()) for part in value.split(",")]
    return name.strip(), parts[0] if len(parts) == 1 else tuple(parts)


def set_image_shape(estimator: Any, image_shape: tuple[int, int]) -> Any:
    """Tell every part that asks for it the height and width of the images; return the estimator."""
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


def _switch(name: str, value: Any) -> Any:
    if value is None or value is False or value in (0, "none", _OFF):
        return _OFF
    return value if isinstance(value, BaseEstimator) else _SWITCHES[name](value)
