"""What was read or measured, as pictures and tables."""

from numerals.report.annotate import annotate
from numerals.report.pictures import picture_names, write_picture
from numerals.report.rows import CSV_COLUMNS, page_rows
from numerals.report.tables import digit_table, reading_tables

__all__ = [
    "CSV_COLUMNS",
    "annotate",
    "digit_table",
    "page_rows",
    "picture_names",
    "reading_tables",
    "write_picture",
]
