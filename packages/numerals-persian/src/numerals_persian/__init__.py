"""Persian digits for numerals. For research and non-commercial use only: see LICENSE."""

from pathlib import Path

MODEL = Path(__file__).with_name("persian-digit.onnx")
"""What ``numerals read --script persian`` uses; numerals finds it by this package's entry point."""
