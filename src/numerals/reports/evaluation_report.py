"""The page that `numerals evaluate` writes for a data set of digits."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from numerals.evaluation import DigitAccuracy, Evaluation, most_confused, risk_coverage
from numerals.evaluation.digit_metrics import RISKS
from numerals.reports.chart_style import latin
from numerals.reports.evaluation_charts import (
    plot_class_balance,
    plot_confusion,
    plot_reliability,
    plot_risk_coverage,
)
from numerals.reports.html_page import Captioned, Section, Table, Tile, write_page
from numerals.reports.text_tables import class_rows, percent

_RELIABILITY = (
    "Reliability, with 95 % intervals: too modest above the dashed line, too sure below it."
)

MOST_TILES = 200
"""Misclassified digits that a page shows."""


def write_evaluation_report(path: Path, evaluation: Evaluation, *, model: str, data: str) -> None:
    """Write how well a model does on a data set as one HTML file.

    Parameters
    ----------
    path : Path
    evaluation : Evaluation
    model, data : str
        What the page calls them.
    """
    figures = evaluation.accuracy
    low, high = figures.interval
    lead = (
        f"{figures.n_images - figures.n_wrong:,} of {figures.n_images:,} digits right. In the long"
        f" run, on digits like these: between {percent(low)} and {percent(high)} % (95 % interval)."
    )
    sections = [
        _classes(evaluation),
        _confusion(evaluation),
        _confidence(evaluation),
        _wrong(evaluation),
        model_section(evaluation.model.metadata),
    ]
    write_page(path, f"{model} on {data}", lead, sections, facts=_facts(figures))


def model_section(metadata: Mapping[str, str]) -> Section:
    """Return the section that says what a model file records of itself."""
    rows = [
        (key.replace("_", " "), line)
        for key, value in metadata.items()
        for key, line in _unfold(key, value)
    ]
    return Section(
        "How the model was made",
        "" if rows else "The file says nothing of it.",
        table=Table(("what the file records", ""), rows, is_prose=True) if rows else None,
    )


def class_name(name: str) -> str:
    """Write a class for people, and screens, that may not know its script: ``"3 ೩"``."""
    return name if latin(name) == name else f"{latin(name)} {name}"


def _facts(figures: DigitAccuracy) -> list[tuple[str, str]]:
    kept = figures.coverage_at_risk[-1]
    return [
        (f"{percent(figures.accuracy)} %", "accuracy"),
        (f"{figures.n_wrong:,}", f"wrong of {figures.n_images:,}"),
        (f"{percent(figures.macro_f1)} %", "F1, mean of the classes"),
        (f"{percent(figures.calibration_error)} %", "calibration error"),
        (f"{percent(kept.coverage, 1)} %", f"can be kept with {100 * kept.limit:g} % wrong"),
    ]


def _classes(evaluation: Evaluation) -> Section:
    figures, classes = evaluation.accuracy, evaluation.model.classes
    text = (
        "Precision: how many of those taken for a class are of it. Recall: how many of a class are"
        " recognised; its 95 % interval beside it. F1 is their harmonic mean."
    )
    counts = [found.support for found in figures.classes]
    balance = plot_class_balance({evaluation.digits.name: counts}, classes)
    return Section(
        "By class",
        text,
        figures=[Captioned(balance, _describe_balance(counts))],
        table=Table(*class_rows(figures, [class_name(name) for name in classes])),
    )


def _describe_balance(counts: Sequence[int]) -> str:
    largest, smallest = max(counts), min(count for count in counts if count)
    if largest == smallest:
        return f"Class balance: {largest:,} images of each class."
    text = f"Class balance: between {smallest:,} and {largest:,} images of a class that occurs."
    if largest < 1.5 * smallest:
        return f"{text} Even enough for the accuracy to speak for all of them."
    return f"{text} The accuracy speaks mostly for the frequent ones: see the recall of each."


def _confusion(evaluation: Evaluation) -> Section:
    classes = evaluation.model.classes
    confusion = np.array(evaluation.accuracy.confusion)
    caption = "Counts. What is right is plain; the stronger the colour, the more errors."
    rows = [
        (
            f"{latin(classes[a])} and {latin(classes[b])}",
            str(there + back),
            str(there),
            str(back),
        )
        for a, b, there, back in most_confused(confusion, 8)
    ]
    head = ("mixed up most", "errors", "first as second", "second as first")
    return Section(
        "What is taken for what",
        figures=[Captioned(plot_confusion(confusion, classes), caption)],
        table=Table(head, rows) if rows else None,
    )


def _confidence(evaluation: Evaluation) -> Section:
    figures = evaluation.accuracy
    confidence = evaluation.proba.max(axis=1)
    curve = risk_coverage(confidence, evaluation.proba.argmax(axis=1) == evaluation.digits.labels)
    text = (
        "Reliability: of the answers with a confidence of 90 %, nine in ten should be right, as on"
        " the dashed line. The mean distance from it, weighted by the number of answers, is"
        f" {percent(figures.calibration_error)} % (ECE, {len(figures.reliability)} bins in use);"
        f" log loss {figures.log_loss:.4f}, Brier score {figures.brier_score:.4f}.\n\n"
        "Risk against coverage: what stays wrong when the least confident answers are left to a"
        f" person. The area under the curve is {100 * curve.area:.4f} % (AURC)."
    )
    head = ("wrong at most %", "answers kept %", "confidence from", "wrong among them %")
    rows = [
        (
            f"{100 * point.limit:g}",
            percent(point.coverage),
            "–" if point.threshold is None else f"{point.threshold:.4f}",
            percent(point.risk),
        )
        for point in figures.coverage_at_risk
    ]
    caption = "Thresholds found on these very digits; on others they keep somewhat more errors."
    return Section(
        "Whether its confidence can be trusted",
        text,
        figures=[
            Captioned(plot_reliability(figures.reliability), _RELIABILITY),
            Captioned(plot_risk_coverage(curve, RISKS), "Risk against coverage."),
        ],
        table=Table(head, rows, caption),
    )


def _wrong(evaluation: Evaluation) -> Section:
    wrong = sorted(evaluation.accuracy.wrong, key=lambda found: -found[3])
    text = "Truth → answer, with its confidence and the digit's place in the data, from 0."
    if not wrong:
        text = "None."
    elif len(wrong) > MOST_TILES:
        text += f" The {MOST_TILES} most confident of {len(wrong):,}."
    return Section("Misclassified digits", text, gallery=_tiles(evaluation, wrong[:MOST_TILES]))


def _tiles(evaluation: Evaluation, wrong: Sequence[tuple[int, int, int, float]]) -> list[Tile]:
    classes, images = evaluation.model.classes, evaluation.digits.images
    return [
        Tile(
            images[index],
            f"{latin(classes[truth])} → {latin(classes[answer])}",
            f"{confidence:.3f}\n#{index}",
        )
        for index, truth, answer, confidence in wrong
    ]


def _unfold(key: str, value: str) -> list[tuple[str, str]]:
    """Write a JSON object as a row for each of its entries, and a list with spaces."""
    try:
        found = json.loads(value)
    except ValueError:
        return [(key, value)]
    if isinstance(found, dict):
        return [(f"{key}: {name}", _plain(entry)) for name, entry in found.items()]
    return [(key, _plain(found))]


def _plain(value: object) -> str:
    if value in ({}, [], None):
        return "–"
    if isinstance(value, list):
        return " ".join(_plain(entry) for entry in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(entry)}" for key, entry in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
