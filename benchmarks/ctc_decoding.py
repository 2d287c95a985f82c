"""How long the search takes for one line of ten digits, without a format and with one."""

import argparse

import numpy as np
import numpy.typing as npt
from timing import HEAD, machine, measure, row

from numerals.formats import parse_format
from numerals.reading.ctc import decode

CHARACTERS = "0123456789.,-+/:()% "
FORMATS = ("digits:10", "luhn:10", "amount", r"regex:\d{10}", "phone:US")


def make_frames(
    rng: np.random.Generator, n_frames: int, n_doubtful: int
) -> npt.NDArray[np.float32]:
    """Return the log-probabilities of a line, between whose characters the blank is nearly sure."""
    logits = rng.normal(0, 1, (n_frames, len(CHARACTERS) + 1))
    logits[:, -1] += 14
    doubtful = set(rng.choice(10, n_doubtful, replace=False).tolist())
    for i, middle in enumerate(np.linspace(3, n_frames - 5, 10).astype(int)):
        right, wrong = rng.choice(10, 2, replace=False)
        for frame in range(middle, middle + rng.integers(1, 4)):
            logits[frame, -1] -= 14
            logits[frame, right] += 14
            if i in doubtful:
                logits[frame, wrong] += 14
    return (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--frames", type=int, default=100)
    options = parser.parse_args()
    print(machine())
    print(HEAD)
    for n_doubtful in (0, 3, 10):
        frames = make_frames(np.random.default_rng(0), options.frames, n_doubtful)
        free = measure(lambda frames=frames: decode(frames, CHARACTERS), options.runs)
        print(row(f"{n_doubtful} of 10 digits in doubt", free))
        for spec in FORMATS:
            wanted = parse_format(spec)
            figures = measure(
                lambda frames=frames, wanted=wanted: decode(
                    frames, CHARACTERS, may_begin=wanted.may_begin, accepts=wanted.accepts
                ),
                options.runs,
            )
            print(row(f"  {spec}", figures))


if __name__ == "__main__":
    main()
