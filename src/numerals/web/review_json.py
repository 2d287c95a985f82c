"""Items of the review as JSON values, with the page that they are on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, func, select, tuple_

from numerals.corrections.review_items import LinePlace, ReviewItem
from numerals.forms import Relation
from numerals.store import Store
from numerals.store.column_types import json_value
from numerals.store.database import read_transaction
from numerals.store.schema import BATCHES, ITEMS, LINES, PAGES
from numerals.web.batches.batch_options import template_formats
from numerals.web.batches.batch_service import BatchService

PAGE_SIDE = 2000
"""Longer side of the picture of a page, pixels: A4 at 170 dpi, so that zooming in stays sharp."""

_PageKey = tuple[int, int]  # reading, page


def item_to_dict(item: ReviewItem) -> dict[str, Any]:
    """Return an item as a JSON value."""
    alternatives = [{"text": text, "confidence": p} for text, p in item.alternatives]
    return {
        "id": str(item.id),
        "reading_id": str(item.reading_id),
        "text": item.text,
        "confidence": round(item.confidence, 4),
        "alternatives": alternatives,
        "read": item.read,
        "state": item.state,
        "crop": f"/v1/review/{item.id}/crop" if item.has_crop else None,
        "script": item.script,
        "read_at": item.read_at,
        "source": item.source,
        "version": str(item.version),
        "change": None if item.change is None else str(item.change),
        "by": item.by,
        **_place_to_dict(item.place),
    }


def items_with_pages(
    store: Store, batches: BatchService | None, items: Sequence[ReviewItem]
) -> list[dict[str, Any]]:
    """Return items as JSON values, each with its page under ``page_of``.

    The page has its ``picture`` (null if none is stored), ``width``, ``height``, ``turn``, the
    ``relations`` of its form, and the ``values`` of their fields. ``format`` is the number format
    of the item's field.
    """
    pages = _load_pages(store, items)
    values = _load_values(store, [key for key, page in pages.items() if page.form])
    found = []
    for item in items:
        key = (item.reading_id, item.place.page or 1)
        page = pages.get(key)
        form = json_value(page.form) if page is not None and page.form else None
        found.append(
            {
                **item_to_dict(item),
                "page_of": None if page is None else _page_to_dict(page, item, form, values[key]),
                "format": "" if page is None else _format_of(batches, item, page, form),
            }
        )
    return found


def blind(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item without what would tell a reviewer how it was read."""
    page = item["page_of"]
    hidden: dict[str, Any] = {
        "alternatives": [],
        "text": "",
        "read": "",
        "confidence": None,
        "note": "",
    }
    hidden |= {"accepted": None, "by": "", "version": None, "change": None}
    return {**item, **hidden, "page_of": page and {**page, "relations": [], "values": {}}}


def _load_pages(store: Store, items: Sequence[ReviewItem]) -> dict[_PageKey, Row[Any]]:
    keys = {(item.reading_id, item.place.page or 1) for item in items}
    if not keys:
        return {}
    has_picture = PAGES.c.picture.is_not(None).label("has_picture")
    query = (
        select(
            PAGES.c.reading_id,
            PAGES.c.number,
            PAGES.c.width,
            PAGES.c.height,
            PAGES.c.turn,
            PAGES.c.form,
            has_picture,
            func.coalesce(ITEMS.c.has_file, 0).label("has_file"),
            func.coalesce(BATCHES.c.options, "{}").label("options"),
        )
        .select_from(
            PAGES.outerjoin(ITEMS, ITEMS.c.reading_id == PAGES.c.reading_id).outerjoin(
                BATCHES, BATCHES.c.id == ITEMS.c.batch_id
            )
        )
        .where(tuple_(PAGES.c.reading_id, PAGES.c.number).in_(sorted(keys)))
    )
    with read_transaction(store.engine) as connection:
        return {(row.reading_id, row.number): row for row in connection.execute(query)}


def _load_values(store: Store, keys: Sequence[_PageKey]) -> dict[_PageKey, dict[str, str]]:
    """Return the answers in the fields of forms, by page."""
    values: dict[_PageKey, dict[str, str]] = defaultdict(dict)
    if not keys:
        return values
    query = select(LINES.c.reading_id, LINES.c.page, LINES.c.field, LINES.c.answer).where(
        tuple_(LINES.c.reading_id, LINES.c.page).in_(keys), LINES.c.field.is_not(None)
    )
    with read_transaction(store.engine) as connection:
        for row in connection.execute(query):
            values[row.reading_id, row.page][row.field] = row.answer
    return values


def _page_to_dict(
    page: Row[Any], item: ReviewItem, form: Any, values: dict[str, str]
) -> dict[str, Any]:
    relations = [Relation(kind, tuple(names)) for kind, names in form["relations"]] if form else []
    names = {name for relation in relations for name in relation.names}
    return {
        "id": f"{page.reading_id}-{page.number}",
        "picture": _picture_of(page, item),
        "width": page.width,
        "height": page.height,
        "turn": page.turn,
        "relations": [
            {"kind": relation.kind, "names": list(relation.names)} for relation in relations
        ],
        "values": {name: text for name, text in values.items() if name in names},
        "decimal": form["decimal"] if form else None,
    }


def _picture_of(page: Row[Any], item: ReviewItem) -> str | None:
    place = item.place
    if page.has_file:
        batch = f"/v1/batches/{place.batch}/items/{place.item}"
        return f"{batch}/pages/{page.number}/picture?side={PAGE_SIDE}"
    return f"/v1/review/{item.id}/page-picture?side={PAGE_SIDE}" if page.has_picture else None


def _format_of(batches: BatchService | None, item: ReviewItem, page: Row[Any], form: Any) -> str:
    if form is not None:
        folder = batches.templates if batches and item.place.field else None
        formats = template_formats(folder, form["template"]) if folder else {}
        return formats.get(item.place.field or "", "")
    return str(json_value(page.options).get("format") or "")


def _place_to_dict(place: LinePlace) -> dict[str, Any]:
    return {
        **asdict(place),
        "batch": None if place.batch is None else str(place.batch),
        "item": None if place.item is None else str(place.item),
    }
