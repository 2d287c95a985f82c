"""Compose the example pictures from MNIST's test digits, each in one writer's digits.

::

    NUMERALS_DATA=... python tools/make_examples.py examples
"""

import csv
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import numerals
from numerals.data import load_digits
from numerals.output.annotate import annotate
from numerals.synthesis.composed_page import ComposedPage, PageStyle, compose_page

PHONE = "5550142867"
LINES = ("20260114", "8035", "4179 265")


def save(page: ComposedPage, path: Path, quality: int = 82) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(page.image).save(path, quality=quality)


def main(folder: Path, seed: int = 11) -> None:
    digits = load_digits("qmnist", "test")
    phone = compose_page(digits, [PHONE], PageStyle(height=800, turn=-1.5), random_state=seed)
    save(phone, folder / "phone-number.jpg")
    style = PageStyle(height=1100, ink=(50, 50, 55), turn=2.5, line_gap=1.2)
    lines = compose_page(digits, LINES, style, random_state=seed + 1)
    save(lines, folder / "three-lines.jpg")
    single = PageStyle(
        width=220, height=240, digit_height=120, is_ruled=False, has_shadow=False, tilt=0.0
    )
    for place, digit in enumerate(PHONE, start=1):
        page = compose_page(digits, [digit], single, random_state=seed + 100 + place)
        save(page, folder / "digits" / f"{place}.jpg")
    with (folder / "pages.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["file", "text"])
        table.writerow(["phone-number.jpg", phone.text])
        table.writerow(["three-lines.jpg", lines.text])
    picture = np.asarray(Image.open(folder / "phone-number.jpg"))
    annotated = annotate(picture, numerals.read(picture))
    Image.fromarray(annotated).resize((1000, 500)).save(
        folder / "phone-number-read.jpg", quality=80
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
