"""Measure accuracy on pages with marks, on desks, with several sizes, and on tables at any place.

Pages have three numbers by one of MNIST's test writers, numbers of several sizes, or a table with
one number per cell. The tables show the numbers read exactly, and the false lines with a confidence
of 0.9 or more.

    python benchmarks/marks.py
    python benchmarks/marks.py --pages 5
"""

import argparse
from collections.abc import Callable

import cv2
import numpy as np
from layout import sample_number
from timing import machine

from numerals.data import load_digits
from numerals.errors import DataError
from numerals.reading import Reader, keep_digits
from numerals.records import Digits
from numerals.reports.text_tables import format_table
from numerals.synthesis.composed_page import PageStyle, compose_page

WIDTH, HEIGHT = 1200, 800
HIGH_CONFIDENCE = 0.9
PEN = (60, 5, cv2.LINE_AA)
PRINT = (150, 2, cv2.LINE_AA)
Draw = Callable[[np.ndarray], object]


def squares(page: np.ndarray, pitch: int, turn: float = 0.0) -> np.ndarray:
    for x in range(pitch // 2, WIDTH, pitch):
        cv2.line(page, (x, 0), (x, HEIGHT), *PRINT)
    for y in range(pitch // 3, HEIGHT, pitch):
        cv2.line(page, (0, y), (WIDTH, y), *PRINT)
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn, 1)
    return cv2.warpAffine(page, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)


def notebook(page: np.ndarray) -> None:
    for y in range(60, HEIGHT, 50):
        cv2.line(page, (0, y), (WIDTH, y), *PRINT)
    cv2.line(page, (140, 0), (140, HEIGHT), *PRINT)


def scanner_edge(page: np.ndarray, thick: int) -> None:
    page[:thick] = page[-thick:] = 40
    page[:, :thick] = page[:, -thick:] = 40


def on_a_desk(page: np.ndarray, turn: float) -> np.ndarray:
    size = (WIDTH + 400, HEIGHT + 300)
    rows = np.sin(np.linspace(0, 40, size[1]))[:, None]
    grain = np.random.default_rng(0).normal(0, 6, size[::-1])
    desk = (70 + 25 * rows + grain).clip(0, 255).astype(np.uint8)
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn, 1)
    matrix[:, 2] += (200, 150)
    is_sheet = cv2.warpAffine(np.full(page.shape, 255, np.uint8), matrix, size) > 128
    return np.where(is_sheet, cv2.warpAffine(page, matrix, size, borderValue=200), desk)


