"""Replace the pages of a stored reading, and keep the answers that reviewers gave.

A line that is found again keeps its row: its id, its changes and its answer stay, and the rest is
replaced. A line that is not found again is deleted, unless a reviewer gave it a text.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, select, update

from numerals.errors import NotStoredError
from numerals.store.changes import CONFIRMED, CORRECTED, WAITING
from numerals.store.column_types import json_value
from numerals.store.page_entries import PageEntry
from numerals.store.reading_rows import (
    StoredIds,
    insert_page,
    insert_reading,
    line_values,
    page_values,
    replace_invalid_characters,
)
from numerals.store.row_checks import check_id, damaged_line
from numerals.store.schema import ANSWER_CHANGES, ITEMS, LINES, PAGES, READINGS
from numerals.store.timestamps import now

MIN_OVERLAP = 0.5
"""Minimum share of the smaller box that two boxes of one number have in common."""


def replace_pages(
    connection: Connection,
    reading_id: int | None,
    pages: Sequence[PageEntry],
    *,
    source: str,
    model: str,
    item_id: int | None = None,
) -> int:
    """Replace pages of a reading; return the reading's id.

    Parameters
    ----------
    connection : Connection
        In a transaction that writes.
    reading_id : int, optional
        None for a new reading.
    pages : sequence of PageEntry
    source, model : str
        Names of the file and of the model.
    item_id : int, optional
        Item of a batch for which the changes of answers are recorded.

    Returns
    -------
    int
    """
    if reading_id is None:
        reading_id = insert_reading(connection, (), source, model).id
    values = {"source": replace_invalid_characters(source), "read_at": now(), "model": model}
    if pages:
        values["script"] = pages[0].page.script
    connection.execute(update(READINGS).where(READINGS.c.id == reading_id).values(values))
    for page in pages:
        _replace_page(connection, reading_id, page, item_id)
    return reading_id


def replace_reading(
    connection: Connection, reading_id: int, pages: Sequence[PageEntry], source: str, model: str
) -> StoredIds:
    """Replace the reading of a file that belongs to no batch; parameters as in `replace_pages`.

    Raises
    ------
    NotStoredError
        If there is no such reading, or it is of another file or batch.
    """
    check_id("reading", reading_id)
    found = connection.execute(
        select(READINGS.c.source).where(READINGS.c.id == reading_id).with_for_update()
    ).scalar_one_or_none()
    in_batch = select(ITEMS.c.id).where(ITEMS.c.reading_id == reading_id).limit(1)
    if found != replace_invalid_characters(source) or connection.execute(in_batch).first():
        raise NotStoredError(f"there is no reading {reading_id} of this file to replace")
    replace_pages(connection, reading_id, pages, source=source, model=model)
    rows = connection.execute(
        select(LINES.c.id, LINES.c.page, LINES.c.number, LINES.c.state, LINES.c.answer)
        .where(LINES.c.reading_id == reading_id)
        .order_by(LINES.c.page, LINES.c.number)
    ).all()
    by_place = {(row.page, row.number): row for row in rows}
    places = [
        [(entry.page.number, number) for number in range(1, len(entry.lines) + 1)]
        for entry in pages
    ]
    line_ids = tuple(tuple(by_place[place].id for place in of_page) for of_page in places)
    is_answered = (CONFIRMED, CORRECTED)
    answers = {row.id: (row.state, row.answer) for row in rows if row.state in is_answered}
    return StoredIds(reading_id, line_ids, answers)


def _replace_page(
    connection: Connection, reading_id: int, entry: PageEntry, item_id: int | None
) -> None:
    is_page = (PAGES.c.reading_id == reading_id) & (PAGES.c.number == entry.page.number)
    before = connection.execute(select(PAGES.c.width, PAGES.c.height).where(is_page)).first()
    if before is None:
        line_ids = insert_page(connection, reading_id, entry)
        if item_id is not None:
            for number, line_id in enumerate(line_ids, start=1):
                _log_new(connection, item_id, line_id, entry, number)
        return
    connection.execute(update(PAGES).where(is_page).values(page_values(reading_id, entry)))
    old_lines = connection.execute(
        select(
            LINES.c.id,
            LINES.c.reading_id,
            LINES.c.number,
            LINES.c.box,
            LINES.c.field,
            LINES.c.state,
            LINES.c.answer,
            LINES.c.confidence,
        )
        .where(LINES.c.reading_id == reading_id, LINES.c.page == entry.page.number)
        .order_by(LINES.c.number)
    ).all()
    _replace_lines(connection, reading_id, entry, old_lines, (before.width, before.height), item_id)


def _replace_lines(
    connection: Connection,
    reading_id: int,
    entry: PageEntry,
    old_lines: Sequence[Any],  # rows
    old_size: tuple[int, int],
    item_id: int | None,
) -> None:
    # The numbers of lines are unique: they are out of the way while they are assigned again.
    is_on_page = (LINES.c.reading_id == reading_id) & (LINES.c.page == entry.page.number)
    connection.execute(update(LINES).where(is_on_page).values(number=-LINES.c.number))
    match_of = match_lines(entry, old_lines, old_size)
    for number in range(1, len(entry.lines) + 1):
        old = match_of.get(number - 1)
        values = line_values(entry, number)
        if old is None:
            row = {**values, "reading_id": reading_id, "number": number}
            insert = LINES.insert().values(row).returning(LINES.c.id)
            line_id = int(connection.execute(insert).scalar_one())
            if item_id is not None:
                _log_new(connection, item_id, line_id, entry, number)
            continue
        if old.state != WAITING:
            del values["state"], values["answer"]
        connection.execute(
            update(LINES).where(LINES.c.id == old.id).values(**values, number=number)
        )
        after = values.get("answer", old.answer)
        if item_id is not None and after != old.answer:
            change = {"before": old.answer, "after": after, "confidence": values["confidence"]}
            _log(connection, item_id, old.id, entry, number, change)
    matched = {old.id for old in match_of.values()}
    number = len(entry.lines)
    for old in old_lines:
        if old.id in matched:
            continue
        if old.state in (CONFIRMED, CORRECTED) and old.answer:
            number += 1
            connection.execute(update(LINES).where(LINES.c.id == old.id).values(number=number))
            continue
        connection.execute(LINES.delete().where(LINES.c.id == old.id))
        if item_id is not None:
            change = {"before": old.answer, "after": None, "confidence": old.confidence}
            _log(connection, item_id, None, entry, old.number, change, field=old.field)


def match_lines(
    entry: PageEntry, old_lines: Sequence[Row[Any]], old_size: tuple[int, int]
) -> dict[int, Row[Any]]:
    """Return the stored line of each new line that was found before, by index of the new line.

    Fields match by their name, other lines by their boxes, the largest overlap first.

    Parameters
    ----------
    entry : PageEntry
    old_lines : sequence of Row
        With the columns ``box`` and ``field``.
    old_size : tuple of int
        Width and height of the page that their boxes refer to, pixels.
    """
    field_of = {old.field: i for i, old in enumerate(old_lines) if old.field is not None}
    matches = {
        i: old_lines[field_of[line.field]]
        for i, line in enumerate(entry.lines)
        if line.field in field_of
    }
    taken = {old.id for old in matches.values()}
    new = [i for i in range(len(entry.lines)) if i not in matches]
    # Two different fields are never the same number, wherever they are.
    old = [row for row in old_lines if row.id not in taken]
    if not new or not old:
        return matches
    page = entry.page
    new_boxes = _relative([entry.lines[i].line.box for i in new], (page.width, page.height))
    overlaps = _overlaps(new_boxes, _relative([_box(row) for row in old], old_size))
    are_fields = np.outer(
        [entry.lines[i].field is not None for i in new], [row.field is not None for row in old]
    )
    overlaps[are_fields] = 0
    while overlaps.size and overlaps.max() >= MIN_OVERLAP:
        i, j = np.unravel_index(overlaps.argmax(), overlaps.shape)
        matches[new[int(i)]] = old[int(j)]
        overlaps[i, :] = overlaps[:, j] = 0
    return matches


def _relative(boxes: Sequence[Sequence[float]], size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return boxes as shares of the page, shape (n_boxes, 4): PDFs have any resolution."""
    width, height = max(1, size[0]), max(1, size[1])
    return np.array(boxes, float).reshape(-1, 4) / [width, height, width, height]


