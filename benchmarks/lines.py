"""Measure exact-match accuracy of whole lines: composed lines, cheques, log books, photos.

Composed lines use the digits of MNIST's test writers, none of whom is in the training part. Real
lines are the validation parts of ORAND-CAR and of the log books, and the development photos; no
model was trained on them. A number counts as correct if its whole text is.

    python benchmarks/lines.py
    python benchmarks/lines.py --model runs/line.onnx --composed 500
    python benchmarks/lines.py --script kannada

Other scripts than Latin have only composed lines, from the test parts of their data sets.
"""

import argparse
import csv
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from scripts import DATA
from timing import machine

from numerals.data import load_digits
from numerals.evaluation import align_lines, read_truth
from numerals.ink import to_mnist
from numerals.metrics.calibration import calibration_error
from numerals.metrics.intervals import wilson_interval
from numerals.models import LineModel, line_model_path, load_line_model
from numerals.reading import Reader, keep_digits
from numerals.reading.strip_reader import read_strips
from numerals.records import Digits
from numerals.reports.text_tables import format_table
from numerals.synthesis.digit_hands import make_hands
from numerals.synthesis.line_composition import compose_line

REJECTED_SHARE = 0.05  # share of the numbers rejected for their low confidence
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99)
PAPERS = (
    # Name, wear and variation of `compose_line`.
    ("digits as scanned", 0.0, 0.0),
    ("clean paper", 0.0, 1.0),
    ("worn paper", 0.5, 1.0),
    ("worst paper", 1.0, 1.0),
)
Outcome = tuple[bool, float]  # whether the number is correct, confidence


def test_digits(script: str) -> Digits:
    digits = load_digits("qmnist" if script == "latin" else DATA[script], "test")
    if digits.images.shape[1:] == (28, 28):
        return digits
    return replace(digits, images=np.stack([to_mnist(image) for image in digits.images]))


def composed(
    model: LineModel,
    count: int,
    length: int,
    touching: float,
    overlapping: float,
    wear: float,
    variation: float,
) -> list[Outcome]:
    digits = test_digits(model.script)
    hands = make_hands(digits)
    rng = np.random.default_rng([7, length])
    texts = ["".join(rng.choice(digits.classes, length)) for _ in range(count)]
    strips = [
        compose_line(
            hands,
            rng,
            t,
            touching=touching,
            overlapping=overlapping,
            european=0,
            wear=wear,
            variation=variation,
        )[0]
        for t in texts
    ]
    readings = read_strips(model, strips)
    return [
        (False, 0.0) if reading is None else (reading.line.text == text, reading.line.confidence)
        for reading, text in zip(readings, texts, strict=True)
    ]


def fields(reader: Reader, name: str, *, signs: bool) -> Iterator[Outcome]:
    folder = Path(os.environ["NUMERALS_DATA"]) / "strings"
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            if row["split"] != "validation":
                continue
            page = reader.read(folder / row["file"])
            page, truth = (page, row["text"]) if signs else (keep_digits(page), row["text"])
            truth = truth if signs else "".join(filter(str.isdigit, truth))
            text = "".join(line.text for line in page.lines)
            yield text == truth, page.confidence if page.lines else 0.0


def photos(reader: Reader) -> Iterator[Outcome]:
    path = Path(os.environ["NUMERALS_DATA"]) / "strings" / "photos.csv"
    for page in read_truth(path):
        for line in align_lines(page.lines, reader.read(page.path).lines):
            yield line.is_exact, line.confidence


def row(name: str, outcomes: list[Outcome], seconds: float) -> list[str]:
    is_correct, confidence = to_arrays(outcomes)
    n = len(is_correct)
    accepted = np.argsort(-confidence, kind="stable")[: round((1 - REJECTED_SHARE) * n)]
    error = calibration_error(confidence, is_correct)
    rng = np.random.default_rng(0)  # sampling error of a perfectly calibrated model
    perfect = [calibration_error(confidence, rng.random(n) < confidence) for _ in range(200)]
    return [
        name,
        f"{n:,}",
        f"{100 * is_correct.mean():.1f}",
        f"{100 * (1 - is_correct[accepted].mean()):.1f}",
        f"{100 * error:.1f}",
        f"{100 * np.mean(perfect):.1f}",
        f"{1000 * seconds / n:.1f}",
    ]


def reject_row(name: str, outcomes: list[Outcome]) -> list[str]:
    """Return the share accepted at each threshold, and the error of these with its interval."""
    is_correct, confidence = to_arrays(outcomes)
    cells = [name]
    for threshold in THRESHOLDS:
        is_accepted = confidence >= threshold
        n, n_errors = int(is_accepted.sum()), int((~is_correct[is_accepted]).sum())
        low, high = wilson_interval(n_errors, n) if n else (0.0, 1.0)
        error = f"{100 * n_errors / n:.1f} ({100 * low:.1f}-{100 * high:.1f})" if n else "-"
        cells.append(f"{100 * is_accepted.mean():.0f}: {error}")
    return cells


def to_arrays(outcomes: list[Outcome]) -> tuple[np.ndarray, np.ndarray]:
    is_correct, confidence = zip(*outcomes, strict=True)
    return np.array(is_correct), np.array(confidence)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--script", default="latin")
    parser.add_argument("--model", type=Path, help="instead of the shipped one")
    parser.add_argument("--composed", type=int, default=1000, help="composed lines of each kind")
    options = parser.parse_args()
    path = options.model or line_model_path(options.script)
    if path is None:
        raise SystemExit(f"no line model is shipped for {options.script}; pass one with --model")
    model = load_line_model(path)
    field, page = Reader(model, layout="field"), Reader(model)
    kinds = {
        f"composed, {kind}, {paper}": partial(
            composed, model, options.composed, length, touching, overlapping, wear, variation
        )
        for kind, length, touching, overlapping in (
            ("10 digits, half of the lines touch", 10, 0.5, 0.0),
            ("touching pairs", 2, 1.0, 0.0),
            ("overlapping pairs", 2, 0.0, 1.0),
        )
        for paper, wear, variation in PAPERS
    }
    if model.script == "latin":
        kinds["orand, digits"] = lambda: list(fields(field, "orand", signs=False))
        kinds["log books, with signs"] = lambda: list(fields(field, "meza", signs=True))
        kinds["log books, digits"] = lambda: list(fields(field, "meza", signs=False))
        kinds["photos"] = lambda: list(photos(page))
    outcomes_of: dict[str, list[Outcome]] = {}
    rows = []
    for name, measure in kinds.items():
        started = time.perf_counter()
        outcomes_of[name] = measure()
        seconds = time.perf_counter() - started
        rows.append(row(name, outcomes_of[name], seconds))
    if model.script == "latin":
        outcomes_of["orand and photos"] = outcomes_of["orand, digits"] + outcomes_of["photos"]
        rows.append(row("orand and photos", outcomes_of["orand and photos"], 0.0))
    print(machine())
    heads = [
        "set",
        "numbers",
        "exact %",
        "error % at 5 % rejected",
        "calibration error %",
        "same, perfectly calibrated",
    ]
    print(format_table([*heads, "ms per number"], rows))
    print("\naccepted %: error % of these (95 % interval), by minimum confidence")
    heads = ["set", *(f">= {threshold}" for threshold in THRESHOLDS)]
    reject_rows = [reject_row(name, outcomes) for name, outcomes in outcomes_of.items()]
    print(format_table(heads, reject_rows))


if __name__ == "__main__":
    main()
