"""Suggest the fields of a form: boxes, combs, cells of tables, and lines to write on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from numerals.forms.cell_growth import grow_cells
from numerals.forms.column_gaps import find_gaps
from numerals.forms.comb_grouping import complete_combs, group_combs, printed_cells
from numerals.forms.printed_labels import FormInk, find_form_ink, find_labels, free_part
from numerals.forms.rule_detection import (
    RULE_CONTRASTS,
    Rules,
    drop_nested_boxes,
    find_lines,
    find_rectangles,
    find_rules,
)
from numerals.forms.table_grouping import MAX_WALL, Position, find_tables
from numerals.ink.illumination import compute_darkness
from numerals.page.rows_and_columns import NumberBox, group_rows
from numerals.records import Box

Gray = npt.NDArray[np.uint8]
Kind = Literal["box", "comb", "cell", "line"]

MAX_SUGGESTIONS = 1000
"""Maximum number of suggestions of one form; the largest tables have a few hundred cells."""
MIN_WRITING_HEIGHT = 24
"""Minimum free height above a line to write on, pixels of the masks."""
MAX_WRITING_HEIGHT = 60
"""Maximum height of the box above such a line, pixels of the masks."""

MAX_LINE_SHARE = 0.7
"""Maximum length of such a line, as a share of the width of the form; longer ones divide it."""
MIN_MARK_SHARE = 0.6
"""Minimum share of its length along which the page network sees a rule."""

MIN_RELATIVE_HEIGHT = 0.45
"""Minimum height of a box, median heights of all boxes."""
LINE_CLEARANCE = 8
"""Distance above a line in which its own ink is ignored, pixels of the masks."""
MAX_PAPER_DARKNESS = 60
"""Maximum darkness of the paper below a line, of 255."""
MAX_MARK_SHARE = 0.1
"""Maximum share of the space above a line that marks cover."""
MAX_DARK_SHARE = 0.3
"""Maximum share of that space that is dark; writing covers less."""
MAX_LABEL_SHARE = 0.02
"""Maximum share of a row of pixels above a line that print covers."""
MAX_TICK_ASPECT = 1.35
"""Maximum ratio of the sides of a box to tick."""
MIN_TICK_LABEL = 0.1
"""Minimum share of the space beside a box to tick that its label covers."""
BORDER_WIDTH = 2
"""Width of the printed border of a box, pixels of the masks."""
BORDER_MARGIN = 5
"""Distance from the inside of a box within which its border is, pixels of the masks."""


@dataclass(frozen=True)
class BoxSuggestion:
    """A place on a form that is probably a field.

    Attributes
    ----------
    box : Box
        With its printed border, in pixels of the form.
    kind : {"box", "comb", "cell", "line"}
        A single box, a row of cells for one digit each, a cell of a table, or the space above a
        line.
    cells : int, default=0
        Number of printed cells of a comb.
    table, row, column : int, optional
        Position of a cell; tables are numbered from 0 in the order of the suggestions.
    """

    box: Box
    kind: Kind
    cells: int = 0
    table: int | None = None
    row: int | None = None
    column: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON."""
        values: dict[str, Any] = {"box": list(self.box), "kind": self.kind, "cells": self.cells}
        if self.table is not None:
            values |= {"table": self.table, "row": self.row, "column": self.column}
        return values


