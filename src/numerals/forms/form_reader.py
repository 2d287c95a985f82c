"""A scan of a filled-in form -> the values of its fields."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from numerals.errors import FormError
from numerals.forms.combinations import best_combinations
from numerals.forms.fields import Corners, Crop, FieldCutter, is_blank
from numerals.forms.register import Reference
from numerals.forms.relations import check_relations, repair
from numerals.forms.results import FieldReading, FieldResult, FormResult
from numerals.forms.template import Field, Template
from numerals.images import Picture

ReadField = Callable[[npt.NDArray[np.uint8], str | None], Sequence[FieldReading]]
"""Reads a grey picture of a field, given its format: n best readings, the best first."""

Check = Callable[[str, str], bool]
"""Tells whether a text, the first, is as a format, the second, wants it."""

CELL_FORMAT = "digits:1"
"""The format that a cell of a comb is read with."""
N_BEST = 8
"""So many readings of a comb are kept."""
WORKING_SIDE = 5000
"""Longest side of a scan, pixels."""


class FormReader:
    """Reads filled-in forms of one kind; the template's features are found once.

    Parameters
    ----------
    template : Template
    read_field : callable
        From a picture of a field, uint8, shape (height, width), and its format or None, to its
        readings, best first; none where it sees nothing to read. The cells of a comb are read one
        by one, each as ``"digits:1"``.
    check : callable, optional
        Whether what the cells of a comb say together is as the field's format wants it.

    Raises
    ------
    FormError
        If the template shows too little print to find the form by.
    """

    def __init__(
        self, template: Template, read_field: ReadField, *, check: Check | None = None
    ) -> None:
        self.template = template
        self._read_field = read_field
        self._check = check
        written = [field.box for field in template.fields] if template.filled else []
        try:
            self._reference = Reference(template.reference, written)
        except FormError as error:
            raise FormError(f"{template.source}: {error}") from error
        self._cutter = FieldCutter(template)

    def read(self, picture: Picture) -> FormResult:
        """Read one scan.

        Parameters
        ----------
        picture : Picture
            Grey.

        Raises
        ------
        FormError
            If the picture does not show the form.
        """
        try:
            found = self._reference.register(picture.pixels)
        except FormError as error:
            page = f", page {picture.number}" if picture.n_pages > 1 else ""
            raise FormError(f"{picture.source}{page}: {error}") from error
        fields = self.template.fields
        crops = [self._cutter.cut(picture.pixels, found, field) for field in fields]
        readings = {
            field.name: self._read(field, crop, picture)
            for field, crop in zip(fields, crops, strict=True)
        }
        relations, decimal = self.template.relations, self.template.decimal
        chosen = repair(relations, readings, decimal=decimal)
        results = tuple(
            _to_result(field, readings[field.name], chosen.get(field.name), crop, picture)
            for field, crop in zip(fields, crops, strict=True)
        )
        texts = {name: reading.text for name, reading in chosen.items()}
        return FormResult(
            picture.source,
            picture.number,
            results,
            check_relations(relations, texts, decimal=decimal),
            found.agreement,
        )

    def _read(self, field: Field, crop: Crop, picture: Picture) -> list[FieldReading]:
        height = crop.inner[3] - crop.inner[1]
        if not _is_within(crop.corners, picture):
            return []
        if not field.cells:
            blank = is_blank(crop.gray, height)
            return [BLANK] if blank else list(self._read_field(crop.gray, field.format))
        cells = [
            [BLANK] if is_blank(cell, height) else list(self._read_field(cell, CELL_FORMAT))
            for cell in crop.cells(field.cells)
        ]
        joined = _join(cells)
        if field.format is None or self._check is None or not joined[0].text:
            return joined
        fits = [self._check(reading.text, field.format) for reading in joined]
        checked = [
            replace(reading, accepted=reading.accepted and fit, changed=fit and not fits[0])
            for reading, fit in zip(joined, fits, strict=True)
        ]
        # What the format rules out comes last.
        return [checked[i] for i in sorted(range(len(fits)), key=lambda i: not fits[i])]


BLANK = FieldReading("", 1.0)
"""What a field is read as where nobody wrote."""


def read_form(template: Template, picture: Picture, read_field: ReadField) -> FormResult:
    """Read one filled-in form; for many of a kind make one `FormReader`.

    Parameters
    ----------
    template : Template
    picture : Picture
        Grey.
    read_field : callable
        As for `FormReader`.

    Raises
    ------
    FormError
        If the picture does not show the form.
    """
    return FormReader(template, read_field).read(picture)


def _join(cells: Sequence[Sequence[FieldReading]]) -> list[FieldReading]:
    """Join what stands in cells, the likeliest combinations first."""
    known = [options or [FieldReading("?", 0.0, accepted=False)] for options in cells]
    probabilities = [[reading.probability for reading in options] for options in known]
    joined = []
    for indices in islice(best_combinations(probabilities), N_BEST):
        parts = [options[i] for options, i in zip(known, indices, strict=True)]
        gaps = "".join("." if part.text else " " for part in parts).strip()
        joined.append(
            FieldReading(
                "".join(part.text for part in parts),
                math.prod(part.probability for part in parts),
                all(part.accepted for part in parts) and " " not in gaps,
                any(part.changed for part in parts),
            )
        )
    return joined


def _to_result(
    field: Field,
    readings: Sequence[FieldReading],
    chosen: FieldReading | None,
    crop: Crop,
    picture: Picture,
) -> FieldResult:
    corners = crop.corners * picture.scale
    (x_min, y_min), (x_max, y_max) = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    note = _note(field, chosen, _is_within(crop.corners, picture))
    best = chosen or FieldReading("", 0.0, accepted=False)
    others = (replace(r, changed=False) for r in readings if r.text != best.text)
    return FieldResult(
        field.name,
        best.text,
        best.probability,
        best.accepted and not note,
        best.changed,
        (int(x_min), int(y_min), int(x_max), int(y_max)),
        tuple((float(x), float(y)) for x, y in corners),
        tuple(others),
        note,
    )


def _note(field: Field, chosen: FieldReading | None, is_within: bool) -> str:
    if not is_within:
        return "lies outside the picture"
    if chosen is None:
        return "something is written that was not read"
    if field.required and not chosen.text:
        return "is required, but empty"
    return ""


def _is_within(corners: Corners, picture: Picture) -> bool:
    """Whether the picture shows all of a field, a border's width aside."""
    height, width = picture.pixels.shape[:2]
    slack = 0.1 * float(np.ptp(corners[:, 1]))
    low, high = corners.min(axis=0), corners.max(axis=0)
    return bool((low > -slack).all() and high[0] < width + slack and high[1] < height + slack)
