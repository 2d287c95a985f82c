"""Make the first version of a template from a picture of the form."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.forms.box_suggestions import BoxSuggestion, suggest_boxes
from numerals.forms.field_crops import is_blank
from numerals.forms.label_names import name_by_labels
from numerals.forms.straightening import straighten
from numerals.forms.template import Field, Template
from numerals.images import Picture
from numerals.images.printed_texts import PrintedText

BORDER_SHARE = 0.15
"""Border of a cell that is not searched for writing, as a share of its shorter side."""
MIN_WRITTEN_SHARE = 0.2
"""Minimum share of boxes with writing in a form that is filled in."""


def new_template(
    picture: Picture, turn: int | None = None, texts: Sequence[PrintedText] = ()
) -> Template:
    """Return a template with all suggested boxes of a form.

    Parameters
    ----------
    picture : Picture
        Grey; a blank form, or a filled-in one.
    turn : {0, 90, 180, 270}, optional
        Clockwise rotation of the form in the picture, degrees; by default it is estimated.
    texts : sequence of PrintedText, optional
        What the page of a PDF prints; texts beside the boxes name the fields.

    Returns
    -------
    Template
        Its reference is the picture, straightened. The fields are named ``f1``, ``f2`` and so on,
        in reading order, and those of a table ``t1_r1_c1``, unless a text names them.

    Raises
    ------
    DataError
        If no box was found.
    """
    reference = straighten(np.asarray(picture.pixels, np.uint8), turn)
    suggestions = suggest_boxes(reference)
    if not suggestions:
        raise DataError(
            f"{picture.source}: found no boxes, tables or lines to write on; use a sharper scan, "
            "or write the boxes into the template by hand"
        )
    is_as_printed = reference is picture.pixels or np.array_equal(reference, picture.pixels)
    boxes = [each.box for each in suggestions]
    labels = name_by_labels(boxes, texts if is_as_printed else (), reference.shape)
    fields = name_fields(suggestions, labels)
    return Template(reference, fields, filled=has_writing(reference, suggestions))


def name_fields(suggestions: Sequence[BoxSuggestion], labels: Sequence[str]) -> tuple[Field, ...]:
    """Return a field for each suggestion, with its label or a name that tells its position."""
    fields: list[Field] = []
    for i, (each, label) in enumerate(zip(suggestions, labels, strict=True), start=1):
        if label:
            name = label
        elif each.table is not None and each.row is not None and each.column is not None:
            name = f"t{each.table + 1}_r{each.row + 1}_c{each.column + 1}"
        else:
            name = f"f{i}"
        fields.append(Field(name, each.box, cells=each.cells))
    return tuple(fields)


def has_writing(gray: npt.NDArray[np.uint8], suggestions: Sequence[BoxSuggestion]) -> bool:
    """Return whether a good part of the boxes of a form is written in.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    suggestions : sequence of BoxSuggestion
    """
    written = sum(
        any(not is_blank(inside, height) for inside in _insides(gray, each))
        for each in suggestions
        for height in (each.box[3] - each.box[1],)
    )
    return written > MIN_WRITTEN_SHARE * len(suggestions)


def _insides(gray: npt.NDArray[np.uint8], each: BoxSuggestion) -> list[npt.NDArray[np.uint8]]:
    """Return the insides of the cells of a box, without their borders."""
    x_min, y_min, x_max, y_max = each.box
    edges = np.linspace(x_min, x_max, max(each.cells, 1) + 1)
    border = BORDER_SHARE * min(y_max - y_min, edges[1] - edges[0])
    rows = slice(round(y_min + border), round(y_max - border))
    insides = (
        gray[rows, round(left + border) : round(right - border)] for left, right in pairwise(edges)
    )
    return [inside for inside in insides if min(inside.shape) > 2]
