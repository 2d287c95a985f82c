"""The HTML page that `numerals evaluate --data` writes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from numerals.displays.chart_style import render_figure
from numerals.displays.class_counts import plot_class_counts
from numerals.evaluation import DigitAccuracy, Evaluation
from numerals.reports.digit_tables import (
    class_table,
    class_title,
    confused_pairs_table,
    coverage_table,
    writers_table,
)
from numerals.reports.html_page import CaptionedFigure, PageSection, write_page
from numerals.reports.live_predictions import MethodPredictions, make_live_script
from numerals.reports.model_metadata import metadata_table
from numerals.reports.prediction_sections import (
    confusion_section,
    misclassified_section,
    predictions_section,
)
from numerals.reports.text_tables import percent, percent_interval

_MAX_EVEN_RATIO = 1.5  # of the largest to the smallest class in a balanced data set


def write_evaluation_report(path: Path, evaluation: Evaluation, *, model: str, data: str) -> None:
    """Write the evaluation of a model on a data set as an HTML file.

    Parameters
    ----------
    path : Path
    evaluation : Evaluation
    model, data : str
        Names for the title.
    """
    accuracy = evaluation.accuracy
    lead = (
        f"{accuracy.n_images - accuracy.n_wrong:,} of {accuracy.n_images:,} digits are classified"
        f" correctly. 95 % interval of the accuracy: {percent_interval(accuracy.interval)} %."
    )
    method = MethodPredictions(
        model,
        evaluation.proba.argmax(axis=1),
        evaluation.proba.max(axis=1),
        evaluation.proba,
    )
    pairs = confused_pairs_table(accuracy, evaluation.digits.classes)
    sections = [
        _classes_section(evaluation),
        confusion_section(evaluation.digits, method, table=pairs if pairs.rows else None),
        _confidence_section(evaluation),
        misclassified_section(evaluation.digits, method),
        *([_writers_section(evaluation)] if evaluation.digits.writers is not None else []),
        predictions_section(evaluation.digits, [method]),
        metadata_section(evaluation.model.metadata),
    ]
    script = make_live_script(evaluation.digits, [method])
    title = f"{model} on {data}"
    write_page(path, title, lead, sections, facts=_facts(accuracy), script=script)


def metadata_section(metadata: Mapping[str, str]) -> PageSection:
    """Return the section with the metadata of a model file."""
    table = metadata_table(metadata)
    if not table.rows:
        return PageSection("Model", "The model file has no metadata.")
    return PageSection("Model", table=table)


def _facts(accuracy: DigitAccuracy) -> list[tuple[str, str]]:
    strictest = accuracy.coverage_at_risk[-1]
    return [
        (f"{percent(accuracy.accuracy)} %", "accuracy"),
        (f"{accuracy.n_wrong:,}", f"wrong of {accuracy.n_images:,}"),
        (f"{percent(accuracy.macro_f1)} %", "F1, mean of the classes"),
        (f"{percent(accuracy.calibration_error)} %", "calibration error"),
        (
            f"{percent(strictest.coverage, 1)} %",
            f"accepted with at most {100 * strictest.limit:g} % wrong",
        ),
    ]


def _classes_section(evaluation: Evaluation) -> PageSection:
    accuracy, classes = evaluation.accuracy, evaluation.model.classes
    text = (
        "Precision: share of the images classified as a class that belong to it. Recall: share of"
        " the images of a class that are classified as it, with its 95 % interval. F1: harmonic"
        " mean of precision and recall."
    )
    counts = accuracy.class_counts
    figure = render_figure(plot_class_counts, {evaluation.digits.name: counts}, classes)
    return PageSection(
        "Classes",
        text,
        figures=[CaptionedFigure(figure, _balance_caption(counts))],
        table=class_table(accuracy, [class_title(name) for name in classes]),
    )


def _balance_caption(counts: Sequence[int]) -> str:
    largest, smallest = max(counts), min(count for count in counts if count)
    if largest == smallest:
        return f"Class balance: {largest:,} images of each class."
    text = f"Class balance: {smallest:,} to {largest:,} images of each class that occurs."
    if largest < _MAX_EVEN_RATIO * smallest:
        return f"{text} The classes are balanced, so the accuracy represents all of them."
    return f"{text} The accuracy is dominated by the frequent classes; see the recall of each."


def _confidence_section(evaluation: Evaluation) -> PageSection:
    accuracy = evaluation.accuracy
    text = (
        "Reliability: of the answers with a confidence of 90 %, nine in ten should be correct, as"
        " on the dashed line. The mean distance from that line, weighted by the number of answers,"
        f" is the expected calibration error: {percent(accuracy.calibration_error)} % (ECE,"
        f" {len(accuracy.reliability)} non-empty bins). Log loss: {accuracy.log_loss:.4f}. Brier"
        f" score: {accuracy.brier_score:.4f}.\n\n"
        "Risk-coverage curve: share of wrong answers among the accepted ones if the answers with"
        " the lowest confidence are left to a person. The area under the curve (AURC) is"
        f" {100 * accuracy.risk_coverage_area:.4f} %."
    )
    reliability_caption = (
        "Reliability diagram with 95 % intervals: above the dashed line the model is"
        " underconfident, below it overconfident."
    )
    reliability = render_figure(evaluation.plot_calibration)
    curve = render_figure(evaluation.plot_risk_coverage)
    return PageSection(
        "Confidence",
        text,
        figures=[
            CaptionedFigure(reliability, reliability_caption),
            CaptionedFigure(curve, "Risk-coverage curve."),
        ],
        table=coverage_table(accuracy),
    )


def _writers_section(evaluation: Evaluation) -> PageSection:
    writers = evaluation.writer_accuracies()
    counts = sorted((each.n_wrong for each in writers), reverse=True)
    n_wrong = evaluation.accuracy.n_wrong
    n_free = counts.count(0)
    text = (
        f"{len(writers):,} writers; {n_free:,} of them have no error. A writer with few digits has"
        " a wide interval: a low accuracy may be chance."
    )
    if n_wrong:
        n_half = int(np.searchsorted(np.cumsum(counts), n_wrong / 2)) + 1
        text += f" {n_half:,} writers have half of the errors."
    return PageSection("Errors by writer", text, table=writers_table(writers))
