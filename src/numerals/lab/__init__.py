"""The workbench: fit, compare, export and apply classifiers.

Needs the ``lab`` extra, except for predicting with ONNX models. Modules are therefore imported on
first access to one of their names.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numerals.lab.candidate import parse_candidate
    from numerals.lab.comparison import Comparison, compare
    from numerals.lab.fit import fit_method
    from numerals.lab.onnx_export import Parity, export_model
    from numerals.lab.prediction import Prediction, predict_digits, submission, write_submission

__all__ = [
    "Comparison",
    "Parity",
    "Prediction",
    "compare",
    "export_model",
    "fit_method",
    "parse_candidate",
    "predict_digits",
    "submission",
    "write_submission",
]

_MODULES = {
    "Comparison": "comparison",
    "Parity": "onnx_export",
    "Prediction": "prediction",
    "compare": "comparison",
    "export_model": "onnx_export",
    "fit_method": "fit",
    "parse_candidate": "candidate",
    "predict_digits": "prediction",
    "submission": "prediction",
    "write_submission": "prediction",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"numerals.lab.{_MODULES[name]}"), name)
