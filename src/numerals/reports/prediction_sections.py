"""Sections of a page about single predictions; the page's script makes them interactive."""

from collections.abc import Sequence

import numpy as np

from numerals.evaluation import confusion_matrix
from numerals.records import Digits
from numerals.reports.confusion_cells import ConfusionCells
from numerals.reports.html_page import GalleryTile, PageSection
from numerals.reports.live_predictions import (
    MAX_PREDICTIONS,
    MethodPredictions,
    has_all_predictions,
)
from numerals.reports.text_tables import ReportTable
from numerals.scripts import to_ascii_digits

MAX_MISCLASSIFIED_TILES = 200
"""Maximum number of misclassified digits that are shown without JavaScript."""

_MATRIX_CAPTION = (
    "Number of digits. Rows: label. Columns: prediction. Errors are colored; the stronger the"
    " color, the more frequent."
)


def confusion_section(
    digits: Digits, method: MethodPredictions, *, text: str = "", table: ReportTable | None = None
) -> PageSection:
    """Return the confusion matrix of a method; the page's script opens the digits of a cell.

    Parameters
    ----------
    digits : Digits
        Labelled.
    method : MethodPredictions
    text : str
        Shown without JavaScript only.
    table : ReportTable, optional
        Beside the matrix.
    """
    counts = confusion_matrix(method.predictions, digits.labels, len(digits.classes))
    return PageSection(
        "Confusion matrix",
        matrix=ConfusionCells(counts.tolist(), digits.classes, _MATRIX_CAPTION),
        table=table,
        gallery_text=text,
        live="confusion",
    )


def misclassified_section(
    digits: Digits, method: MethodPredictions, limit: int = MAX_MISCLASSIFIED_TILES
) -> PageSection:
    """Return the errors of a method, highest confidence first; the page's script filters them.

    Parameters
    ----------
    digits : Digits
        Labelled.
    method : MethodPredictions
    limit : int
        Maximum number of errors that are shown without JavaScript.
    """
    names = [to_ascii_digits(name) for name in digits.classes]
    wrong = np.flatnonzero(method.predictions != digits.labels)
    wrong = wrong[np.argsort(-method.confidences[wrong], kind="stable")]
    tiles = [
        GalleryTile(
            digits.images[index],
            f"{names[digits.labels[index]]} → {names[method.predictions[index]]}",
            f"{method.confidences[index]:.3f}\n#{index}",
        )
        for index in wrong[:limit]
    ]
    left_out = f"The {limit} most confident of {len(wrong):,}." if len(wrong) > limit else ""
    text = "Label → prediction, confidence, and index of the digit in the data set."
    return PageSection(
        "Misclassified digits",
        text,
        gallery=tiles,
        gallery_text=left_out if tiles else "None.",
        live="errors",
    )


def predictions_section(digits: Digits, methods: Sequence[MethodPredictions]) -> PageSection:
    """Return the section where the predictions can be downloaded."""
    if not has_all_predictions(digits, methods):
        text = (
            f"A page holds at most {MAX_PREDICTIONS:,} predictions. numerals predict writes those"
            " of larger data sets."
        )
        return PageSection("Predictions", text)
    text = "Index, label, prediction and confidence of each digit, as CSV."
    fallback = "Downloading needs JavaScript; numerals predict writes the predictions as well."
    return PageSection("Predictions", text, gallery_text=fallback, live="download")
