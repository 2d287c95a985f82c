"""The HTML page that `numerals compare` writes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.displays.chart_style import render_figure
from numerals.displays.class_counts import plot_class_counts
from numerals.lab.accuracy_curve import AccuracyCurve
from numerals.lab.comparison import Comparison
from numerals.lab.trial import Trial
from numerals.records import Digits
from numerals.reports.comparison_tables import (
    best_pairs_table,
    curve_table,
    failures_table,
    methods_table,
)
from numerals.reports.digit_tables import class_balance_table, class_title
from numerals.reports.html_page import CaptionedFigure, GalleryTile, PageSection, write_page
from numerals.reports.live_predictions import MethodPredictions, make_live_script
from numerals.reports.prediction_sections import (
    confusion_section,
    misclassified_section,
    predictions_section,
)
from numerals.reports.text_tables import percent
from numerals.scripts import to_ascii_digits

MAX_HARD_TILES = 60
"""Maximum number of digits on a page that every method misclassifies."""


def write_comparison_report(
    path: Path, comparison: Comparison, *, data: str, curve: AccuracyCurve | None = None
) -> None:
    """Write a comparison as an HTML file.

    Parameters
    ----------
    path : Path
    comparison : Comparison
        With at least one entry.
    data : str
        Name of the data for the title.
    curve : AccuracyCurve, optional
        Accuracies by number of training digits.
    """
    best = comparison.best
    n_train, n_test = sum(comparison.balance.get("train", ())), len(comparison.test)
    fitted_on = f"fitted on {n_train:,} digits, " if n_train else ""
    lead = (
        f"{len(comparison.entries)} methods, {fitted_on}tested on {n_test:,}, one after the other"
        f" on {comparison.n_cores} cores, each in its own process."
    )
    n_as_good = sum(entry.may_equal_best for entry in comparison.entries)
    facts = [
        (best.title, "most accurate"),
        (f"{percent(best.accuracy.accuracy)} %", "its accuracy"),
        (f"{best.accuracy.n_wrong:,}", f"wrong of {n_test:,}"),
        (str(n_as_good), "others not significantly worse (p ≥ 0.05)"),
    ]
    digits, methods = _predictions(comparison)
    of_best = f"Of {best.title}."
    sections = [
        _balance_section(comparison),
        _methods_section(comparison),
        *([_curve_section(curve)] if curve and curve.points else []),
        _best_pairs_section(comparison),
        confusion_section(digits, methods[0], text=of_best),
        misclassified_section(digits, methods[0], limit=MAX_HARD_TILES),
        _hard_digits_section(comparison),
        predictions_section(digits, methods),
    ]
    if comparison.failures:
        sections.append(PageSection("Failed", table=failures_table(comparison)))
    script = make_live_script(digits, methods)
    write_page(path, f"Methods on {data}", lead, sections, facts=facts, script=script)


def _predictions(comparison: Comparison) -> tuple[Digits, list[MethodPredictions]]:
    """Return the test digits and the answers of each method as indices into their classes."""
    test = comparison.test
    answers = [_to_data_classes(entry.trial, test) for entry in comparison.entries]
    if any((each == len(test.classes)).any() for each in answers):
        test = replace(test, classes=(*test.classes, "other"))
    methods = [
        MethodPredictions(entry.title, each, entry.trial.proba.max(axis=1))
        for entry, each in zip(comparison.entries, answers, strict=True)
    ]
    return test, methods


def _to_data_classes(trial: Trial, test: Digits) -> npt.NDArray[np.int64]:
    """Return answers as classes of the data; ``len(classes)`` for a class that the data lacks."""
    n_classes, n_columns = len(test.classes), trial.proba.shape[1]
    classes = np.arange(n_columns) if n_columns == n_classes else np.full(n_columns, n_classes)
    classes[trial.labels] = test.labels
    return np.asarray(classes[trial.proba.argmax(axis=1)], np.int64)


def _balance_section(comparison: Comparison) -> PageSection:
    classes = comparison.test.classes
    figure = render_figure(plot_class_counts, comparison.balance, classes)
    table = class_balance_table(comparison.balance, [class_title(name) for name in classes])
    return PageSection("Class balance", figures=[figure], table=table)


def _methods_section(comparison: Comparison) -> PageSection:
    caption = (
        "Bars are 95 % intervals. The accuracy axis is logarithmic in the error rate: equal steps"
        " divide the errors by the same factor. Hollow points are models that were already fitted;"
        " their time is only that of prediction."
    )
    text = (
        "Times are of one run, after loading the method's libraries and classifying twenty digits"
        " to warm up. Peak memory is that of the process, including Python, libraries and data. p"
        " is the p-value of McNemar's exact test against the best method, not corrected for the"
        " number of methods."
    )
    for entry in comparison.entries:
        text += "".join(f"\n\n{entry.title}: {note}." for note in entry.trial.notes)
    return PageSection(
        "Accuracy, time and size",
        text,
        figures=[CaptionedFigure(render_figure(comparison.plot), caption)],
        table=methods_table(comparison),
    )


def _curve_section(curve: AccuracyCurve) -> PageSection:
    caption = (
        "Both axes are logarithmic, the accuracy axis in the error rate. Bars are 95 % intervals. A"
        " dotted horizontal line is a model that was already fitted."
    )
    text = (
        "Each method is fitted to parts of the training digits, of which each contains the smaller"
        f" ones and has the same share of each class, and tested on the same {curve.n_test:,}"
        " digits. The intervals contain the uncertainty from the number of test digits, not that"
        " from the choice of the training digits."
    )
    for fit, message in curve.failures.items():
        text += f"\n\n{fit}: {message}"
    return PageSection(
        "Accuracy against training size",
        text,
        figures=[CaptionedFigure(render_figure(curve.plot), caption)],
        table=curve_table(curve),
    )


def _best_pairs_section(comparison: Comparison) -> PageSection:
    heading = "Comparison with the best method, digit by digit"
    table = best_pairs_table(comparison)
    if not table.rows:
        return PageSection(heading, "Only one method was compared.")
    return PageSection(heading, table=table)


def _hard_digits_section(comparison: Comparison) -> PageSection:
    hard = comparison.misclassified_by_all()
    text = "Truth → answer of the best method, and index of the digit in the data set."
    if len(hard) > MAX_HARD_TILES:
        text += f" The first {MAX_HARD_TILES} of {len(hard):,}."
    proba, digits = comparison.best.trial.proba, comparison.test
    tiles = [
        GalleryTile(
            digits.images[index],
            f"{to_ascii_digits(digits.classes[digits.labels[index]])} →"
            f" {_answer_name(digits.classes, int(proba[index].argmax()))}",
            f"#{index}",
        )
        for index in hard[:MAX_HARD_TILES]
    ]
    heading = "Misclassified by every method"
    return PageSection(heading, text if tiles else "None.", gallery=tiles)


def _answer_name(classes: Sequence[str], column: int) -> str:
    """Return a class name; a model may have more classes than the data."""
    return to_ascii_digits(classes[column]) if column < len(classes) else str(column)
