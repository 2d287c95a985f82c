"""Compose the example form: a template, and two photographs filled in with MNIST's test digits.

::

    NUMERALS_DATA=... python tools/make_form_example.py examples/form
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from numerals.data import load_digits
from numerals.records import Box
from numerals.synthesis.digit_hands import GLYPH_HEIGHT, Hand, make_hands
from numerals.synthesis.paper_sheet import (
    apply_ink,
    cast_shadow,
    make_sheet,
    photograph_sheet,
    sheet_perspective,
)

SIZE = (1240, 900)
CREW, PHONE, TOP, STEP, HIGH = 6, 10, 250, 92, 62
FIELDS: dict[str, tuple[str, Box, int]] = {
    "crew_number": ("Crew number", (300, TOP, 300 + CREW * 50, TOP + HIGH), CREW),
    "date": ("Date (year month day)", (800, TOP, 800 + 8 * 48, TOP + HIGH), 8),
    "adults": ("Adults", (300, TOP + 2 * STEP, 560, TOP + 2 * STEP + HIGH), 0),
    "children": ("Children", (300, TOP + 3 * STEP, 560, TOP + 3 * STEP + HIGH), 0),
    "seniors": ("Seniors", (300, TOP + 4 * STEP, 560, TOP + 4 * STEP + HIGH), 0),
    "total": ("Total", (300, TOP + 5 * STEP, 560, TOP + 5 * STEP + HIGH), 0),
    "hours_start": ("Engine hours, start", (880, TOP + 2 * STEP, 1184, TOP + 2 * STEP + HIGH), 0),
    "hours_end": ("Engine hours, end", (880, TOP + 3 * STEP, 1184, TOP + 3 * STEP + HIGH), 0),
    "phone": ("Phone", (730, TOP + 5 * STEP, 1184, TOP + 5 * STEP + HIGH), 0),
}
FORMATS = {"date": "date:ymd", "phone": "digits:10"}
FILLED: tuple[dict[str, str], ...] = (
    {
        "crew_number": "204817",
        "date": "20260114",
        "adults": "138",
        "children": "46",
        "seniors": "27",
        "total": "211",
        "hours_start": "41907",
        "hours_end": "41915",
        "phone": "5550142867",
    },
    {
        "crew_number": "093356",
        "date": "20260115",
        "adults": "95",
        "seniors": "60",
        "total": "155",
        "hours_start": "41915",
        "hours_end": "41926",
        "phone": "5550197340",
    },
)
TEMPLATE = """\
# A ferry's day sheet. Boxes are [x_min, y_min, x_max, y_max] in pixels of the image.
image = "blank-form.png"
"""
RELATIONS = """
[[relation]]
sum = ["adults", "children", "seniors"]
equals = "total"

