"""Interpret the layout of the numbers on a page: single fields, tables, print."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from numerals.ink.ink_line import InkLine
from numerals.ink.page_ink import PageInk
from numerals.models.page_model import PageMaps
from numerals.page.column_cuts import cut_at_columns
from numerals.page.rows_and_columns import NumberBox, group_rows
from numerals.page.table_detection import find_tables

MAX_FIELD_HEIGHT = 3.2
"""Maximum height of a picture of one line, number heights; tuned on the development pages."""
MAX_CROP_SIDES = (120, 400)
"""Maximum shorter and longer side of a picture that may show one undetected number, pixels."""


def may_be_field(ink: PageInk) -> bool:
    """Return whether a picture may be a crop of one number, so that all its ink belongs to it."""
    number_boxes = number_boxes_of(ink.lines)
    if not number_boxes:
        shorter_side, longer_side = sorted(ink.gray.shape)
        return (
            shorter_side <= MAX_CROP_SIDES[0]
            and longer_side <= MAX_CROP_SIDES[1]
            and ink.has_number_ink
        )
    height = float(np.median([number_box.height for number_box in number_boxes]))
    return len(group_rows(number_boxes)) == 1 and ink.gray.shape[0] <= MAX_FIELD_HEIGHT * height


def assign_table_cells(lines: Sequence[InkLine], maps: PageMaps) -> tuple[InkLine, ...]:
    """Return lines with frames, those in tables with their cell positions."""
    positions = find_tables(number_boxes_of(lines), maps.mark_ink, maps.scale)
    lines_with_cells = [
        replace(line, cell_position=position)
        for line, position in zip(lines, positions, strict=True)
    ]
    return tuple(cut_at_columns(lines_with_cells))


def number_boxes_of(lines: Sequence[InkLine]) -> list[NumberBox]:
    """Return the boxes of the lines that have frames."""
    return [
        NumberBox(*frame.center, frame.right - frame.left, frame.height)
        for frame in (line.frame for line in lines)
        if frame is not None
    ]


def drop_printed_lines(ink: PageInk) -> PageInk:
    """Return a page without printed numbers outside of tables, unless that drops all numbers."""
    written = tuple(line for line in ink.lines if line.cell_position or not line.is_printed)
    return replace(ink, lines=written) if written else ink