def _overlaps(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the overlap of each pair of boxes, as a share of the smaller one."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    area_a, area_b = ((box[:, 2:] - box[:, :2]).prod(axis=1) for box in (a, b))
    return np.asarray(common / np.maximum(np.minimum.outer(area_a, area_b), 1e-12))


def _box(row: Row[Any]) -> list[float]:
    try:
        x_min, y_min, x_max, y_max = map(float, json_value(row.box))
        return [x_min, y_min, x_max, y_max]
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged_line(row, "its box") from error


def _log_new(
    connection: Connection, item_id: int, line_id: int, entry: PageEntry, number: int
) -> None:
    line = entry.lines[number - 1].line
    change = {"before": None, "after": line.text, "confidence": line.confidence}
    _log(connection, item_id, line_id, entry, number, change)


def _log(
    connection: Connection,
    item_id: int,
    line_id: int | None,
    entry: PageEntry,
    number: int,
    change: dict[str, Any],
    field: str | None = None,
) -> None:
    if field is None and number <= len(entry.lines):
        field = entry.lines[number - 1].field
    connection.execute(
        ANSWER_CHANGES.insert().values(
            item_id=item_id,
            line_id=line_id,
            page=entry.page.number,
            number=number,
            field=field,
            **change,
        )
    )
