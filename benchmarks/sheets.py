"""Measure the accuracy on scanned sheets of Kannada digits, one digit per cell, read as tables.

Three of the sheets from which Kannada-MNIST was cropped: 04 and 09 are in neither of its parts; the
writer of 14 is in the training part. Each row repeats one digit.

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
HIGH_CONFIDENCE = 0.9


def main() -> None:
    folder = Path(os.environ.get("NUMERALS_DATA", "")) / "kannada-mnist" / "scans"
    if not folder.is_dir():
        raise SystemExit(f"{folder} is missing; set NUMERALS_DATA to the folder of the data sets")
    reader, rows = Reader("kannada", layout="table"), []
    for name in SHEETS:
        page = reader.read(folder / f"{name}.png")
        shapes = [(table.n_rows, table.n_columns) for table in page.tables]
        in_place = [line for line in page.lines if line.cell]
        correct = [line.text == SCRIPTS["kannada"][line.cell[0] % 10] for line in in_place]
        confident = [
            is_correct
            for line, is_correct in zip(in_place, correct, strict=True)
            if line.confidence >= HIGH_CONFIDENCE
        ]
        rows.append(
            [
                name,
                "yes" if shapes == [(ROWS, COLUMNS)] else f"no: {shapes}",
                f"{100 * sum(correct) / (ROWS * COLUMNS):.1f}",
                f"{100 * len(confident) / (ROWS * COLUMNS):.0f}: {confident.count(False)}",
            ]
        )
    print(machine())
    heads = [
        "sheet",
        "40 rows, 32 columns",
        "cells correct %",
        f"confidence >= {HIGH_CONFIDENCE}, %: errors",
    ]
    print(format_table(heads, rows))


if __name__ == "__main__":
    main()
