"""The query parameters that select lines of the review."""

from typing import Annotated

from fastapi import Depends, Query

from numerals.corrections.review_selection import Marks, Order, ReviewSelection, Show
from numerals.errors import NotStoredError


def parse_id(text: str) -> int:
    """Return an id as a number; raise NotStoredError for any other text."""
    if not (text.isascii() and text.isdigit()):
        raise NotStoredError(f"there is nothing stored under {text[:20]!r}")
    return int(text)


def _parse_selection(
    below: Annotated[
        float | None, Query(ge=0, le=1, description="only lines with a lower confidence")
    ] = None,
    batch: Annotated[
        str | None, Query(max_length=20, description="only lines of the batch with this id")
    ] = None,
    show: Annotated[
        Show, Query(description="uncertain: the lines that a batch counts as to review")
    ] = "all",
    marks: Annotated[
        Marks, Query(description="lines that are probably not numbers, such as texture")
    ] = "include",
    text: Annotated[
        str | None, Query(max_length=200, description="only lines that were read as this text")
    ] = None,
    order: Annotated[
        Order, Query(description="useful: confidence 0.3 to 0.9 first; page: as on the pages")
    ] = "confidence",
) -> ReviewSelection:
    batch_id = None if batch is None else parse_id(batch)
    if text is not None:
        text = text.replace("\0", "")
    return ReviewSelection(below, batch_id, show, marks, text, order)


SelectionQuery = Annotated[ReviewSelection, Depends(_parse_selection)]