def suggest_boxes(gray: Gray) -> list[BoxSuggestion]:
    """Suggest the fields of a blank or filled-in form, in reading order.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        The form, upright and about level.

    Returns
    -------
    list of BoxSuggestion
        Boxes that are filled with print, such as the labels of a table, are left out.
    """
    rules = find_rules(gray)
    ink = find_form_ink(gray, rules.horizontal.shape)
    enclosed = [box for box in find_rectangles(rules) if _has_printed_border(box, ink)]
    rectangles = drop_nested_boxes(enclosed)
    pale = drop_nested_boxes(find_rectangles(find_rules(gray, RULE_CONTRASTS[-1])))
    rectangles += [box for box in pale if not _overlaps_any(box, enclosed)]
    rectangles = grow_cells(rectangles, rules)
    combs, others = group_combs(rectangles, rules)
    combs, others = complete_combs(combs, others)
    found = [BoxSuggestion(comb.box, "comb", comb.n_cells) for comb in combs]
    ink = replace(ink, label=find_labels(others, ink))
    found += _box_suggestions(others, enclosed, rules, ink)
    found = _drop_small(found)
    darkness = np.asarray(cv2.resize(compute_darkness(gray), ink.mark.shape[::-1]), np.uint8)
    lines = find_lines(rules, [*enclosed, *rectangles])
    found += _line_suggestions(lines, [each.box for each in found], ink, darkness)
    return _sort_and_scale(found[:MAX_SUGGESTIONS], rules.scale, gray.shape)


def _box_suggestions(
    boxes: Sequence[Box], enclosed: Sequence[Box], rules: Rules, ink: FormInk
) -> list[BoxSuggestion]:
    positions = find_tables(boxes)
    suggestions: list[BoxSuggestion | None] = []
    for box, position in zip(boxes, positions, strict=True):
        suggestions.append(_suggestion_of(box, position, enclosed, rules, ink))
    for i in find_gaps(boxes, positions, [each is not None for each in suggestions]):
        suggestions[i] = _at(BoxSuggestion(boxes[i], "cell"), positions[i])
    return [each for each in suggestions if each is not None]


def _suggestion_of(
    box: Box, position: Position | None, enclosed: Sequence[Box], rules: Rules, ink: FormInk
) -> BoxSuggestion | None:
    """Return the part of a box to write in; None for print."""
    part = free_part(box, ink.label)
    if part is None or _is_tick_box(box, ink.label):
        return None
    if part[0] > box[0] and _has_right_neighbor(box, enclosed):
        return None  # a label, whose field is the next cell
    cells = printed_cells(part, rules)
    kind: Kind = "comb" if cells else "cell" if position else "box"
    return _at(BoxSuggestion(part, kind, cells), position)


def _at(suggestion: BoxSuggestion, position: Position | None) -> BoxSuggestion:
    if position is None:
        return suggestion
    return replace(suggestion, table=position[0], row=position[1], column=position[2])


def _drop_small(suggestions: Sequence[BoxSuggestion]) -> list[BoxSuggestion]:
    """Drop boxes much lower than the others, such as boxes to tick and holes in letters."""
    heights = [each.box[3] - each.box[1] for each in suggestions]
    min_height = MIN_RELATIVE_HEIGHT * float(np.median(heights)) if heights else 0.0
    return [each for each, height in zip(suggestions, heights, strict=True) if height >= min_height]


