"""Repeated timing, and a description of the machine, for the benchmarks."""

import os
import platform
import statistics
import time
from collections.abc import Callable

import numpy as np

import numerals
from numerals.models.runtime import load_onnxruntime


def machine() -> str:
    versions = f"numerals {numerals.__version__}, numpy {np.__version__}"
    runtime = f"onnxruntime {load_onnxruntime().__version__}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}; {versions}, {runtime}"


def measure(work: Callable[[], object], runs: int) -> tuple[float, float, float]:
    """Return median, min and max seconds of `runs` runs, after a warm-up run."""
    work()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), min(seconds), max(seconds)


def row(name: str, figures: tuple[float, float, float]) -> str:
    return f"{name:<44}" + "".join(f"{1000 * seconds:>10.1f}" for seconds in figures)


HEAD = f"{'':<44}{'median ms':>10}{'min':>10}{'max':>10}"
