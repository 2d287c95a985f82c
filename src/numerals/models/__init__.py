"""Shipped weights (ONNX), their model cards, and the model file format."""

from numerals.models.digit_model import (
    FORMAT,
    SHIPPED,
    DigitModel,
    check_images,
    load_model,
    model_path,
)
from numerals.models.protocol import Model

__all__ = [
    "FORMAT",
    "SHIPPED",
    "DigitModel",
    "Model",
    "check_images",
    "load_model",
    "model_path",
]
