"""Shipped models (ONNX), their model cards, and the model file formats."""

from numerals.models.digit_model import (
    DIGIT_FORMAT,
    SHIPPED_DIGIT_MODELS,
    DigitModel,
    check_images,
    load_model,
    model_path,
)
from numerals.models.line_model import (
    LineModel,
    is_line_model,
    line_model_path,
    load_line_model,
)
from numerals.models.model_protocol import Model
from numerals.models.packaged_models import packaged_scripts

__all__ = [
    "DIGIT_FORMAT",
    "SHIPPED_DIGIT_MODELS",
    "DigitModel",
    "LineModel",
    "Model",
    "check_images",
    "is_line_model",
    "line_model_path",
    "load_line_model",
    "load_model",
    "model_path",
    "packaged_scripts",
]
