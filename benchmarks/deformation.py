"""Measure the error and time of the deformation classifiers on MNIST.

python benchmarks/deformation.py --held-out 5000
python benchmarks/deformation.py --method idm --equal-votes
"""

import argparse
import sys
import time

import numpy as np
from timing import machine

from numerals.classifiers import make_classifier
from numerals.data import load_digits
from numerals.evaluation import wilson_interval

METHODS = ("tangent-distance", "idm", "p2dhmdm")
EQUAL_VOTES = {"n_neighbors": 3, "sharpness": 0.0}  # as in Keysers et al. 2007
BLOCK = 500  # digits between progress updates


def load(options: argparse.Namespace) -> tuple[np.ndarray, ...]:
    """Return training images and labels, test images and labels."""
    train = load_digits(options.data, "train")
    X, y = train.images.reshape(len(train), -1), train.labels
    if options.held_out:
        split = len(X) - options.held_out
        X, X_test, y, y_test = X[:split], X[split:], y[:split], y[split:]
    else:
        test = load_digits(options.data, "test")
        X_test, y_test = test.images.reshape(len(test), -1), test.labels
    return X, y, X_test[: options.limit], y_test[: options.limit]


def predict(classifier: object, X: np.ndarray) -> np.ndarray:
    """Predict in blocks, and show the progress on a terminal."""
    predictions = []
    for start in range(0, len(X), BLOCK):
        predictions.append(classifier.predict(X[start : start + BLOCK]))
        if sys.stderr.isatty():
            print(f"\r{start + len(predictions[-1]):,} of {len(X):,}", end="\r", file=sys.stderr)
    return np.concatenate(predictions)


def run(name: str, settings: dict[str, float], data: tuple[np.ndarray, ...], source: str) -> str:
    X, y, X_test, y_test = data
    classifier = make_classifier(name, settings).fit(X, y)
    classifier.predict(X_test[:1])  # compiles the kernels
    started = time.perf_counter()
    n_errors = int((predict(classifier, X_test) != y_test).sum())
    seconds = time.perf_counter() - started
    low, high = (100 * share for share in wilson_interval(n_errors, len(X_test)))
    last = classifier[-1]
    return (
        f"{name:<18}{source:<22}{last.n_neighbors:>4}{last.n_candidates:>6}{n_errors:>7}"
        f"{100 * n_errors / len(X_test):>8.2f} [{low:.2f}, {high:.2f}]"
        f"{seconds:>9.1f}{1000 * seconds / len(X_test):>9.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="mnist", help="a data set of the catalogue")
    parser.add_argument("--method", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--limit", type=int, help="number of digits to classify")
    parser.add_argument(
        "--held-out", type=int, default=0, metavar="N",
        help="classify the last N training images by the others, and use no test image",
    )  # fmt: skip
    parser.add_argument("--candidates", type=int, default=500)
    parser.add_argument(
        "--equal-votes", action="store_true", help="3 neighbors with equal votes, as published"
    )
    options = parser.parse_args()
    data = load(options)
    source = f"{options.data} " + (
        f"held out of {options.held_out + len(data[0])}" if options.held_out else "test"
    )
    settings = {"n_candidates": options.candidates} | (EQUAL_VOTES if options.equal_votes else {})
    print(machine())
    print(f"{len(data[0]):,} training images, {len(data[2]):,} to classify")
    print(
        f"{'method':<18}{'data':<22}{'k':>4}{'cand.':>6}{'errors':>7}{'error %':>8} [95 %]      "
        f"{'seconds':>9}{'ms/digit':>9}"
    )
    for name in options.method:
        print(run(name, settings, data, source), flush=True)


if __name__ == "__main__":
    main()
