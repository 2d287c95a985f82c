"""Measure CTC decoding of a line of ten digits, with and without a number format."""

import argparse

import numpy as np
import numpy.typing as npt
from timing import HEAD, machine, measure, row

from numerals.formats import parse_format
from numerals.reading.ctc import decode

CHARACTERS = "0123456789.,-+/:()% "
FORMATS = ("digits:10", "luhn:10", "amount", r"regex:\d{10}", "phone:US")


def make_frames(
    rng: np.random.Generator, n_frames: int, n_ambiguous: int
) -> npt.NDArray[np.float32]:
    """Return the log-probabilities of a line with blanks between its characters."""
    logits = rng.normal(0, 1, (n_frames, len(CHARACTERS) + 1))
    logits[:, -1] += 14
    ambiguous = set(rng.choice(10, n_ambiguous, replace=False).tolist())
    for i, center in enumerate(np.linspace(3, n_frames - 5, 10).astype(int)):
        digit, alternative = rng.choice(10, 2, replace=False)
        for frame in range(center, center + rng.integers(1, 4)):
            logits[frame, -1] -= 14
            logits[frame, digit] += 14
            if i in ambiguous:
                logits[frame, alternative] += 14
    return (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--frames", type=int, default=100)
    options = parser.parse_args()
    print(machine())
    print(HEAD)
    for n_ambiguous in (0, 3, 10):
        frames = make_frames(np.random.default_rng(0), options.frames, n_ambiguous)
        times = measure(lambda frames=frames: decode(frames, CHARACTERS), options.runs)
        print(row(f"{n_ambiguous} of 10 digits ambiguous", times))
        for spec in FORMATS:
            number_format = parse_format(spec)
            times = measure(
                lambda frames=frames, number_format=number_format: decode(
                    frames,
                    CHARACTERS,
                    may_begin=number_format.may_begin,
                    accepts=number_format.accepts,
                ),
                options.runs,
            )
            print(row(f"  {spec}", times))


if __name__ == "__main__":
    main()
