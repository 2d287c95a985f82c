"""Pages as rows of a table: one a line of writing."""

from collections.abc import Iterator

from numerals.records import Page

CSV_COLUMNS = (
    "file",
    "page",
    "line",
    "text",
    "confidence",
    "x_min",
    "y_min",
    "x_max",
    "y_max",
)


def page_rows(page: Page) -> Iterator[tuple[str | int | float, ...]]:
    """Yield a row, as `CSV_COLUMNS` names it, for each line of a page."""
    for number, line in enumerate(page.lines, start=1):
        yield (page.source, page.number, number, line.answer, round(line.confidence, 4), *line.box)
