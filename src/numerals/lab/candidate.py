"""Parse the candidates of a comparison: methods with settings, or existing models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numerals.classifiers import METHODS
from numerals.classifiers.method_names import suggest_methods
from numerals.classifiers.pixel_pipelines import parse_setting
from numerals.errors import ModelError, UnknownNameError
from numerals.models import SHIPPED_DIGIT_MODELS, model_path


@dataclass(frozen=True)
class ComparisonCandidate:
    """A method or model that takes part in a comparison.

    Attributes
    ----------
    title : str
        The text that was parsed, such as ``"cosine:pca=60"``.
    name : str
        Name of a method, name of a script, or path of a model file.
    settings : mapping of str to value
        Settings of the method.
    is_method : bool
        Whether it must be fitted first.
    """

    title: str
    name: str
    settings: Mapping[str, Any]
    is_method: bool


def parse_candidate(text: str) -> ComparisonCandidate:
    """Parse a method with its settings, a script or a model file.

    Parameters
    ----------
    text : str
        Such as ``"cosine"``, ``"cosine:pca=60,deskew=true"``, ``"latin"`` or ``"my.onnx"``.

    Raises
    ------
    UnknownNameError
        If it is none of these.
    DataError
        If a setting is not of the form ``name=value``.
    ModelError
        If the file does not exist, or the script's model is in a package that is not installed.

    Examples
    --------
    >>> parse_candidate("logistic:C=0.1").settings
    {'C': 0.1}
    """
    name, _, rest = text.partition(":")
    if name in METHODS:
        # A comma followed by "name=" separates settings; other commas separate values.
        pairs = re.split(r",(?=\s*\w+\s*=)", rest) if rest else []
        return ComparisonCandidate(text, name, dict(map(parse_setting, pairs)), is_method=True)
    try:
        path = model_path(text)
    except UnknownNameError:
        known = {*METHODS, *SHIPPED_DIGIT_MODELS}
        meant = suggest_methods(name, known)
        raise UnknownNameError("method, script or model file", text, known, meant) from None
    if not path.is_file():
        raise ModelError(f"{text}: no such model file; name one that numerals train made")
    return ComparisonCandidate(text, text, {}, is_method=False)
