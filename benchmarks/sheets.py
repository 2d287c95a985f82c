"""Real filled-in sheets of Kannada digits, a digit a cell, read as tables.

Three of the sheets that Kannada-MNIST was cut from, as scanned: 04 and 09 are in neither of its
parts, the writer of 14 is in the part that models learn from. Each row is of one digit.

    python benchmarks/sheets.py
"""

import os
from pathlib import Path

from timing import machine

from numerals.reading import Reader
from numerals.reports.text_tables import format_table
from numerals.scripts import SCRIPTS

SHEETS = ("page-04", "page-09", "page-14")
ROWS, COLUMNS = 40, 32
SURE = 0.9


def main() -> None:
    folder = Path(os.environ.get("NUMERALS_DATA", "")) / "kannada-mnist" / "scans"
    if not folder.is_dir():
        raise SystemExit(f"{folder} is missing; set NUMERALS_DATA to the folder of the data sets")
    reader, rows = Reader("kannada", layout="table"), []
    for name in SHEETS:
        page = reader.read(folder / f"{name}.png")
        shapes = [(table.n_rows, table.n_columns) for table in page.tables]
        in_place = [line for line in page.lines if line.cell]
        right = [line.text == SCRIPTS["kannada"][line.cell[0] % 10] for line in in_place]
        sure = [ok for line, ok in zip(in_place, right, strict=True) if line.confidence >= SURE]
        rows.append(
            [
                name,
                "yes" if shapes == [(ROWS, COLUMNS)] else f"no: {shapes}",
                f"{100 * sum(right) / (ROWS * COLUMNS):.1f}",
                f"{100 * len(sure) / (ROWS * COLUMNS):.0f}: {sure.count(False)}",
            ]
        )
    print(machine())
    heads = ["sheet", "40 rows, 32 columns", "cells read %", f"{SURE} or more, %: wrong ones"]
    print(format_table(heads, rows))


if __name__ == "__main__":
    main()
