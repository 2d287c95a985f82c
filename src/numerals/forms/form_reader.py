"""Read the fields of filled-in forms from scans."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from numerals.constraints.combinations import best_combinations
from numerals.errors import FormError
from numerals.forms.field_crops import Corners, FieldCrop, FieldCutter, is_blank
from numerals.forms.form_results import FieldReading, FieldResult, FormResult
from numerals.forms.registration import Reference, Registration
from numerals.forms.relations import check_relations, repair_readings
from numerals.forms.template import Field, Template
from numerals.images import Picture
from numerals.reading.line_candidates import MAX_READINGS

ReadField = Callable[[npt.NDArray[np.uint8], str | None], Sequence[FieldReading]]
"""Function of a field's grey image and format that returns candidate readings, the best first."""

Check = Callable[[str, str], bool]
"""Function of a text and a format that returns whether the text matches the format."""

CELL_FORMAT = "digits:1"
"""The format of a single cell."""
MAX_SCAN_SIDE = 5000
"""Maximum length of the longer side of a scan, pixels; larger scans are reduced."""
BLANK = FieldReading("", 1.0)
"""The reading of an empty field."""
UNREAD_CELL = "?"
"""The text of a cell whose digit could not be read."""

_BORDER_TOLERANCE = 0.1  # field heights that a field may extend beyond the scan


class FormReader:
    """Reader of filled-in forms with one template, whose features are computed once.

    Parameters
    ----------
    template : Template
    read_field : callable
        Takes the image of a field, uint8, shape (height, width), and its format or None; returns
        candidate readings, the best first, or none if the field cannot be read. Cells are read one
        by one, each with the format ``"digits:1"``.
    check : callable, optional
        Takes a text and a format; returns whether the text matches. It checks the joined cells of a
        field, which are read without its format.

    Raises
    ------
    FormError
        If the reference shows too little print to find the form.
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
        self._parsers = template.rules.parsers

    def read(self, picture: Picture) -> FormResult:
        """Read one scan.

        Parameters
        ----------
        picture : Picture
            Grey.

        Returns
        -------
        FormResult

        Raises
        ------
        FormError
            If the picture does not show the form.
        """
        return self.read_registered(picture, self.register(picture))

    def register(self, picture: Picture) -> Registration:
        """Find the form in a picture.

        Raises
        ------
        FormError
            If the picture does not show the form.
        """
        try:
            return self._reference.register(picture.pixels)
        except FormError as error:
            page = f", page {picture.number}" if picture.n_pages > 1 else ""
            raise FormError(f"{picture.source}{page}: {error}") from error

    def read_registered(self, picture: Picture, registration: Registration) -> FormResult:
        """Read a picture in which `register` found the form."""
        fields = self.template.fields
        crops = [self._cutter.cut(picture.pixels, registration, field) for field in fields]
        readings = {
            field.name: self._read_field_crop(field, crop, picture)
            for field, crop in zip(fields, crops, strict=True)
        }
        relations = self.template.relations
        selected = repair_readings(relations, readings, parsers=self._parsers)
        results = tuple(
            _to_result(field, readings[field.name], selected.get(field.name), crop, picture)
            for field, crop in zip(fields, crops, strict=True)
        )
        texts = {name: reading.text for name, reading in selected.items()}
        return FormResult(
            picture.source,
            picture.number,
            results,
            check_relations(relations, texts, parsers=self._parsers),
            registration.agreement,
        )

    def _read_field_crop(
        self, field: Field, crop: FieldCrop, picture: Picture
    ) -> list[FieldReading]:
        height = crop.inner[3] - crop.inner[1]
        if not _is_inside(crop.corners, picture):
            return []
        if not field.cells:
            blank = is_blank(crop.gray, height)
            return [BLANK] if blank else list(self._read_field(crop.gray, field.format))
        cells = [
            [BLANK] if is_blank(cell, height) else list(self._read_field(cell, CELL_FORMAT))
            for cell in crop.cells(field.cells)
        ]
        joined = _join_cells(cells)
        if field.format is None or self._check is None or not joined[0].text:
            return joined
        fits = [self._check(reading.text, field.format) for reading in joined]
        checked = [
            replace(reading, accepted=reading.accepted and fit, changed=fit and not fits[0])
            for reading, fit in zip(joined, fits, strict=True)
        ]
        # Readings that match the format come first.
        return [checked[i] for i in sorted(range(len(fits)), key=lambda i: not fits[i])]


def read_form(template: Template, picture: Picture, read_field: ReadField) -> FormResult:
    """Read one filled-in form; for several scans, use one `FormReader`.

    Parameters
    ----------
    template : Template
    picture : Picture
        Grey.
    read_field : callable
        As for `FormReader`.

    Returns
    -------
    FormResult

    Raises
    ------
    FormError
        If the picture does not show the form.
    """
    return FormReader(template, read_field).read(picture)


def _join_cells(cells: Sequence[Sequence[FieldReading]]) -> list[FieldReading]:
    """Join the readings of cells, the most probable combinations first."""
    choices = [options or [FieldReading(UNREAD_CELL, 0.0, accepted=False)] for options in cells]
    probabilities = [[reading.probability for reading in options] for options in choices]
    joined = []
    for indices in islice(best_combinations(probabilities), MAX_READINGS):
        parts = [options[i] for options, i in zip(choices, indices, strict=True)]
        has_gap = " " in "".join("." if part.text else " " for part in parts).strip()
        joined.append(
            FieldReading(
                "".join(part.text for part in parts),
                math.prod(part.probability for part in parts),
                all(part.accepted for part in parts) and not has_gap,
                any(part.changed for part in parts),
            )
        )
    return joined


def _to_result(
    field: Field,
    readings: Sequence[FieldReading],
    selected: FieldReading | None,
    crop: FieldCrop,
    picture: Picture,
) -> FieldResult:
    corners = crop.corners * picture.scale
    (x_min, y_min), (x_max, y_max) = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    note = _note(field, selected, _is_inside(crop.corners, picture))
    best = selected or FieldReading("", 0.0, accepted=False)
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


def _note(field: Field, selected: FieldReading | None, is_inside: bool) -> str:
    if not is_inside:
        return "is outside the image"
    if selected is None:
        return "contains writing that could not be read"
    if field.required and not selected.text:
        return "is required, but empty"
    return ""


def _is_inside(corners: Corners, picture: Picture) -> bool:
    """Return whether the image shows a whole field, apart from its border."""
    height, width = picture.pixels.shape[:2]
    slack = _BORDER_TOLERANCE * float(np.ptp(corners[:, 1]))
    low, high = corners.min(axis=0), corners.max(axis=0)
    return bool((low > -slack).all() and high[0] < width + slack and high[1] < height + slack)
