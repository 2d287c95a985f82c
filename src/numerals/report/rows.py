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


def table_rows(page: Page) -> list[list[str]]:
    """Return the texts of a page that was read as a table, row by row; empty cells are empty."""
    n_rows, n_columns = page.table or (0, 0)
    rows = [[""] * n_columns for _ in range(n_rows)]
    for line in page.lines:
        if line.cell is not None:
            row, column = line.cell
            rows[row][column] = f"{rows[row][column]} {line.answer}".strip()
    return rows
