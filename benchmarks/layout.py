"""Pages that lie turned or lean, and tables: how many of their numbers are read exactly.

Pages and tables are composed with the digits of MNIST's test writers on drawn paper, half of the
pages ruled, half shadowed. Their digits are compared; specks that MNIST's own images have may be
read as signs.

    python benchmarks/layout.py
    python benchmarks/layout.py --pages 5
"""

import argparse
from collections.abc import Callable

import cv2
import numpy as np
from timing import machine

from numerals.data import load_digits
from numerals.errors import DataError
from numerals.output.rows import table_rows
from numerals.reading import Reader, keep_digits
from numerals.records import Page
from numerals.reports.text_tables import format_table
from numerals.synthesis.composed_page import PageStyle, compose_page

QUARTERS = (0, 90, 180, 270)  # degrees clockwise
SKEWS = (0, -5, 10, -15)  # degrees
NEAR = 5  # degrees: the turn that was found is right


def compose_pages(digits, count: int, skew: float) -> list[tuple[np.ndarray, list[str]]]:
    pages = []
    for number in range(count):
        rng = np.random.default_rng([11, number])
        texts = [number_of(rng, 4, 11) for _ in range(int(rng.integers(1, 9)))]
        flags = rng.integers(2, size=2).astype(bool)
        style = PageStyle(
            1100, 1100, int(rng.integers(40, 60)), turn=skew, is_ruled=flags[0], has_shadow=flags[1]
        )
        pages.append((in_some_hand(digits, texts, style, number), texts))
    return pages


def in_some_hand(digits, texts: list[str], style: PageStyle, number: int) -> np.ndarray:
    """Compose with a writer whose digits fit the page; a very broad hand does not."""
    for attempt in range(20):
        try:
            return compose_page(digits, texts, style, random_state=20 * number + attempt).image
        except DataError:
            continue
    raise SystemExit(f"no hand fits {texts}")


def number_of(rng: np.random.Generator, least: int, most: int) -> str:
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(least, most)))))


def compose_table(
    digits, rng: np.random.Generator, *, ruled: bool, heading: bool
) -> tuple[np.ndarray, list[list[str]]]:
    """Draw a table of numbers, right-aligned, an eighth of its cells empty if it is ruled."""
    n_rows, n_columns = int(rng.integers(2, 9)), int(rng.integers(2, 6))
    writer = rng.choice(np.unique(digits.writers))
    pools = {
        d: np.flatnonzero((digits.labels == d) & (digits.writers == writer)) for d in range(10)
    }
    any_of = {d: np.flatnonzero(digits.labels == d) for d in range(10)}
    width, height = 250, 90  # four broad digits, and a gap as wide as one
    sheet = np.full((height * n_rows + 240, width * n_columns + 160), 240, np.uint8)
    rows = []
    for r in range(n_rows):
        row = []
        for c in range(n_columns):
            text = "" if ruled and rng.random() < 0.125 else number_of(rng, 1, 5)
            row.append(text)
            right = 80 + width * (c + 1) - 20
            for digit in reversed(text):
                pool = pools[int(digit)] if len(pools[int(digit)]) else any_of[int(digit)]
                glyph = digits.images[rng.choice(pool)]
                glyph = cv2.resize(glyph, None, fx=2.2, fy=2.2, interpolation=cv2.INTER_CUBIC)
                columns = np.flatnonzero((glyph > 60).any(axis=0))
                glyph = glyph[:, columns[0] : columns[-1] + 1]
                top, left = 120 + height * r + 14, right - glyph.shape[1]
                window = sheet[top : top + glyph.shape[0], left:right]
                np.minimum(window, 240 - (glyph * 0.8).astype(np.uint8), out=window)
                right = left - int(rng.integers(3, 8))
        rows.append(row)
    if ruled:
        for y in range(n_rows + 1):
            at = 120 + height * y
            cv2.line(sheet, (80, at), (80 + width * n_columns, at), 110, 2)
        for x in range(n_columns + 1):
            at = 80 + width * x
            cv2.line(sheet, (at, 120), (at, 120 + height * n_rows), 110, 2)
    if heading:
        place = (int(rng.integers(80, 160)), 80)
        cv2.putText(sheet, "Readings", place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.5, 60, 2)
    noisy = sheet + rng.normal(0, 4, sheet.shape)
    return noisy.clip(0, 255).astype(np.uint8), rows


def lean(image: np.ndarray, degrees: float) -> np.ndarray:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it is": lambda image: image,
    "turned by 90": lambda image: np.ascontiguousarray(np.rot90(image, -1)),
    "turned by 180": lambda image: np.ascontiguousarray(np.rot90(image, 2)),
    "leaning by 4 degrees": lambda image: lean(image, 4),
}


def digits_of(page: Page) -> list[str]:
    return [line.text.replace(" ", "") for line in keep_digits(page).lines]


def measure_pages(reader: Reader, digits, count: int) -> list[list[str]]:
    rows = []
    for skew in SKEWS:
        pages = compose_pages(digits, count, skew)
        cells = [f"{skew} degrees"]
        for quarter in QUARTERS:
            told = read = n = 0
            for image, texts in pages:
                page = reader.read(np.ascontiguousarray(np.rot90(image, -quarter // 90)))
                away = (page.turn - quarter - skew + 180) % 360 - 180
                # Skew of less than some degrees is left to the lines.
                told += abs(away) <= NEAR
                found = digits_of(page)
                read += sum(text in found for text in texts)
                n += len(texts)
            cells.append(f"{100 * told / count:.0f} / {100 * read / n:.1f}")
        rows.append(cells)
    return rows


def measure_tables(reader: Reader, digits, count: int) -> list[list[str]]:
    rows = []
    for ruled in (True, False):
        for heading in (False, True):
            cells = ["ruled" if ruled else "not ruled"]
            cells[0] += ", a heading above" if heading else ""
            for change in CHANGES.values():
                shaped = right = n = 0
                for number in range(count):
                    rng = np.random.default_rng([13, number])
                    image, truth = compose_table(digits, rng, ruled=ruled, heading=heading)
                    found = table_rows(keep_digits(reader.read(change(image))))
                    shaped += [len(row) for row in found] == [len(row) for row in truth]
                    if [len(row) for row in found] == [len(row) for row in truth]:
                        right += sum(
                            a == b
                            for one, other in zip(found, truth, strict=True)
                            for a, b in zip(one, other, strict=True)
                        )
                    n += sum(map(len, truth))
                cells.append(f"{100 * shaped / count:.0f} / {100 * right / n:.1f}")
            rows.append(cells)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=30, help="pages, and tables, of each kind")
    options = parser.parse_args()
    digits = load_digits("qmnist", "test")
    print(machine())
    print(f"{options.pages} pages each: % whose turn is found / % of the numbers read exactly")
    heads = ["leaning", *(f"turned by {quarter}" for quarter in QUARTERS)]
    print(format_table(heads, measure_pages(Reader(), digits, options.pages)))
    print(
        f"\n{options.pages} tables each: % with the right rows and columns / % of all cells right"
    )
    rows = measure_tables(Reader(layout="table"), digits, options.pages)
    print(format_table(["table", *CHANGES], rows))


if __name__ == "__main__":
    main()
