"""Measure the reading of a 12-megapixel photo, warm: one number, twenty lines, blank paper."""

import argparse
import io

import numpy as np
from PIL import Image
from timing import HEAD, machine, measure, row

import numerals
from numerals.images import load_picture
from numerals.ink.working_copy import WORKING_SIDE
from numerals.models.page_model import load_page_model
from numerals.page.number_detection import find_numbers
from numerals.records import Digits
from numerals.synthesis.composed_page import PageStyle, compose_page
from numerals.synthesis.font_glyphs import load_font_glyphs


def digits_of_fonts() -> Digits:
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(c) for c in "0123456789"]
    count = len(glyphs)
    images = glyphs[:, columns].reshape(-1, 28, 28)
    labels = np.tile(np.arange(10), count)
    written = images.any(axis=(1, 2))
    writers = np.repeat(np.arange(count), 10)
    return Digits(images[written], labels[written], writers=writers[written])


def photo(texts: list[str], digit_height: int) -> bytes:
    style = PageStyle(4000, 3000, digit_height, gap=0.3, line_gap=0.5, turn=1)
    page = compose_page(digits_of_fonts(), texts, style, writer=33)
    buffer = io.BytesIO()
    Image.fromarray(page.image).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def blank_paper() -> bytes:
    """Return a photo of blank paper with grain."""
    paper = np.random.default_rng(0).normal(225, 4, (3000, 4000)).clip(0, 255)
    buffer = io.BytesIO()
    Image.fromarray(paper.astype(np.uint8)).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    reader = numerals.Reader()
    model = load_page_model()
    rng = np.random.default_rng(0)
    twenty = ["".join(map(str, rng.integers(0, 10, 10))) for _ in range(20)]
    print(machine())
    print(HEAD)
    pages: dict[str, tuple[list[str], int]] = {
        "blank paper": ([], 0),
        "one number": (["5550142867"], 200),
        "20 lines": (twenty, 80),
    }
    for name, (texts, height) in pages.items():
        data = photo(texts, height) if texts else blank_paper()
        rgb = load_picture(data, max_side=WORKING_SIDE, color=True).pixels
        n_correct = sum(line.text in texts for line in reader.read(data).lines)
        steps = {
            "read, from bytes": lambda data=data: reader.read(data),
            "  of which decoding": lambda data=data: load_picture(
                data, max_side=WORKING_SIDE, color=True
            ),
            "  of which finding numbers": lambda rgb=rgb: find_numbers(model, rgb),
        }
        print(f"{name}: {len(data) / 1e6:.1f} MB JPEG; {n_correct} of {len(texts)} lines correct")
        for step, work in steps.items():
            print(row(f"  {step}", measure(work, runs)))


if __name__ == "__main__":
    main()
