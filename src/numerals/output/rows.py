"""Convert pages to rows of values: one for each line of writing, or one for each table row."""

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
    "table",
    "row",
    "column",
)
"""Column names of `page_rows`.

The last three count from 1, and are empty for lines outside tables."""


def page_rows(page: Page) -> Iterator[tuple[str | int | float, ...]]:
    """Yield the values named in `CSV_COLUMNS` for each line of a page."""
    for number, line in enumerate(page.lines, start=1):
        values = (page.source, page.number, number, line.answer, round(line.confidence, 4))
        place: tuple[str | int, ...] = ("", "", "")
        if line.table is not None and line.cell is not None:
            place = (line.table + 1, line.cell[0] + 1, line.cell[1] + 1)
        yield (*values, *line.box, *place)


def table_rows(page: Page, number: int = 0) -> list[list[str]]:
    """Return the texts of one table of a page, row by row.

    Parameters
    ----------
    page : Page
    number : int, default=0
        Index of the table on the page.

    Returns
    -------
    list of list of str
        Empty strings for empty cells; an empty list if the page has no such table.
    """
    if number >= len(page.tables):
        return []
    table = page.tables[number]
    rows = [[""] * table.n_columns for _ in range(table.n_rows)]
    for line in page.lines:
        if line.table == number and line.cell is not None:
            row, column = line.cell
            rows[row][column] = f"{rows[row][column]} {line.answer}".strip()
    return rows