def _is_tick_box(box: Box, is_label: npt.NDArray[np.bool_]) -> bool:
    """Return whether a box is a square with print directly to the right of it."""
    x_min, y_min, x_max, y_max = box
    width, height = x_max - x_min, y_max - y_min
    if not 1 / MAX_TICK_ASPECT <= width / height <= MAX_TICK_ASPECT:
        return False
    beside = is_label[y_min:y_max, x_max + width // 4 : x_max + 2 * width]
    return bool(beside.size and beside.mean() > MIN_TICK_LABEL)


def _has_right_neighbor(box: Box, enclosed: Sequence[Box]) -> bool:
    height = box[3] - box[1]
    return any(
        0 <= other[0] - box[2] <= MAX_WALL
        and min(other[3], box[3]) - max(other[1], box[1]) > 0.5 * height
        for other in enclosed
    )


def _line_suggestions(
    lines: Sequence[Box], boxes: Sequence[Box], ink: FormInk, darkness: Gray
) -> list[BoxSuggestion]:
    """Return the space above each line that is free of print and of other boxes."""
    suggestions: list[BoxSuggestion] = []
    for x_min, y_min, x_max, y_max in lines:
        if not _is_line_to_write_on((x_min, y_min, x_max, y_max), ink):
            continue
        below = darkness[y_max + LINE_CLEARANCE // 2 : y_max + LINE_CLEARANCE, x_min:x_max]
        if below.size and np.median(below) > MAX_PAPER_DARKNESS:
            continue  # the edge of a dark area
        inset = (x_max - x_min) // 10
        columns = slice(x_min + inset, x_max - inset)
        top = max(0, y_min - MAX_WRITING_HEIGHT)
        above = slice(top, y_min - LINE_CLEARANCE)
        is_blocked = (ink.label[above, columns].mean(axis=1) > MAX_LABEL_SHARE) | (
            ink.mark[above, columns].mean(axis=1) > MIN_MARK_SHARE
        )
        obstacles = np.flatnonzero(is_blocked)
        free_top = top + int(obstacles[-1]) + 1 if obstacles.size else top
        if y_min - free_top < MIN_WRITING_HEIGHT:
            continue
        space = slice(free_top, y_min - LINE_CLEARANCE)
        if ink.mark[space, columns].mean() > MAX_MARK_SHARE or (
            (darkness[space, columns] > MAX_PAPER_DARKNESS).mean() > MAX_DARK_SHARE
        ):
            continue  # a part of a drawing
        box = (x_min, free_top, x_max, y_max)
        if not _overlaps_any(box, [*boxes, *(each.box for each in suggestions)]):
            suggestions.append(BoxSuggestion(box, "line"))
    return suggestions


def _has_printed_border(box: Box, ink: FormInk) -> bool:
    """Return whether the border of a box is a rule rather than, say, the outline of a letter."""
    x_min, y_min, x_max, y_max = box
    margin = BORDER_MARGIN
    rows, columns = (
        slice(max(0, y_min - margin), y_max + margin),
        slice(max(0, x_min - margin), x_max + margin),
    )
    mark, label = ink.mark[rows, columns], ink.label[rows, columns]
    is_border = np.ones(mark.shape, np.bool_)
    is_border[2 * margin : -2 * margin, 2 * margin : -2 * margin] = False
    return bool((mark & is_border).sum() >= (label & is_border).sum())


def _is_line_to_write_on(line: Box, ink: FormInk) -> bool:
    """Return whether a line is a mark rather than print, and no rule across the whole form."""
    x_min, y_min, x_max, y_max = line
    if x_max - x_min > MAX_LINE_SHARE * ink.mark.shape[1]:
        return False
    band = slice(max(0, y_min - 3), y_max + 3)
    is_mark = ink.mark[band, x_min:x_max].any(axis=0)
    return bool(is_mark.mean() >= MIN_MARK_SHARE)


def _overlaps_any(box: Box, others: Sequence[Box]) -> bool:
    return any(
        box[0] < o[2] and o[0] < box[2] and box[1] < o[3] - 4 and o[1] + 4 < box[3] for o in others
    )


def _sort_and_scale(
    suggestions: Sequence[BoxSuggestion], scale: float, shape: tuple[int, ...]
) -> list[BoxSuggestion]:
    """Return the suggestions in reading order, in pixels of the form."""
    rows = group_rows([NumberBox.from_bounds(each.box) for each in suggestions])
    ordered = [suggestions[i] for row in rows for i in row]
    new_table: dict[int, int] = {}
    result = []
    for each in ordered:
        table = None
        if each.table is not None:
            table = new_table.setdefault(each.table, len(new_table))
        result.append(replace(each, box=_scaled(each.box, scale, shape), table=table))
    return result


def _scaled(box: Box, scale: float, shape: tuple[int, ...]) -> Box:
    """Return a box in pixels of the form, with its printed border."""
    height, width = shape
    x_min, y_min, x_max, y_max = box
    border = BORDER_WIDTH
    return (
        max(0, round((x_min - border) * scale)),
        max(0, round((y_min - border) * scale)),
        min(width, round((x_max + border) * scale)),
        min(height, round((y_max + border) * scale)),
    )
