"""Load the model that an argument of a verb names."""

from pathlib import Path
from typing import TYPE_CHECKING

from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.models import Model


def load_any_model(name: str) -> "Model":
    """Load a shipped model by its script, an ONNX file, or a ``.skops`` file.

    Raises
    ------
    ModelError
        If the file is not a model of numerals.
    UnknownNameError
        If `name` is neither a script nor a file.
    MissingExtraError
        If the file is a ``.skops`` file and scikit-learn is not installed.
    """
    if Path(name).suffix != ".skops":
        from numerals.models import load_model

        return load_model(name)
    with requires_extra("lab", "opening .skops files"):
        from numerals.classifiers.estimator_files import load_estimator
    return load_estimator(name)
