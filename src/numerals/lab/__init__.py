"""The workbench: fit, compare, export and apply classifiers, and audit data sets.

Needs the ``lab`` extra, except for predicting with ONNX models. Modules are therefore imported on
first access to one of their names.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numerals.lab.accuracy_curve import AccuracyCurve, measure_curve
    from numerals.lab.candidate import parse_candidate
    from numerals.lab.comparison import Comparison, compare
    from numerals.lab.data_audit import DataAudit
    from numerals.lab.digit_audit import Predictor, audit_digits
    from numerals.lab.fit import fit_method
    from numerals.lab.line_audit import audit_lines, load_labelled_lines
    from numerals.lab.onnx_export import Parity, export_model
    from numerals.lab.prediction import Prediction, predict_digits, submission, write_submission

__all__ = [
    "AccuracyCurve",
    "Comparison",
    "DataAudit",
    "Parity",
    "Prediction",
    "Predictor",
    "audit_digits",
    "audit_lines",
    "compare",
    "export_model",
    "fit_method",
    "load_labelled_lines",
    "measure_curve",
    "parse_candidate",
    "predict_digits",
    "submission",
    "write_submission",
]

_MODULES = {
    "AccuracyCurve": "accuracy_curve",
    "Comparison": "comparison",
    "DataAudit": "data_audit",
    "Parity": "onnx_export",
    "Prediction": "prediction",
    "Predictor": "digit_audit",
    "audit_digits": "digit_audit",
    "audit_lines": "line_audit",
    "compare": "comparison",
    "export_model": "onnx_export",
    "fit_method": "fit",
    "load_labelled_lines": "line_audit",
    "measure_curve": "accuracy_curve",
    "parse_candidate": "candidate",
    "predict_digits": "prediction",
    "submission": "prediction",
    "write_submission": "prediction",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"numerals.lab.{_MODULES[name]}"), name)