def note(
    page: np.ndarray,
    corners: tuple[tuple[int, int], ...],
    *,
    bent: float = 0.0,
    shadow: bool = False,
    thumb: bool = False,
) -> np.ndarray:
    """Return the page on a dark wooden desk of 1800 x 1400 pixels, with the given corners."""
    size = (1800, 1400)
    rng = np.random.default_rng(0)
    grain = cv2.GaussianBlur(rng.normal(0, 1, size[::-1]), (0, 0), 30)
    desk = 60 + 12 * grain / grain.std()
    x, y = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    y += bent * np.sin(np.pi * x / WIDTH)
    sheet = cv2.remap(page, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    is_sheet = cv2.remap(np.full(page.shape, 255, np.uint8), x, y, cv2.INTER_LINEAR)
    source = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    is_page = cv2.warpPerspective(is_sheet, matrix, size) > 128
    photo = np.where(is_page, cv2.warpPerspective(sheet, matrix, size), desk)
    if thumb:
        cv2.ellipse(photo, (1450, 1150), (120, 260), -40, 0, 360, 130, -1, cv2.LINE_AA)
    if shadow:
        x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
        photo = np.where(x + y / 2 > 1200, photo / 2, photo)
    return (photo + rng.normal(0, 4, photo.shape)).clip(0, 255).astype(np.uint8)


FLAT = ((270, 340), (1470, 260), (1520, 1060), (330, 1140))
OBLIQUE = ((500, 300), (1300, 350), (1600, 1200), (200, 1100))
ROTATED = ((760, 70), (1560, 740), (1040, 1360), (240, 690))
FAR_AWAY = ((600, 500), (1140, 460), (1160, 820), (630, 860))


def barcode(page: np.ndarray) -> np.ndarray:
    rng, x = np.random.default_rng(3), 150
    label = np.full((300, WIDTH), 232, np.uint8)
    while x < 1000:
        width, gap = rng.integers(3, 12, 2)
        label[20:220, x : x + width] = 30
        x += width + gap
    return np.vstack([page, label])


def stain(page: np.ndarray) -> np.ndarray:
    wet = np.zeros(page.shape, np.float32)
    cv2.circle(wet, (800, 500), 180, 1.0, 14)
    return (page * (1 - 0.35 * cv2.GaussianBlur(wet, (0, 0), 6))).astype(np.uint8)


def holes(page: np.ndarray) -> None:
    for y in (150, 400, 650):
        cv2.circle(page, (40, y), 22, 60, -1, cv2.LINE_AA)


PAGES: dict[str, Draw] = {
    "no mark": lambda page: page,
    "one number circled": lambda p: cv2.ellipse(p, (600, 395), (330, 68), 2, 0, 360, *PEN),
    "one number boxed": lambda p: cv2.rectangle(p, (200, 180), (1000, 312), *PEN),
    "all circled": lambda p: cv2.ellipse(p, (600, 395), (490, 265), 3, 0, 360, *PEN),
    "all boxed": lambda p: cv2.rectangle(p, (130, 140), (1070, 650), *PEN),
    "a brace": lambda p: cv2.ellipse(p, (130, 400), (60, 230), 0, 90, 270, *PEN),
    "an arrow": lambda p: cv2.arrowedLine(p, (60, 640), (190, 470), *PEN),
    "a tick": lambda p: cv2.polylines(
        p, [np.array([(1040, 400), (1070, 440), (1140, 330)])], False, *PEN
    ),
    "a coffee stain": stain,
    "punch holes": holes,
    "squared paper": lambda p: squares(p, 50),
    "squared paper, skewed by 2": lambda p: squares(p, 50, 2),
    "squared paper, skewed by 8": lambda p: squares(p, 50, 8),
    "notebook, with a margin": notebook,
    "a scanner's edge, 4 pixels": lambda p: scanner_edge(p, 4),
    "a scanner's edge, 24 pixels": lambda p: scanner_edge(p, 24),
    "a barcode below": barcode,
    "a note on a dark desk": lambda p: note(p, FLAT),
    "a note, far away": lambda p: note(p, FAR_AWAY),
    "a note, oblique view": lambda p: note(p, OBLIQUE),
    "a note, rotated by 40": lambda p: note(p, ROTATED),
    "a bent note, held by a thumb": lambda p: note(p, FLAT, bent=40, thumb=True),
    "a note, half in shadow": lambda p: note(p, FLAT, shadow=True),
    "on a striped desk": lambda p: on_a_desk(p, 0),
    "on a striped desk, rotated by 6": lambda p: on_a_desk(p, 6),
}


def from_the_side(sheet: np.ndarray) -> np.ndarray:
    height, width = sheet.shape
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    shifts = [(0.12 * width, 0.06 * height), (-0.06 * width, 0), (0, 0), (0, -0.12 * height)]
    target = (source + shifts).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    return cv2.warpPerspective(sheet, matrix, (width, height), borderValue=232)


PLAIN = {"size": (1600, 1200), "at": (200, 150, 1200, 900), "cells": (8, 4), "digit": 50, "pen": 50}
TABLES = {
    "most of the page": {},
    "narrow": {"at": (500, 150, 560, 900), "digit": 36},
    "small on its page": {"size": (3000, 2200), "at": (900, 700, 800, 600), "digit": 36},
    "to the edges of the picture": {"at": (2, 2, 1595, 1195)},
    "two rows, ten columns": {"at": (60, 150, 1480, 200), "cells": (2, 10), "digit": 40},
    "one row": {"at": (100, 150, 1400, 100), "cells": (1, 6), "digit": 45},
    "one column": {"at": (600, 100, 220, 1000), "cells": (12, 1), "digit": 45},
    "one digit per cell, 30 rows of 20": {
        "size": (2000, 1600),
        "at": (100, 100, 1800, 1400),
        "cells": (30, 20),
        "digit": 26,
        "longest": 1,
    },
    "a faint pen": {"pen": 150},
    "photographed from the side": {"change": from_the_side},
    "horizontal rules only, in a frame": {"inner": False},
    "rules drawn by hand": {"wobble": 5.0},
    "no border": {"border": False},
    "dashed rules": {"dashes": (24, 14)},
    "dashed rules, one digit per cell": {"dashes": (24, 14), "cells": (12, 10), "longest": 1},
    "rules with 20 gaps": {"gaps": 20},
}


SIZES = ((2, 2, 0.5), (0.4, 1.2), (0.35, 1.2, 0.35), (1, 0.3), (1.5, 1, 0.6, 0.4))


def compose_fitting(
    digits: Digits, texts: list[str], number: int, size: float | None = None
) -> np.ndarray:
    """Return a page with these numbers, or, with `size`, a strip with one number."""
    sides = (WIDTH, HEIGHT, 80) if size is None else np.multiply(size, (1000, 220, 80))
    style = PageStyle(*(round(side) for side in sides), is_ruled=False, has_shadow=False)
    for attempt in range(20):
        try:
            page = compose_page(digits, texts, style, random_state=20 * number + attempt)
            return cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY)
        except DataError:
            continue
    raise SystemExit(f"no writer's digits fit {texts} on the page; set a larger page")


