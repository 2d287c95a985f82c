"""Compare this reader with general OCR engines on the same pictures of handwritten numbers.

A line counts as correct if one of the engine's lines has exactly its digits; other characters are
ignored, so that engines are not penalized for signs. Engines that are not installed are skipped:

    apt-get install tesseract-ocr        # restricted to digits; fields are read as one line
    pip install rapidocr ddddocr         # ddddocr always reads a picture as one line

    python benchmarks/engines.py
    python benchmarks/engines.py --limit 100 --only numerals tesseract
"""

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from timing import machine

from numerals.evaluation import read_truth
from numerals.metrics.intervals import wilson_interval
from numerals.reading import Reader
from numerals.reports.text_tables import format_table

Engine = Callable[[Path], list[str]]
"""Maps the path of a picture to the text of its lines."""


@dataclass(frozen=True)
class Picture:
    """A picture and the digits of its lines."""

    path: Path
    lines: tuple[str, ...]


def strings(name: str) -> Iterator[Picture]:
    """Yield the validation part of a set of pictures of one line."""
    folder = Path(os.environ["NUMERALS_DATA"]) / "strings"
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            if row["split"] == "validation":
                yield Picture(folder / row["file"], (digits(row["text"]),))


def photos() -> Iterator[Picture]:
    path = Path(os.environ["NUMERALS_DATA"]) / "strings" / "photos.csv"
    for page in read_truth(path):
        yield Picture(Path(page.path), tuple(digits(line) for line in page.lines))


def ours(*, field: bool) -> Engine:
    reader = Reader(layout="field" if field else "page")
    return lambda path: [line.text for line in reader.read(path).lines]


def tesseract(*, field: bool) -> Engine:
    if not shutil.which("tesseract"):
        raise ImportError("tesseract")
    options = ["--psm", "7" if field else "6", "-c", "tessedit_char_whitelist=0123456789"]

    def read(path: Path) -> list[str]:
        command = ["tesseract", str(path), "stdout", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.splitlines()

    return read


def rapidocr(*, field: bool) -> Engine:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(path: Path) -> list[str]:
        result = engine(str(path), use_det=not field, use_cls=False, use_rec=True)
        return list(result.txts or ())

    return read


def ddddocr(*, field: bool) -> Engine:
    from ddddocr import DdddOcr

    engine = DdddOcr(show_ad=False)
    engine.set_ranges("0123456789")
    return lambda path: [str(engine.classification(path.read_bytes()))]


ENGINES = {"numerals": ours, "tesseract": tesseract, "rapidocr": rapidocr, "ddddocr": ddddocr}
SETS: dict[str, tuple[Callable[[], Iterator[Picture]], bool]] = {
    "photos (pages)": (photos, False),
    "cheque amounts (ORAND-CAR, validation)": (lambda: strings("orand"), True),
    "log-book cells (validation)": (lambda: strings("meza"), True),
}
"""Name -> function that yields the pictures, and whether each is a single line."""


def digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def count_correct(engine: Engine, picture: Picture) -> int:
    """Count the lines of a picture that an engine reads; each line of the engine counts once."""
    predicted = [digits(line) for line in engine(picture.path)]
    n_correct = 0
    for line in picture.lines:
        if line in predicted:
            predicted.remove(line)
            n_correct += 1
    return n_correct


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=int, help="number of pictures of each set")
    parser.add_argument("--only", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    options = parser.parse_args()
    rows = []
    for set_name, (load, field) in SETS.items():
        pictures = list(load())[: options.limit]
        n_lines = sum(len(picture.lines) for picture in pictures)
        for name in options.only:
            try:
                engine = ENGINES[name](field=field)
            except ImportError as missing:
                print(f"{name} is skipped, not installed: {missing}")
                continue
            n_correct, seconds = 0, []
            for picture in pictures:
                started = time.perf_counter()
                n_correct += count_correct(engine, picture)
                seconds.append(time.perf_counter() - started)
            low, high = wilson_interval(n_correct, n_lines)
            rows.append(
                [
                    set_name,
                    f"{n_lines:,}",
                    name,
                    f"{100 * n_correct / n_lines:.1f}",
                    f"{100 * low:.1f}-{100 * high:.1f}",
                    f"{1000 * statistics.median(seconds):.0f}",
                ]
            )
            print(*rows[-1], sep="\t", flush=True)
    print(machine())
    heads = ["set", "lines", "engine", "exact %", "95 % interval", "median ms per picture"]
    print(format_table(heads, rows))


if __name__ == "__main__":
    main()
