"""Measure time and memory of 12-megapixel pages with extreme numbers of marks, warm.

Each page is read in its own process. On a busy machine, compare the CPU time.
"""

import argparse
import io
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from timing import machine

SHAPE = (3000, 4000)
_Gray = npt.NDArray[np.uint8]


def paper(seed: int = 0) -> tuple[_Gray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return rng.normal(225, 4, SHAPE).clip(0, 255).astype(np.uint8), rng


def specks() -> _Gray:
    page, rng = paper()
    for x, y in rng.integers(0, (SHAPE[1], SHAPE[0]), (40_000, 2)).tolist():
        cv2.circle(page, (x, y), 3, 40, -1)
    return page


def noise() -> _Gray:
    return np.random.default_rng(0).integers(0, 256, SHAPE).astype(np.uint8)


def coarse_noise() -> _Gray:
    small = np.random.default_rng(0).integers(0, 256, (375, 500)).astype(np.uint8)
    return np.asarray(cv2.resize(small, SHAPE[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def strokes() -> _Gray:
    page, rng = paper()
    for x, y in rng.integers(0, (SHAPE[1], SHAPE[0]), (5_000, 2)).tolist():
        dx, dy = rng.integers(-40, 41, 2).tolist()
        cv2.line(page, (x, y), (x + dx, y + dy), 40, 5, cv2.LINE_AA)
    return page


def digits(columns: int, rows: int, group: int, scale: float) -> _Gray:
    page, rng = paper()
    for i in range(rows):
        y = int((i + 0.8) * SHAPE[0] / rows)
        texts = ["".join(map(str, rng.integers(0, 10, group))) for _ in range(columns)]
        for j, text in enumerate(texts):
            x = int(j * SHAPE[1] / columns) + 8
            cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 40, 3, cv2.LINE_AA)
    return page


def boxes() -> _Gray:
    page = digits(80, 60, 1, 1.0)
    for x in range(0, SHAPE[1], SHAPE[1] // 80):
        cv2.line(page, (x, 0), (x, SHAPE[0]), 90, 2)
    for y in range(0, SHAPE[0], SHAPE[0] // 60):
        cv2.line(page, (0, y), (SHAPE[1], y), 90, 2)
    return page


PAGES: dict[str, Callable[[], _Gray]] = {
    "40,000 specks": specks,
    "noise": noise,
    "coarse noise": coarse_noise,
    "5,000 strokes": strokes,
    "15,000 digits, 1,500 numbers": lambda: digits(20, 75, 10, 0.9),
    "15,000 digits, 5,000 numbers": lambda: digits(50, 100, 3, 0.7),
    "4,800 digits, one in a box": boxes,
}


def read(name: str, runs: int) -> None:
    """Print lines, median elapsed and CPU seconds, and peak memory of this process."""
    import numerals

    buffer = io.BytesIO()
    Image.fromarray(PAGES[name]()).save(buffer, "JPEG", quality=88)
    reader = numerals.Reader()
    reader.read(np.full((300, 400), 255, np.uint8))
    times = []
    for _ in range(runs):
        started, cpu_started = time.perf_counter(), time.process_time()
        page = reader.read(buffer.getvalue())
        times.append((time.perf_counter() - started, time.process_time() - cpu_started))
    elapsed, cpu = np.median(times, axis=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if sys.platform == "darwin":
        peak /= 1024
    n_lines = len(page.lines)
    print(f"{name:32}{n_lines:10}{elapsed:12.2f}{cpu:12.2f}{peak:12.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--page", choices=PAGES, help="read only this page, in this process")
    arguments = parser.parse_args()
    if arguments.page:
        read(arguments.page, arguments.runs)
        return
    print(machine())
    head = ("lines", "seconds", "CPU seconds", "peak MiB")
    print(
        f"{'page':32}" + "".join(f"{h:>{w}}" for h, w in zip(head, (10, 12, 12, 12), strict=True))
    )
    for name in PAGES:
        command = [sys.executable, __file__, "--runs", str(arguments.runs), "--page", name]
        subprocess.run(command, check=False)


if __name__ == "__main__":
    main()
