"""Metrics: accuracy, confusion matrix, calibration, rejection and significance tests."""

from numerals.evaluation.model_evaluation import (
    Evaluation,
    evaluate_model,
    match_digits,
)
from numerals.evaluation.orientation import looks_transposed
from numerals.evaluation.page_evaluation import (
    MisreadLine,
    PageEvaluation,
    PageOutcome,
    evaluate_pages,
)
from numerals.evaluation.page_truth import PageTruth, read_truth
from numerals.evaluation.reading_metrics import (
    LineOutcome,
    ReadingAccuracy,
    align_lines,
    edit_distance,
    reading_accuracy,
)
from numerals.metrics.calibration import (
    ReliabilityBin,
    brier_score,
    calibration_error,
    log_loss,
    reliability_bins,
)
from numerals.metrics.confusion import (
    ClassAccuracy,
    class_accuracies,
    confusion_matrix,
    most_confused,
)
from numerals.metrics.digit_accuracy import CoverageAtRisk, DigitAccuracy, digit_accuracy
from numerals.metrics.intervals import wilson_interval
from numerals.metrics.label_errors import LabelErrors, find_label_errors
from numerals.metrics.mcnemar import McNemar, mcnemar_test
from numerals.metrics.rejection import RiskCoverage, risk_coverage
from numerals.metrics.writer_accuracy import WriterAccuracy, writer_accuracies

__all__ = [
    "ClassAccuracy",
    "CoverageAtRisk",
    "DigitAccuracy",
    "Evaluation",
    "LabelErrors",
    "LineOutcome",
    "McNemar",
    "MisreadLine",
    "PageEvaluation",
    "PageOutcome",
    "PageTruth",
    "ReadingAccuracy",
    "ReliabilityBin",
    "RiskCoverage",
    "WriterAccuracy",
    "align_lines",
    "brier_score",
    "calibration_error",
    "class_accuracies",
    "confusion_matrix",
    "digit_accuracy",
    "edit_distance",
    "evaluate_model",
    "evaluate_pages",
    "find_label_errors",
    "log_loss",
    "looks_transposed",
    "match_digits",
    "mcnemar_test",
    "most_confused",
    "read_truth",
    "reading_accuracy",
    "reliability_bins",
    "risk_coverage",
    "wilson_interval",
    "writer_accuracies",
]
