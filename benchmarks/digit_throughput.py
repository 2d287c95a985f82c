"""Measure the throughput of the digit model in digits per second, by batch size."""

import argparse

import numpy as np
from timing import machine, measure

from numerals.models import load_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    model = load_model()
    rng = np.random.default_rng(0)
    print(machine())
    print(f"{'batch':>6}{'median ms':>12}{'digits/s':>12}")
    for batch in (1, 16, 256):
        images = rng.integers(0, 256, (batch, 28, 28)).astype(np.uint8)
        median, _, _ = measure(lambda images=images: model.predict_proba(images), options.runs)
        print(f"{batch:>6}{1000 * median:>12.2f}{batch / median:>12.0f}")


if __name__ == "__main__":
    main()
