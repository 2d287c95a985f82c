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
    "table",
    "row",
    "column",
)
"""The last three count from 1 and are empty for lines that stand in no table."""


def page_rows(page: Page) -> Iterator[tuple[str | int | float, ...]]:
    """Yield a row, as `CSV_COLUMNS` names it, for each line of a page."""
    for number, line in enumerate(page.lines, start=1):
        at = (page.source, page.number, number, line.answer, round(line.confidence, 4))
        place: tuple[str | int, ...] = ("", "", "")
        if line.table is not None and line.cell is not None:
            place = (line.table + 1, line.cell[0] + 1, line.cell[1] + 1)
        yield (*at, *line.box, *place)


def table_rows(page: Page, number: int = 0) -> list[list[str]]:
    """Return the texts of one of a page's tables, row by row; empty cells are empty.

    Parameters
    ----------
    page : Page
    number : int, default=0
        Which of its tables. Of a page without so many there are no rows.
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
