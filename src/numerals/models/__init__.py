"""Shipped weights (ONNX), their model cards, and the model file format."""

from numerals.models.digit_model import FORMAT, SHIPPED, DigitModel, load_model, model_path

__all__ = ["FORMAT", "SHIPPED", "DigitModel", "load_model", "model_path"]
