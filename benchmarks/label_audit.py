"""Measure the label audit on planted errors: labels of a data set that are replaced at random.

The errors that the data set has itself count as false alarms, so that the precision is a lower
bound.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
from timing import machine

from numerals.data import load_digits
from numerals.lab.digit_audit import Predictor
from numerals.metrics.label_errors import find_label_errors
from numerals.records import Digits


def plant_errors(digits: Digits, share: float, seed: int) -> tuple[Digits, np.ndarray]:
    """Return digits of which a share has another random label, and the mask of these."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(digits))[: round(share * len(digits))]
    labels = digits.labels.copy()
    n_classes = len(digits.classes)
    labels[chosen] = (labels[chosen] + rng.integers(1, n_classes, len(chosen))) % n_classes
    return replace(digits, labels=labels), labels != digits.labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--split", default="train")
    parser.add_argument("--share", type=float, default=0.01, help="of the labels to replace")
    parser.add_argument("--method", default="cnn")
    parser.add_argument("--limit", type=int, help="use only the first digits")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    digits = load_digits(options.data, options.split)[: options.limit]
    digits, planted = plant_errors(digits, options.share, options.seed)
    started, cpu_started = time.perf_counter(), time.process_time()
    proba, _ = Predictor(options.method).predict(digits, None)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    errors = find_label_errors(proba, digits.labels)
    n = int(planted.sum())
    print(f"{options.data} {options.split}: {len(digits):,} digits, {n:,} planted errors")
    print(f"{options.method}: {seconds:.0f} s, {cpu_seconds:.0f} s of processor time; {machine()}")
    print(f"{'labels':<24}{'number':>8}{'precision %':>13}{'recall %':>10}")
    chosen = {"suspects": errors.is_suspect}
    for share in (0.1, 0.5, 1.0, 1.5):
        first = np.zeros(len(digits), bool)
        first[errors.order[: round(share * n)]] = True
        chosen[f"the first {round(share * n):,}"] = first
    for name, mask in chosen.items():
        hits = int((mask & planted).sum())
        precision, recall = 100 * hits / max(mask.sum(), 1), 100 * hits / max(n, 1)
        print(f"{name:<24}{mask.sum():>8,}{precision:>13.1f}{recall:>10.1f}")


if __name__ == "__main__":
    main()