def compose_table(
    digits: Digits,
    number: int,
    *,
    size: tuple[int, int],
    at: tuple[int, int, int, int],
    cells: tuple[int, int],
    digit: int,
    pen: int,
    longest: int = 3,
    inner: bool = True,
    border: bool = True,
    dashes: tuple[int, int] | None = None,
    gaps: int = 0,
    wobble: float = 0.0,
    change: Callable[[np.ndarray], np.ndarray] | None = None,
) -> tuple[np.ndarray, dict[tuple[int, int], str]]:
    """Draw a table with one number per cell; return the sheet, and the text of each cell."""
    rng = np.random.default_rng([17, number])
    sheet = np.full(size[::-1], 232, np.uint8)
    x, y, width, height = at
    lefts = np.linspace(x, x + width, cells[1] + 1).round().astype(int)
    tops = np.linspace(y, y + height, cells[0] + 1).round().astype(int)
    rules = [((left, tops[0]), (left, tops[-1])) for left in (lefts if inner else lefts[[0, -1]])]
    rules += [((lefts[0], top), (lefts[-1], top)) for top in tops]
    for start, end in rules:
        is_border = start[0] == end[0] in lefts[[0, -1]] or start[1] == end[1] in tops[[0, -1]]
        if border or not is_border:
            _draw_rule(sheet, start, end, wobble, dashes, rng)
    for _ in range(gaps):
        (x, y), end = rules[rng.integers(len(rules))]
        x, y = rng.integers(x, end[0] + 1), rng.integers(y, end[1] + 1)
        sheet[y - 12 : y + 13, x - 4 : x + 5] = sheet[y - 4 : y + 5, x - 12 : x + 13] = 232
    is_writer = digits.writers == rng.choice(np.unique(digits.writers))
    truth = {}
    for row, top in enumerate(tops[:-1]):
        for column, left in enumerate(lefts[:-1]):
            text = truth[row, column] = sample_number(rng, 1, longest + 1)
            glyphs = [_glyph(digits, is_writer, character, digit, rng) for character in text]
            text_width = sum(glyph.shape[1] + 0.2 * digit for glyph in glyphs)
            space = lefts[column + 1] - left - text_width
            at_x = left + max(space, 0) * rng.uniform(0.2, 0.8)
            at_y = (top + tops[row + 1] - glyphs[0].shape[0]) // 2
            for glyph in glyphs:
                x, y = round(at_x), round(at_y + 0.04 * digit * rng.standard_normal())
                window = sheet[y : y + glyph.shape[0], x : x + glyph.shape[1]]
                ink = glyph[: window.shape[0], : window.shape[1]] * ((232 - pen) / 255)
                np.minimum(window, 232 - ink.astype(np.uint8), out=window)
                at_x += glyph.shape[1] + 0.2 * digit
    image = change(sheet) if change else sheet
    noisy = image + rng.normal(0, 3, image.shape)
    return noisy.clip(0, 255).astype(np.uint8), truth


def _draw_rule(sheet, start, end, wobble, dashes, rng) -> None:
    if dashes:
        along = np.subtract(end, start)
        for at in range(0, along.max(), sum(dashes)):
            ends = np.add(start, np.sign(along) * [[at], [min(at + dashes[0], along.max())]])
            cv2.line(sheet, *ends.tolist(), 60, 3)
        return
    steps = np.linspace(0, 1, round(np.hypot(*np.subtract(end, start)) / 60) + 2)[:, None]
    points = np.add(start, np.subtract(end, start) * steps)
    points += wobble * rng.standard_normal(points.shape)
    cv2.polylines(sheet, [points.round().astype(np.int32)], False, 60, 3)


