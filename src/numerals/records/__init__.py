"""The data types that rooms exchange: frozen dataclasses that display themselves in notebooks."""

from numerals.records.digits import Digits
from numerals.records.readings import (
    REJECTED_TEXT,
    Box,
    Digit,
    Line,
    Page,
    Preview,
    Table,
    text_rows,
    union,
)

__all__ = [
    "REJECTED_TEXT",
    "Box",
    "Digit",
    "Digits",
    "Line",
    "Page",
    "Preview",
    "Table",
    "text_rows",
    "union",
]
