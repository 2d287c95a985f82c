"""Measure how the reading of real pages changes when their pictures are enlarged or reduced.

Enlarging a picture adds no information, so the same numbers should be found, and nothing else. The
table shows for each scale the numbers read exactly, the other lines, and those of them with a
confidence of 0.5 or more.

    python benchmarks/page_scales.py
    python benchmarks/page_scales.py --pages golf/g9376.jpg votes-id/pagea.jpg --scales 1 2
"""

import argparse
import csv
import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from timing import machine

from numerals.images import load_picture
from numerals.reading import Reader
from numerals.records import Page
from numerals.reports.text_tables import format_table

SCALES = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
LIKELY_CONFIDENCE = 0.5
MAX_SIDE = 9000  # pixels of an enlarged picture
OTHER_SCRIPTS = ("persian",)  # sets whose names begin so are left out: their models are not shipped


def digits_of(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def true_numbers(row: dict[str, str]) -> list[str]:
    numbers = map(digits_of, row["text"].replace(",", "|").split("|"))
    return [number for number in numbers if number]


def scaled(pixels: np.ndarray, scale: float) -> np.ndarray:
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=method)


def score(page: Page, truth: Sequence[str]) -> Counter[str]:
    """Count exact readings and other lines; a true number counts once."""
    missing, counts = Counter(truth), Counter()
    for line in page.lines:
        text = digits_of(line.text)
        is_right = missing[text] > 0
        missing[text] -= is_right
        counts["exact"] += is_right
        counts["other"] += not is_right
        counts["likely"] += not is_right and line.confidence >= LIKELY_CONFIDENCE
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description="Read pages at several scales.")
    parser.add_argument("--scales", type=float, nargs="*", default=SCALES)
    parser.add_argument(
        "--pages", nargs="*", help="files; by default all, also crops of one number"
    )
    options = parser.parse_args()
    folder = Path(os.environ.get("NUMERALS_DATA", "")) / "pages"
    if not (folder / "strings.csv").is_file():
        raise SystemExit(f"{folder} is missing; set NUMERALS_DATA to the folder of the data sets")
    with (folder / "strings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows = [row for row in rows if options.pages is None or row["file"] in options.pages]
    rows = [row for row in rows if not row["set"].startswith(OTHER_SCRIPTS)]
    reader, totals, table = Reader(), {scale: Counter() for scale in options.scales}, []
    for row in rows:
        pixels, truth = load_picture(folder / row["file"], color=True).pixels, true_numbers(row)
        cells = [row["file"], str(len(truth))]
        for scale in options.scales:
            if scale * max(pixels.shape) > MAX_SIDE:
                cells.append("-")
                continue
            counts = score(reader.read(scaled(pixels, scale)), truth)
            totals[scale] += counts | Counter(numbers=len(truth))
            cells.append(f"{counts['exact']} + {counts['other']} ({counts['likely']})")
        table.append(cells)
        print(*cells, sep="\t", flush=True)
    sums = [
        f"{t['exact']} of {t['numbers']} + {t['other']} ({t['likely']})" for t in totals.values()
    ]
    print(machine())
    heads = ["page", "numbers", *(f"x{scale:g}" for scale in options.scales)]
    print(format_table(heads, [*table, ["all", "", *sums]]))


if __name__ == "__main__":
    main()