def _glyph(digits, is_writer, character, height, rng) -> np.ndarray:
    """Return a random digit of the writer, or of any writer if there is none."""
    is_class = digits.labels == int(character)
    is_both = is_writer & is_class
    pool = np.flatnonzero(is_both if is_both.any() else is_class)
    side = round(height * 28 / 20)
    glyph = cv2.resize(digits.images[rng.choice(pool)], (side, side), interpolation=cv2.INTER_CUBIC)
    columns = np.flatnonzero((glyph > 60).any(axis=0))
    return glyph[:, columns[0] : columns[-1] + 1]


def score(reader: Reader, page: np.ndarray, texts: list[str]) -> tuple[int, int]:
    """Return the number of a page's texts that are read, and of false lines at high confidence."""
    lines = keep_digits(reader.read(page)).lines
    predicted = [line.text.replace(" ", "") for line in lines]
    n_false = sum(
        line.confidence >= HIGH_CONFIDENCE and text not in texts
        for line, text in zip(lines, predicted, strict=True)
    )
    return sum(text in predicted for text in texts), n_false


def measure_pages(digits: Digits, count: int) -> list[list[str]]:
    reader, rows = Reader(), []
    for name, draw in PAGES.items():
        n_read = n_false = 0
        for number in range(count):
            rng = np.random.default_rng([19, number])
            texts = [sample_number(rng, 4, 9) for _ in range(3)]
            page = compose_fitting(digits, texts, number)
            drawn = draw(page)
            scores = score(reader, drawn if isinstance(drawn, np.ndarray) else page, texts)
            n_read, n_false = n_read + scores[0], n_false + scores[1]
        rows.append([name, f"{100 * n_read / (3 * count):.1f}", str(n_false)])
    return rows


def measure_sizes(digits: Digits, count: int) -> list[list[str]]:
    """Measure pages with numbers of several sizes, in multiples of 80 pixels."""
    reader, rows = Reader(), []
    for sizes in SIZES:
        n_read = n_false = 0
        for number in range(count):
            rng = np.random.default_rng([29, number])
            texts = [sample_number(rng, 4, 9) for _ in sizes]
            strips = [
                compose_fitting(digits, [text], number, size)
                for text, size in zip(texts, sizes, strict=True)
            ]
            width = max(strip.shape[1] for strip in strips)
            page = np.vstack([_pad_right(strip, width) for strip in strips])
            scores = score(reader, page, texts)
            n_read, n_false = n_read + scores[0], n_false + scores[1]
        name = ", ".join(f"{size:g}" for size in sizes)
        rows.append([name, f"{100 * n_read / (len(sizes) * count):.1f}", str(n_false)])
    return rows


def _pad_right(strip: np.ndarray, width: int) -> np.ndarray:
    missing = width - strip.shape[1]
    return cv2.copyMakeBorder(strip, 30, 30, 0, missing, cv2.BORDER_REPLICATE)


def measure_tables(digits: Digits, count: int) -> list[list[str]]:
    reader, rows = Reader(layout="table"), []
    for name, change in TABLES.items():
        n_shapes = n_read = n = n_false = 0
        settings = PLAIN | change
        for number in range(count):
            image, truth = compose_table(digits, number, **settings)
            page = keep_digits(reader.read(image))
            n_shapes += [(t.n_rows, t.n_columns) for t in page.tables] == [settings["cells"]]
            predicted = {line.cell: line.text.replace(" ", "") for line in page.lines}
            n_read += sum(predicted.get(cell) == text for cell, text in truth.items())
            n_false += sum(
                line.confidence >= HIGH_CONFIDENCE
                and truth.get(line.cell) != line.text.replace(" ", "")
                for line in page.lines
            )
            n += len(truth)
        rows.append([name, f"{n_shapes} of {count}", f"{100 * n_read / n:.1f}", str(n_false)])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=20, help="pages and tables of each kind")
    options = parser.parse_args()
    digits = load_digits("qmnist", "test")
    print(machine())
    print(f"{options.pages} pages of three numbers each")
    false_lines = f"false lines, confidence >= {HIGH_CONFIDENCE}"
    heads = ["mark on the page", "exact %", false_lines]
    print(format_table(heads, measure_pages(digits, options.pages)))
    print(f"\n{options.pages} pages of each kind, with a number of each size")
    heads = ["sizes", "exact %", false_lines]
    print(format_table(heads, measure_sizes(digits, options.pages)))
    print(f"\n{options.pages} tables of each kind, one to three digits per cell")
    heads = ["table", "correct rows and columns", "cells exact %", false_lines]
    print(format_table(heads, measure_tables(digits, options.pages)))


if __name__ == "__main__":
    main()
