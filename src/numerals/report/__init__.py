"""What was read or measured, as pictures and tables."""

from numerals.report.annotate import annotate
from numerals.report.pictures import picture_names, write_picture
from numerals.report.rows import CSV_COLUMNS, page_rows, table_rows
from numerals.report.tables import (
    class_rows,
    digit_table,
    digit_tables,
    format_table,
    percent,
    reading_tables,
)

__all__ = [
    "CSV_COLUMNS",
    "annotate",
    "class_rows",
    "digit_table",
    "digit_tables",
    "format_table",
    "page_rows",
    "percent",
    "picture_names",
    "reading_tables",
    "table_rows",
    "write_picture",
]
