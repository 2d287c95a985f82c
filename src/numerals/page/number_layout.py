"""What a picture shows, told by the numbers found on it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from numerals.ink.ink_line import InkLine
from numerals.ink.page_ink import PageInk
from numerals.models.page_model import PageMaps
from numerals.page.column_cuts import cut_at_columns
from numerals.page.rows_and_columns import NumberBox, group_rows
from numerals.page.table_detection import find_tables

_FIELD_HEIGHT = 3.2  # number heights: a picture no higher shows one line (development pages)
_CROP_SIDES = (120, 400)  # pixels: a picture no larger may show one number that was not found


def may_be_field(ink: PageInk) -> bool:
    """Return whether a picture may be cropped to one number, so that all its ink is part of it."""
    number_boxes = number_boxes_of(ink.lines)
    if not number_boxes:
        short, long = sorted(ink.gray.shape)
        return short <= _CROP_SIDES[0] and long <= _CROP_SIDES[1] and ink.has_number_ink
    height = float(np.median([number_box.height for number_box in number_boxes]))
    return len(group_rows(number_boxes)) == 1 and ink.gray.shape[0] <= _FIELD_HEIGHT * height


def assign_table_cells(lines: Sequence[InkLine], maps: PageMaps) -> tuple[InkLine, ...]:
    """Return lines with frames, those of tables with their places there."""
    places = find_tables(number_boxes_of(lines), maps.mark_ink, maps.scale)
    placed = [replace(line, cell_position=place) for line, place in zip(lines, places, strict=True)]
    return tuple(cut_at_columns(placed))


def number_boxes_of(lines: Sequence[InkLine]) -> list[NumberBox]:
    """Return where the lines stand that have frames."""
    return [
        NumberBox(*frame.center, frame.right - frame.left, frame.height)
        for frame in (line.frame for line in lines)
        if frame is not None
    ]


def drop_printed_lines(ink: PageInk) -> PageInk:
    """Return a page without its printed numbers, but for those of tables; if all are, they stay."""
    written = tuple(line for line in ink.lines if line.cell_position or not line.is_printed)
    return replace(ink, lines=written) if written else ink
