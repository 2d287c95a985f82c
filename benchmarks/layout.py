"""Measure exact-match accuracy on rotated and skewed pages, and on tables.

Pages and tables are composed from the digits of MNIST's test writers on rendered paper; half of the
pages are ruled, half have a shadow. Only digits are compared, because specks in MNIST's images may
be read as signs.

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
MAX_TURN_ERROR = 5  # degrees within which a detected rotation counts as correct


def compose_pages(digits, count: int, skew: float) -> list[tuple[np.ndarray, list[str]]]:
    pages = []
    for number in range(count):
        rng = np.random.default_rng([11, number])
        texts = [sample_number(rng, 4, 11) for _ in range(int(rng.integers(1, 9)))]
        flags = rng.integers(2, size=2).astype(bool)
        style = PageStyle(
            1100, 1100, int(rng.integers(40, 60)), turn=skew, is_ruled=flags[0], has_shadow=flags[1]
        )
        pages.append((compose_fitting(digits, texts, style, number), texts))
    return pages


def compose_fitting(digits, texts: list[str], style: PageStyle, number: int) -> np.ndarray:
    """Compose a page with a writer whose digits are narrow enough for it."""
    for attempt in range(20):
        try:
            return compose_page(digits, texts, style, random_state=20 * number + attempt).image
        except DataError:
            continue
    raise SystemExit(f"no writer's digits fit {texts} on the page; set a larger page")


def sample_number(rng: np.random.Generator, min_length: int, stop_length: int) -> str:
    """Return `min_length` to ``stop_length - 1`` random digits."""
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(min_length, stop_length)))))


def compose_table(
    digits, rng: np.random.Generator, *, ruled: bool, heading: bool
) -> tuple[np.ndarray, list[list[str]]]:
    """Draw a table of right-aligned numbers; an eighth of the cells is empty if it is ruled."""
    n_rows, n_columns = int(rng.integers(2, 9)), int(rng.integers(2, 6))
    writer = rng.choice(np.unique(digits.writers))
    pools = {
        d: np.flatnonzero((digits.labels == d) & (digits.writers == writer)) for d in range(10)
    }
    all_writers = {d: np.flatnonzero(digits.labels == d) for d in range(10)}
    width, height = 250, 90  # four wide digits, and a gap as wide as one
    sheet = np.full((height * n_rows + 240, width * n_columns + 160), 240, np.uint8)
    rows = []
    for r in range(n_rows):
        row = []
        for c in range(n_columns):
            text = "" if ruled and rng.random() < 0.125 else sample_number(rng, 1, 5)
            row.append(text)
            right = 80 + width * (c + 1) - 20
            for digit in reversed(text):
                pool = pools[int(digit)] if len(pools[int(digit)]) else all_writers[int(digit)]
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


def skew(image: np.ndarray, degrees: float) -> np.ndarray:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "unchanged": lambda image: image,
    "rotated by 90": lambda image: np.ascontiguousarray(np.rot90(image, -1)),
    "rotated by 180": lambda image: np.ascontiguousarray(np.rot90(image, 2)),
    "skewed by 4 degrees": lambda image: skew(image, 4),
}


def digits_of(page: Page) -> list[str]:
    return [line.text.replace(" ", "") for line in keep_digits(page).lines]


def measure_pages(reader: Reader, digits, count: int) -> list[list[str]]:
    rows = []
    for degrees in SKEWS:
        pages = compose_pages(digits, count, degrees)
        cells = [f"{degrees} degrees"]
        for quarter in QUARTERS:
            n_turns = n_read = n = 0
            for image, texts in pages:
                page = reader.read(np.ascontiguousarray(np.rot90(image, -quarter // 90)))
                error = (page.turn - quarter - degrees + 180) % 360 - 180
                # The page is not rotated by a few degrees of skew; each line has its slope.
                n_turns += abs(error) <= MAX_TURN_ERROR
                predicted = digits_of(page)
                n_read += sum(text in predicted for text in texts)
                n += len(texts)
            cells.append(f"{100 * n_turns / count:.0f} / {100 * n_read / n:.1f}")
        rows.append(cells)
    return rows


def measure_tables(reader: Reader, digits, count: int) -> list[list[str]]:
    rows = []
    for ruled in (True, False):
        for heading in (False, True):
            cells = ["ruled" if ruled else "not ruled"]
            cells[0] += ", with a heading" if heading else ""
            for change in CHANGES.values():
                n_shapes = n_correct = n = 0
                for number in range(count):
                    rng = np.random.default_rng([13, number])
                    image, truth = compose_table(digits, rng, ruled=ruled, heading=heading)
                    predicted = table_rows(keep_digits(reader.read(change(image))))
                    has_shape = [len(row) for row in predicted] == [len(row) for row in truth]
                    n_shapes += has_shape
                    if has_shape:
                        n_correct += sum(
                            a == b
                            for row, true_row in zip(predicted, truth, strict=True)
                            for a, b in zip(row, true_row, strict=True)
                        )
                    n += sum(map(len, truth))
                cells.append(f"{100 * n_shapes / count:.0f} / {100 * n_correct / n:.1f}")
            rows.append(cells)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=30, help="pages and tables of each kind")
    options = parser.parse_args()
    digits = load_digits("qmnist", "test")
    print(machine())
    print(f"{options.pages} pages each: % with correct rotation / % of the numbers read exactly")
    heads = ["skew", *(f"rotated by {quarter}" for quarter in QUARTERS)]
    print(format_table(heads, measure_pages(Reader(), digits, options.pages)))
    print(
        f"\n{options.pages} tables each: % with correct rows and columns / % of all cells correct"
    )
    rows = measure_tables(Reader(layout="table"), digits, options.pages)
    print(format_table(["table", *CHANGES], rows))


if __name__ == "__main__":
    main()
