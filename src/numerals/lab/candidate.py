"""What takes part in a comparison: a method with settings, or a model that exists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numerals.classifiers import METHODS
from numerals.classifiers.pixel_pipelines import parse_setting
from numerals.errors import ModelError, UnknownNameError
from numerals.models import SHIPPED, model_path


@dataclass(frozen=True)
class Candidate:
    """What takes part in a comparison.

    Attributes
    ----------
    title : str
        As it was asked for: ``"cosine:pca=60"``.
    name : str
        A method's name, a script or a model file.
    settings : mapping of str to value
        Of the method.
    is_method : bool
        Whether it is to be fitted.
    """

    title: str
    name: str
    settings: Mapping[str, Any]
    is_method: bool


def parse_candidate(text: str) -> Candidate:
    """Read a method with its settings, a script or a model file.

    Parameters
    ----------
    text : str
        ``"cosine"``, ``"cosine:pca=60,deskew=true"``, ``"latin"`` or ``"my.onnx"``.

    Raises
    ------
    UnknownNameError
        If it is none of these.
    DataError
        If a setting is not of the form ``name=value``.
    ModelError
        If there is no such file, or the script's model is in a package that is not installed.

    Examples
    --------
    >>> parse_candidate("logistic:C=0.1").settings
    {'C': 0.1}
    """
    name, _, rest = text.partition(":")
    if name in METHODS:
        # A comma before a name begins another setting; elsewhere it stands between values.
        pairs = re.split(r",(?=\s*\w+\s*=)", rest) if rest else []
        return Candidate(text, name, dict(map(parse_setting, pairs)), is_method=True)
    try:
        path = model_path(text)
    except UnknownNameError:
        known = {*METHODS, *SHIPPED}
        raise UnknownNameError("method, script or model file", text, known) from None
    if not path.is_file():
        raise ModelError(f"{text}: no such model file; name one that numerals train made")
    return Candidate(text, text, {}, is_method=False)
