"""Check a template for mistakes that make its forms unreadable."""

from collections.abc import Iterator
from itertools import combinations

from numerals.errors import FormError
from numerals.forms.registration import Reference
from numerals.forms.template import Field, Template

MAX_OVERLAP = 0.2
"""Maximum overlap of two boxes, as a share of the smaller one."""
MIN_HEIGHT = 14
"""Minimum height of a box, pixels; digits of 10 pixels can be read."""


def check_template(template: Template) -> list[str]:
    """Return what is wrong with a template, one sentence each; nothing if it is good.

    Parameters
    ----------
    template : Template
    """
    problems = []
    try:
        make_reference(template)
    except FormError as error:
        problems.append(f"the form cannot be found in scans: {error}")
    return [*problems, *_check_fields(template)]


def make_reference(template: Template) -> Reference:
    """Return the features by which scans of a form are recognized.

    Raises
    ------
    FormError
        If the picture shows too little print.
    """
    written = [field.box for field in template.fields] if template.filled else []
    return Reference(template.reference, written)


def _check_fields(template: Template) -> Iterator[str]:
    for field in template.fields:
        height = field.box[3] - field.box[1]
        if height < MIN_HEIGHT:
            yield (
                f"{field.name} is {height} pixels high, at least {MIN_HEIGHT} are needed; use a "
                "larger picture"
            )
    for one, other in combinations(template.fields, 2):
        if _overlap(one, other) > MAX_OVERLAP:
            yield f"{one.name} and {other.name} overlap; move one of them"


def _overlap(one: Field, other: Field) -> float:
    """Return the overlap of two boxes, as a share of the smaller one."""
    a, b = one.box, other.box
    shared = [min(a[k + 2], b[k + 2]) - max(a[k], b[k]) for k in (0, 1)]
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return max(0, shared[0]) * max(0, shared[1]) / min(areas)
