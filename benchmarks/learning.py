"""Measure the gain from correcting a few pages of one hand, on later pages of that hand.

A hand with a backward slant of 24 degrees is composed from a font that the line recipe holds out.
Eight pages are read into a temporary store and corrected. The active model is fine-tuned on the
corrections, compared, activated, and reads ten later pages; then it is rolled back. The user's
models and corrections are not changed.

    python benchmarks/learning.py
    python benchmarks/learning.py --model latin-line.onnx --lines 24 --later 24 --epochs 1
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from timing import machine

from numerals.corrections.review_queue import ReviewQueue
from numerals.images import load_picture
from numerals.models.activated_models import activate_model
from numerals.reading import Reader
from numerals.store import make_page_entry, open_store
from numerals.synthesis.digit_hands import make_font_hands
from numerals.synthesis.line_composition import write_line
from numerals.synthesis.number_texts import sample_text

FONT = 7  # one of the fonts that the line recipe holds out
SLANT = -0.45  # columns per row
DIGIT_HEIGHT = 34  # pixels
PAGE_WIDTH, PAGE_HEIGHT = 1000, 1400  # pixels
LINES_PER_PAGE = 12

Sheet = npt.NDArray[np.uint8]


def draw_pages(count: int, seed: int) -> list[tuple[Sheet, list[str]]]:
    """Return pages in the hand, with the texts of their lines, `count` lines in total."""
    hand, rng = make_font_hands([FONT])[0], np.random.default_rng(seed)
    pages = []
    while count > 0:
        sheet, texts, y = np.full((PAGE_HEIGHT, PAGE_WIDTH), 245, np.uint8), [], 40
        while y < PAGE_HEIGHT - 150 and len(texts) < min(LINES_PER_PAGE, count):
            text = sample_text(rng).strip()
            ink = _draw_line(hand, text, rng)
            height, width = ink.shape
            if width > PAGE_WIDTH - 100:
                continue
            window = sheet[y : y + height, 50 : 50 + width]
            np.minimum(window, (245 - 190 * ink).astype(np.uint8), out=window)
            texts.append(text)
            y += height + 55
        noisy = sheet + rng.normal(0, 4, sheet.shape)
        pages.append((noisy.clip(0, 255).astype(np.uint8), texts))
        count -= len(texts)
    return pages


def _draw_line(hand: object, text: str, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    written = write_line(hand, text, rng, touching=0.2, overlapping=0.0)
    height, width = written.ink.shape
    margin = int(abs(SLANT) * height) + 2
    matrix = np.array([[1, -SLANT, SLANT * height / 2 + margin], [0, 1.0, 0]])
    ink = cv2.warpAffine(written.ink, matrix, (width + 2 * margin, height))
    rows, columns = (np.flatnonzero((ink > 0.2).any(axis=axis)) for axis in (1, 0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = DIGIT_HEIGHT / written.frame.height
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.clip(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=method), 0, 1)


def answer_pages(pages: Sequence[tuple[Sheet, list[str]]], folder: Path) -> None:
    """Read pages into the store, and correct each line with its text."""
    store, reader = open_store(), Reader("latin")
    n_answered = n_wrong = 0
    for number, (sheet, texts) in enumerate(pages):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), sheet)
        picture = load_picture(path)
        page = reader.read_picture(picture)
        entry = make_page_entry(page, picture.pixels, picture.scale, keep=store.keep)
        store.add([entry], path.name, "latin-line")
        if len(page.lines) != len(texts):  # lines cannot be matched to texts
            continue
        for place, text in enumerate(texts, start=1):
            line_id = store.find_line_id(number + 1, place)
            n_wrong += _remove_spaces(page.lines[place - 1].text) != _remove_spaces(text)
            ReviewQueue(store).answer(line_id, text, "benchmark")
            n_answered += 1
    store.close()
    print(f"{n_answered} lines answered, {n_wrong} of them misread")


def measure_accuracy(pages: Sequence[tuple[Sheet, list[str]]]) -> str:
    """Return the number of lines that the active model reads exactly, ignoring spaces."""
    reader, n_correct = Reader("latin"), 0
    for sheet, texts in pages:
        predicted = Counter(_remove_spaces(line.text) for line in reader.read(sheet).lines)
        n_correct += (predicted & Counter(map(_remove_spaces, texts))).total()
    count = sum(len(texts) for _, texts in pages)
    return f"{n_correct} of {count} lines, {100 * n_correct / count:.1f} %"


def _remove_spaces(text: str) -> str:
    return text.replace(" ", "")


def run(arguments: Sequence[str]) -> int:
    """Run a ``numerals`` command in a process; return its exit code."""
    print("$ numerals " + " ".join(arguments), flush=True)
    command = [sys.executable, "-c", "from numerals.cli.app import main; main()"]
    return subprocess.run([*command, *arguments], check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=96, help="number of corrected lines")
    parser.add_argument("--later", type=int, default=120, help="number of lines on later pages")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--model", type=Path, help="initial model; by default the shipped one")
    options = parser.parse_args()
    print(machine())
    model = options.model and options.model.resolve()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)  # checkpoints and the model go there
        os.environ["NUMERALS_HOME"] = str(Path(name) / "home")
        os.environ.pop("NUMERALS_STORE", None)
        if model:
            activate_model(model, "latin", "lines")
        later = draw_pages(options.later, seed=22)
        answer_pages(draw_pages(options.lines, seed=21), Path(name))
        print(f"later pages, before: {measure_accuracy(later)}")
        epochs = ["--epochs", str(options.epochs)] if options.epochs else []
        if run(["train", "--recipe", "latin-line", "--with-corrections", *epochs]):
            raise SystemExit(1)
        if run(["models", "use", "latin-line.onnx"]) == 0:
            print(f"later pages, with the new model: {measure_accuracy(later)}")
            run(["models", "back", "latin"])
        print(f"later pages, after the rollback: {measure_accuracy(later)}")


if __name__ == "__main__":
    main()