[[relation]]
less_or_equal = ["hours_start", "hours_end"]
"""


def draw_form() -> npt.NDArray[np.uint8]:
    """Return the blank form, shape (height, width)."""
    image = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(image)
    pen.polygon([(60, 110), (190, 110), (165, 150), (85, 150)], fill=40)
    pen.polygon([(100, 100), (125, 40), (150, 100)], outline=40, width=5)
    pen.line([(50, 165), (75, 158), (100, 165), (125, 158), (150, 165), (175, 158)], 40, 4)
    pen.text((230, 48), "Harbour ferry", 0, ImageFont.load_default(58))
    pen.text((232, 122), "Day sheet, one for each boat and day", 40, ImageFont.load_default(26))
    pen.text((985, 60), "Form HF 26", 0, ImageFont.load_default(34))
    pen.line([(50, 195), (1190, 195)], 0, 3)
    pen.text((60, TOP + 2 * STEP - 62), "Passengers", 0, ImageFont.load_default(34))
    pen.text((620, TOP + 2 * STEP - 62), "Engine and harbour", 0, ImageFont.load_default(34))
    for label, box, cells in FIELDS.values():
        x = 60 if box[0] < 600 else 620
        pen.multiline_text((x, box[1] + 16), label.replace(" (", "\n("), 0, _small(label))
        pen.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=30, width=2)
        for i in range(1, cells):
            x = box[0] + (box[2] - box[0]) * i // cells
            pen.line([(x, box[1]), (x, box[3])], 110, 2)
    pen.text((60, 835), "Figures only. Hand in at the pier office every evening.", 40, _small(""))
    pen.text((1010, 835), "printed 04/26", 60, _small(""))
    return np.asarray(image)


def _small(label: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(22 if "(" in label else 26)


def write_field(
    ink: npt.NDArray[np.float32],
    text: str,
    box: Box,
    cells: int,
    hand: Hand,
    rng: np.random.Generator,
) -> None:
    """Write a text into a box, one digit per cell if the box has cells."""
    height = 0.64 * (box[3] - box[1]) * rng.uniform(0.95, 1.1)
    x = box[0] + height * rng.uniform(0.3, 0.6)
    baseline = box[3] - 0.19 * (box[3] - box[1]) + rng.uniform(-3, 3)
    for i, character in enumerate(text):
        glyph, foot = hand.draw(character, rng)
        scale = height / GLYPH_HEIGHT
        stroke = _render_glyph(glyph, scale)
        columns = np.flatnonzero(stroke.max(axis=0) > 0.3)
        stroke = stroke[:, columns[0] : columns[-1] + 1]
        if cells:
            cell = (box[2] - box[0]) / cells
            x = box[0] + (i + 0.5) * cell - stroke.shape[1] / 2 + rng.uniform(-3, 3)
        top = round(baseline - foot * scale + rng.uniform(-2, 2))
        window = ink[top : top + stroke.shape[0], round(x) : round(x) + stroke.shape[1]]
        np.maximum(window, stroke[: window.shape[0], : window.shape[1]], out=window)
        x += stroke.shape[1] + height * rng.uniform(0.12, 0.32)


def _render_glyph(glyph: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.float32]:
    """Return an enlarged digit with sharp edges: coverage from 0 to 1."""
    coverage = glyph.astype(np.float32) / 255
    large = cv2.resize(coverage, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(((large - 0.5) * 0.9 * scale + 0.5).clip(0, 1), np.float32)


def fill_in(
    form: npt.NDArray[np.uint8],
    texts: Mapping[str, str],
    hand: Hand,
    rng: np.random.Generator,
    *,
    color: tuple[int, int, int] = (38, 48, 120),
    turn: float = 0.0,
    tilt: float = 0.03,
    scale: float = 0.95,
) -> npt.NDArray[np.uint8]:
    """Return a photograph of the filled-in form, RGB."""
    ink = np.zeros(form.shape, np.float32)
    for name, text in texts.items():
        _, box, cells = FIELDS[name]
        write_field(ink, text, box, cells, hand, rng)
    height, width = form.shape
    sheet = make_sheet(height, width, rng) * (form.astype(np.float32) / 255)[..., None]
    sheet = apply_ink(np.maximum(sheet, 0.08), ink, color, rng)
    edge = 110  # pixels of the table around the sheet
    table = np.full((height + 2 * edge, width + 2 * edge, 3), (0.5, 0.43, 0.36), np.float32)
    table[edge:-edge, edge:-edge] = sheet
    table = cast_shadow(table, rng, strength=0.35)
    matrix = sheet_perspective(*table.shape[:2], turn, tilt)
    center = np.array([table.shape[1] / 2, table.shape[0] / 2])
    scaling = np.array([[scale, 0, 0], [0, scale, 0], [0, 0, 1]])
    scaling[:2, 2] = center * (1 - scale)
    return photograph_sheet(table, scaling @ matrix, rng)


def template_text() -> str:
    """Return the template's TOML."""
    rows = [TEMPLATE]
    for name, (_, box, cells) in FIELDS.items():
        rows.append(f'\n[[field]]\nname = "{name}"\nbox = {list(box)}\n')
        rows.append(f"cells = {cells}\n" if cells else "")
        rows.append(f'format = "{FORMATS[name]}"\n' if name in FORMATS else "")
        rows.append("required = true\n" if name in ("crew_number", "date", "total") else "")
    return "".join(rows) + RELATIONS


def main(folder: Path, seed: int = 5) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    form = draw_form()
    Image.fromarray(form).save(folder / "blank-form.png", optimize=True)
    (folder / "form.toml").write_text(template_text(), encoding="utf-8")
    hands = make_hands(load_digits("qmnist", "test"))
    styles = ({"turn": -3.0}, {"turn": 4.5, "tilt": -0.04, "color": (45, 45, 50)})
    for i, (texts, style) in enumerate(zip(FILLED, styles, strict=True), start=1):
        rng = np.random.default_rng(seed + i)
        hand = hands[int(rng.integers(len(hands)))]
        photo = fill_in(form, texts, hand, rng, **style)
        Image.fromarray(photo).save(folder / f"sheet-{i}.jpg", quality=70)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
