"""Measure accuracy and time of the convolutional networks on MNIST, in whole processes.

Each run is a new Python process: imports, reading MNIST, training on all 60,000 images, classifying
the 10,000 of the test split. Settings were selected on held-out training images.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from timing import machine

FAST = {"epochs": 1, "widths": (16, 32, 64), "augment": 0.0, "coarse": 0.0}
SETTINGS = {
    "fast": ("cnn", FAST),
    "good": ("cnn", {}),
    "tutorial": ("cnn-tutorial", {"epochs": 2}),
}
GOALS = {"fast": "99 % in 20 s", "good": "99.6 % in 120 s", "tutorial": "96 %"}


def run_once(name: str, seed: int, threads: int) -> dict[str, object]:
    """Train and test in this process; return predictions and seconds."""
    from numerals.classifiers.cnn import CNN_METHODS
    from numerals.data import load_digits

    train, test = load_digits("mnist", "train"), load_digits("mnist", "test")
    method, settings = SETTINGS[name]
    classifier = CNN_METHODS[method].make()
    classifier.set_params(**settings, random_state=seed, n_jobs=threads)
    started = time.perf_counter()
    classifier.fit(train.images.reshape(len(train), -1), train.labels)
    fitted = time.perf_counter()
    predictions = classifier.predict(test.images.reshape(len(test), -1))
    return {
        "fit_seconds": fitted - started,
        "predict_seconds": time.perf_counter() - fitted,
        "accuracy": float((predictions == test.labels).mean()),
        "predictions": "".join(map(str, predictions)),
    }


def run_process(name: str, seed: int, threads: int) -> dict[str, object]:
    """Call `run_once` in a new process, and measure the time of the whole process."""
    command = [sys.executable, __file__, "--once", name, "--seed", str(seed)]
    command += ["--threads", str(threads)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    return {"name": name, "seed": seed, "seconds": seconds} | json.loads(done.stdout)


def _deviation(values: list[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else 0.0


def row(name: str, runs: list[dict[str, object]]) -> str:
    accuracies = [100 * run["accuracy"] for run in runs]
    cells = [f"{statistics.mean(accuracies):.3f} ± {_deviation(accuracies):.3f}"]
    for key in ("seconds", "fit_seconds", "predict_seconds"):
        seconds = [run[key] for run in runs]
        cells.append(f"{statistics.mean(seconds):.1f} ± {_deviation(seconds):.1f}")
    return f"{name:<10}{len(runs):>5}" + "".join(f"{c:>17}" for c in cells) + f"   {GOALS[name]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SETTINGS, action="append", help="may be repeated")
    parser.add_argument("--runs", type=int, default=5, help="seeds 0, 1, ...")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="write each run as a line of JSON")
    parser.add_argument("--once", choices=SETTINGS, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(run_once(options.once, options.seed, options.threads)))
        return
    print(f"{machine()}; {options.threads} threads; load {os.getloadavg()[0]:.1f} at the start")
    heads = ("test accuracy %", "whole process s", "fit s", "predict s")
    print(f"{'':<10}{'runs':>5}" + "".join(f"{h:>17}" for h in heads) + "   goal")
    for name in options.only or SETTINGS:
        runs = []
        for seed in range(options.runs):
            runs.append(run_process(name, seed, options.threads))
            if options.out:
                with options.out.open("a") as stream:
                    stream.write(json.dumps(runs[-1] | {"machine": machine()}) + "\n")
        print(row(name, runs), flush=True)


if __name__ == "__main__":
    main()
