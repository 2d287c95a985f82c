"""What correcting a few pages of one hand brings: before, after, and on pages read later.

A left-hander's hand, leaning back by 24 degrees, is drawn with a font that the line recipe holds
out. Eight pages are read into a store of their own and answered with what they say; the model in
use is trained further with that; it is compared, put to use, and reads ten pages that came later;
then it is taken back. The user's own models and corrections are not touched.

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

from numerals.images import load_picture
from numerals.models.in_use import put_to_use
from numerals.reading import Reader
from numerals.store import keep_file, open_store
from numerals.synthesis.digit_hands import font_hands
from numerals.synthesis.line_composition import write_line
from numerals.synthesis.number_texts import sample_text

FONT = 7  # one of those that the recipe holds out
LEAN = -0.45
HEIGHT = 34  # of the digits, pixels
WIDTH, DEPTH = 1000, 1400
LINES = 12  # a page

Sheet = npt.NDArray[np.uint8]


def draw_pages(count: int, seed: int) -> list[tuple[Sheet, list[str]]]:
    """Return pages in that hand, with what they say."""
    hand, rng = font_hands([FONT])[0], np.random.default_rng(seed)
    pages = []
    while count > 0:
        sheet, texts, y = np.full((DEPTH, WIDTH), 245, np.uint8), [], 40
        while y < DEPTH - 150 and len(texts) < min(LINES, count):
            text = sample_text(rng).strip()
            ink = _draw_line(hand, text, rng)
            height, width = ink.shape
            if width > WIDTH - 100:
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
    room = int(abs(LEAN) * height) + 2
    matrix = np.array([[1, -LEAN, LEAN * height / 2 + room], [0, 1.0, 0]])
    ink = cv2.warpAffine(written.ink, matrix, (width + 2 * room, height))
    rows, columns = (np.flatnonzero((ink > 0.2).any(axis=axis)) for axis in (1, 0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = HEIGHT / written.frame.height
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.clip(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=method), 0, 1)


def answer_pages(pages: Sequence[tuple[Sheet, list[str]]], folder: Path) -> None:
    """Read pages into the store, and answer each line with what it says."""
    store, reader = open_store(), Reader("latin")
    n_answered = n_wrong = 0
    for number, (sheet, texts) in enumerate(pages):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), sheet)
        picture = load_picture(path)
        page = reader.read_picture(picture)
        with keep_file(store, path.name, "latin-line") as on_page:
            on_page(page, picture)
        if len(page.lines) != len(texts):  # somebody would know which is which; this does not
            continue
        for place, text in enumerate(texts, start=1):
            line_id = store.line_id(number + 1, place)
            n_wrong += _close_up(page.lines[place - 1].text) != _close_up(text)
            store.answer(line_id, text, "benchmark")
            n_answered += 1
    store.close()
    print(f"{n_answered} lines answered, of which {n_wrong} were read wrongly")


def share_read(pages: Sequence[tuple[Sheet, list[str]]]) -> str:
    """Return how many lines the model in use reads exactly, spaces aside."""
    reader, n_right = Reader("latin"), 0
    for sheet, texts in pages:
        read = Counter(_close_up(line.text) for line in reader.read(sheet).lines)
        n_right += (read & Counter(map(_close_up, texts))).total()
    count = sum(len(texts) for _, texts in pages)
    return f"{n_right} of {count} lines, {100 * n_right / count:.1f} %"


def _close_up(text: str) -> str:
    return text.replace(" ", "")


def run(arguments: Sequence[str]) -> int:
    """Run ``numerals`` as on the command line; return its exit code."""
    print("$ numerals " + " ".join(arguments), flush=True)
    command = [sys.executable, "-c", "from numerals.cli.app import main; main()"]
    return subprocess.run([*command, *arguments], check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=96, help="that are corrected")
    parser.add_argument("--later", type=int, default=120, help="lines of pages that come later")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--model", type=Path, help="that is in use before; by default the shipped")
    options = parser.parse_args()
    print(machine())
    model = options.model and options.model.resolve()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)  # checkpoints and the model go there
        os.environ["NUMERALS_HOME"] = str(Path(name) / "home")
        os.environ.pop("NUMERALS_STORE", None)
        if model:
            put_to_use(model, "latin", "lines")
        later = draw_pages(options.later, seed=22)
        answer_pages(draw_pages(options.lines, seed=21), Path(name))
        print(f"later pages, before: {share_read(later)}")
        epochs = ["--epochs", str(options.epochs)] if options.epochs else []
        if run(["train", "--recipe", "latin-line", "--with-corrections", *epochs]):
            raise SystemExit(1)
        if run(["models", "use", "latin-line.onnx"]) == 0:
            print(f"later pages, with the new model: {share_read(later)}")
            run(["models", "back", "latin"])
        print(f"later pages, with the one before: {share_read(later)}")


if __name__ == "__main__":
    main()
