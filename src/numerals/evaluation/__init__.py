"""Metrics: accuracy, confusion matrix, calibration, rejection and significance tests."""

from numerals.evaluation.calibration import (
    ReliabilityBin,
    brier_score,
    calibration_error,
    log_loss,
    reliability_bins,
)
from numerals.evaluation.confusion import (
    ClassAccuracy,
    class_accuracies,
    confusion_matrix,
    most_confused,
)
from numerals.evaluation.digit_metrics import CoverageAtRisk, DigitAccuracy, digit_accuracy
from numerals.evaluation.intervals import wilson_interval
from numerals.evaluation.mcnemar import McNemar, mcnemar_test
from numerals.evaluation.model_evaluation import (
    Evaluation,
    evaluate_model,
    first_digits,
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
from numerals.evaluation.rejection import RiskCoverage, risk_coverage
from numerals.evaluation.writer_accuracy import WriterAccuracy, writer_accuracies

__all__ = [
    "ClassAccuracy",
    "CoverageAtRisk",
    "DigitAccuracy",
    "Evaluation",
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
    "first_digits",
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
