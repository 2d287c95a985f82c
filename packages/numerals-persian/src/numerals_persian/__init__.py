"""Persian digits for numerals. For research and non-commercial use only: see LICENSE."""

from pathlib import Path

MODEL = Path(__file__).with_name("persian-digit.onnx")
"""What ``numerals read --digits --script persian`` uses; numerals finds it by an entry point."""

LINE_MODEL = Path(__file__).with_name("persian-line.onnx")
"""What ``numerals read --script persian`` uses for lines."""
