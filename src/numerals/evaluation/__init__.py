"""How well digits and numbers are read."""

from numerals.evaluation.digit_accuracy import (
    DigitAccuracy,
    calibration_error,
    digit_accuracy,
    wilson_interval,
)
from numerals.evaluation.reading_accuracy import (
    LineOutcome,
    ReadingAccuracy,
    align_lines,
    edit_distance,
    reading_accuracy,
)
from numerals.evaluation.truth import PageTruth, read_truth

__all__ = [
    "DigitAccuracy",
    "LineOutcome",
    "PageTruth",
    "ReadingAccuracy",
    "align_lines",
    "calibration_error",
    "digit_accuracy",
    "edit_distance",
    "read_truth",
    "reading_accuracy",
    "wilson_interval",
]
