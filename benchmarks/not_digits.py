"""Measure how often pictures without digits are read with a high confidence.

The folder has one subfolder for each kind, such as words, operators and symbols.
"""

import argparse
from pathlib import Path

import numerals
from numerals.images import picture_paths

THRESHOLDS = (0.5, 0.9, 0.95, 0.99)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    readers = {layout: numerals.Reader(layout=layout) for layout in ("page", "digit")}
    print("share of pictures in which a number's (a digit's) confidence reaches the threshold, %")
    heads = "".join(f"{f'{layout} >= {t}':>16}" for layout in readers for t in THRESHOLDS)
    print(f"{'':<26}{'n':>5}{heads}")
    folders = sorted({path.parent for path in picture_paths([options.folder])})
    for folder in folders:
        paths = picture_paths([folder])
        cells = ""
        for reader in readers.values():
            pages = [reader.read(path) for path in paths]
            numbers = [max((n.confidence for n in page.lines), default=0.0) for page in pages]
            digits = [
                max((d.confidence for line in page.lines for d in line.digits), default=0.0)
                for page in pages
            ]
            for t in THRESHOLDS:
                cells += f"{f'{percent(numbers, t):.0f} ({percent(digits, t):.0f})':>16}"
        print(f"{folder.relative_to(options.folder)!s:<26}{len(paths):>5}{cells}")


def percent(confidences: list[float], threshold: float) -> float:
    return 100 * sum(c >= threshold for c in confidences) / len(confidences)


if __name__ == "__main__":
    main()
