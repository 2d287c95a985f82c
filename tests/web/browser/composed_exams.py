"""Marked exams: a cover with a candidate number, points and their total, photographed."""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from composed_forms import hands, make_composer
from PIL import Image, ImageDraw, ImageFont

from numerals.synthesis.paper_sheet import (
    apply_ink,
    cast_shadow,
    make_sheet,
    photograph_sheet,
    sheet_perspective,
)

WIDTH, HEIGHT = 1240, 1000
MAX_POINTS = (4, 6, 8, 5, 12, 15)
FIELDS = ("Pupil", *(f"Q{i}" for i in range(1, len(MAX_POINTS) + 1)), "Total")
_NUMBER = (250, 210, 570, 284)
_LEFT, _COLUMN, _TOP, _ROW = 60, 140, 560, 76
N_MISSING = 3
"""Pupils on the class list who handed in nothing."""


@dataclass(frozen=True)
class Exams:
    """Photographs of exams.

    Attributes
    ----------
    written : dict of str to dict
        What is written in each field, by file name.
    roster : list of str
        The class list.
    missing : list of str
        The numbers of the list that are on no sheet.
    duplicate : str
        The number that is on two sheets, because a pupil wrote another one's.
    wrong_sums : list of str
        The files whose points were not added up correctly.
    """

    written: dict[str, dict[str, str]]
    roster: list[str]
    missing: list[str]
    duplicate: str
    wrong_sums: list[str]


def n_sheets(default: int) -> int:
    """Return how many sheets a test composes; NUMERALS_TEST_SHEETS may ask for more."""
    return int(os.environ.get("NUMERALS_TEST_SHEETS", default))


def draw_cover() -> np.ndarray:
    """Return the blank cover, shape (height, width)."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 40, WIDTH - 41, 150), outline=0, width=3)
    pen.text((66, 56), "Northfield School", 0, _font(44))
    pen.text((66, 110), "Mathematics, year 9: examination of the summer term", 20, _font(25))
    pen.text((1010, 62), "Paper 2 B", 0, _font(36))
    pen.text((60, 232), "Candidate no.", 0, _font(27))
    pen.rectangle(_NUMBER, outline=0, width=3)
    rules = (
        "Write your number into the box, and nothing else on this page.",
        "90 minutes. No calculators and no telephones on the desk.",
        "Show your working: an answer without working earns one point.",
        "Hand in all sheets, also those with drafts.",
    )
    for i, line in enumerate(rules):
        pen.ellipse((64, 338 + 38 * i, 74, 348 + 38 * i), fill=0)
        pen.text((92, 326 + 38 * i), line, 20, _font(25))
    pen.text((60, 510), "For the teacher", 0, _font(32))
    heads = ("Task", *(str(i) for i in range(1, len(MAX_POINTS) + 1)), "Total")
    most = ("of", *map(str, MAX_POINTS), str(sum(MAX_POINTS)))
    for row, texts in enumerate((heads, most, ("Points",))):
        for column in range(len(heads)):
            box = _cell(row, column)
            pen.rectangle(box, outline=0, width=2 if row < 2 else 3)
            if column < len(texts):
                pen.text((box[0] + 18, box[1] + 20), texts[column], 0, _font(27))
    pen.line((60, 900, 520, 900), 0, 2)
    pen.text((60, 910), "Signature", 60, _font(22))
    pen.text((1030, 950), "NS 9-26", 60, _font(20))
    return np.asarray(image)


def field_boxes() -> dict[str, tuple[int, int, int, int]]:
    """Return the boxes to write in."""
    points = (_cell(2, column) for column in range(1, len(FIELDS)))
    return dict(zip(FIELDS, (_NUMBER, *points), strict=True))


def compose_exams(folder: Path, n: int, seed: int = 0) -> Exams:
    """Write photographs of marked exams to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    roster = [str(number) for number in sorted(rng.choice(range(1001, 1001 + 2 * n), n + 3, False))]
    pupils = sorted(map(str, rng.choice(roster, n, replace=False)))
    absent = [number for number in roster if number not in pupils]
    copied, replaced = pupils[0], pupils[-1]
    written, wrong_sums = {}, []
    for at, pupil in enumerate(pupils):
        name = f"exam {at + 1}.jpg"
        points = [int(rng.integers(most + 1)) for most in MAX_POINTS]
        error = 0 if at % 20 != 1 else int(rng.choice([-10, -1, 1]))
        total = max(0, sum(points) + error)
        if total != sum(points):
            wrong_sums.append(name)
        number = copied if pupil == replaced else pupil
        values = (number, *map(str, points), str(total))
        written[name] = dict(zip(FIELDS, values, strict=True))
    for name, photo in _photographs(written, seed):
        cv2.imwrite(str(folder / name), photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    missing = sorted([*absent, replaced])
    return Exams(written, roster, missing, copied, wrong_sums)


def write_class_list(path: Path, roster: list[str]) -> None:
    """Write a class list with names, as a school's program exports it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(["Name", "Candidate number", "Year"])
        for i, number in enumerate(roster):
            table.writerow([f"Pupil{i} of the school", number, "9"])


def _photographs(written: dict[str, dict[str, str]], seed: int) -> Iterator[tuple[str, np.ndarray]]:
    cover, boxes = draw_cover(), field_boxes()
    composer, writers = make_composer(), hands()
    teacher = writers[seed % len(writers)]
    for at, (name, values) in enumerate(written.items()):
        rng = np.random.default_rng((seed, at))
        pupil = writers[int(rng.integers(len(writers)))]
        ink = {
            "pupil": np.zeros(cover.shape, np.float32),
            "teacher": np.zeros_like(cover, np.float32),
        }
        for field, text in values.items():
            who, hand = ("pupil", pupil) if field == "Pupil" else ("teacher", teacher)
            composer.write_field(ink[who], text, boxes[field], 0, hand, rng)
        sheet = make_sheet(HEIGHT, WIDTH, rng) * (cover.astype(np.float32) / 255)[..., None]
        sheet = apply_ink(np.maximum(sheet, 0.08), ink["pupil"], (35, 45, 110), rng)
        sheet = apply_ink(sheet, ink["teacher"], (170, 30, 40), rng)
        yield name, _photograph(sheet, rng)


def _photograph(sheet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    edge = 90  # pixels of the desk around the sheet
    desk = np.full((HEIGHT + 2 * edge, WIDTH + 2 * edge, 3), (0.33, 0.36, 0.4), np.float32)
    desk[edge:-edge, edge:-edge] = sheet
    desk = cast_shadow(desk, rng, strength=0.3)
    matrix = sheet_perspective(*desk.shape[:2], rng.uniform(-3, 3), rng.uniform(-0.03, 0.03))
    return photograph_sheet(desk, matrix, rng)


def _cell(row: int, column: int) -> tuple[int, int, int, int]:
    x, y = _LEFT + column * _COLUMN, _TOP + row * _ROW
    return (x, y, x + _COLUMN, y + _ROW)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
