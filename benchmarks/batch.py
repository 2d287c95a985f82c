"""Measure ``numerals read`` on many files: time against processes, memory against files.

``python benchmarks/batch.py speed memory`` runs these parts; each prints a table. Times are those
of whole commands, start-up included, on the pictures of NUMERALS_DATA.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from batch_runs import RUN_PARTS
from PIL import Image
from timing import machine

from numerals.batch.read_batch import n_cores

NUMERALS = [sys.executable, "-c", "from numerals.cli.app import main; main()"]
SAMPLING_SECONDS = 0.1
MIB = 2**20


@dataclass(frozen=True)
class Run:
    """What one command took.

    Attributes
    ----------
    seconds : float
    parent_bytes, children_bytes : int
        Maximum of the resident memory of the command, and of the sum of its processes.
    """

    seconds: float
    parent_bytes: int
    children_bytes: int


def run_command(arguments: Sequence[str], cores: set[int] | None = None) -> Run:
    """Run ``numerals`` and measure its time and memory.

    Parameters
    ----------
    arguments : sequence of str
    cores : set of int, optional
        Cores that the command may use; by default those of this process.
    """

    def set_cores() -> None:
        if cores is not None:
            os.sched_setaffinity(0, cores)

    started = time.perf_counter()
    command = [*NUMERALS, *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=set_cores
    )
    watched, parent, children = psutil.Process(process.pid), 0, 0
    while process.poll() is None:
        try:
            parent = max(parent, watched.memory_info().rss)
            below = [child.memory_info().rss for child in watched.children()]
            children = max(children, sum(below))
        except psutil.NoSuchProcess:
            pass
        time.sleep(SAMPLING_SECONDS)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed with exit code {process.returncode}")
    return Run(time.perf_counter() - started, parent, children)


def link_files(sources: Sequence[Path], n_files: int, folder: Path) -> Path:
    """Fill a folder with links to files, each of which occurs several times; return it."""
    folder.mkdir()
    for number in range(n_files):
        source = sources[number % len(sources)]
        (folder / f"{number:06}{source.suffix}").hardlink_to(source)
    return folder


def copy_crops(data: Path, n_files: int, folder: Path) -> Path:
    """Copy the amounts of cheques in the data set of lines to a folder; return it."""
    folder.mkdir()
    sources = sorted((data / "strings" / "orand").glob("*.jpg"))
    for number in range(n_files):
        source = sources[number % len(sources)]
        (folder / f"{number:06}.jpg").write_bytes(source.read_bytes())
    return folder


def measure_speed(options: argparse.Namespace, work: Path) -> None:
    """Read crops of cheques with one core, with one process, and with one process per core."""
    crops = copy_crops(options.data, options.crops, work / "crops")
    cores = os.sched_getaffinity(0)
    settings = [
        ("1 process on 1 core", 1, {min(cores)}),
        ("1 process on all cores", 1, None),
        *((f"{jobs} processes", jobs, None) for jobs in range(2, n_cores() + 1)),
    ]
    print(f"{options.crops:,} crops of cheques; best of {options.repeats}")
    print(f"{'':24}{'seconds':>9}{'per s':>9}{'ms each':>9}{'times':>9}")
    first = 0.0
    for name, jobs, allowed in settings:
        arguments = ["read", str(crops), "--field", "--csv", "--jobs", str(jobs)]
        seconds = min(run_command(arguments, allowed).seconds for _ in range(options.repeats))
        first = first or seconds
        rate = options.crops / seconds
        print(f"{name:24}{seconds:9.1f}{rate:9.1f}{1000 / rate:9.1f}{first / seconds:9.2f}")


def measure_memory(options: argparse.Namespace, work: Path) -> None:
    """Read few and many pictures of single digits, and print the memory of the processes."""
    from numerals.data import load_digits

    digits = load_digits("mnist", "test").images[:1000]
    (work / "digits").mkdir()
    sources = [work / "digits" / f"{number}.png" for number in range(len(digits))]
    for pixels, path in zip(digits, sources, strict=True):
        Image.fromarray(pixels).save(path)
    print(f"{'files':>9}{'seconds':>9}{'per s':>9}{'command':>12}{options.jobs:>4} processes")
    for n_files in options.files:
        folder = link_files(sources, n_files, work / f"files-{n_files}")
        out = work / f"{n_files}.parquet"
        arguments = ["read", str(folder), "--jobs", str(options.jobs), "--out", str(out)]
        run = run_command(arguments)
        print(
            f"{n_files:9,}{run.seconds:9.1f}{n_files / run.seconds:9.1f}"
            f"{run.parent_bytes / MIB:8.0f} MiB{run.children_bytes / MIB:10.0f} MiB"
        )


def _without_options(part: Callable[[Path], None]) -> Callable[[argparse.Namespace, Path], None]:
    return lambda options, work: part(work)


PARTS: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "speed": measure_speed,
    "memory": measure_memory,
    **{name: _without_options(part) for name, part in RUN_PARTS.items()},
}


def main() -> None:
    """Run the parts that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all")
    parser.add_argument("--data", type=Path, default=os.environ.get("NUMERALS_DATA"))
    parser.add_argument("--crops", type=int, default=1000, help="files of the part speed")
    parser.add_argument("--repeats", type=int, default=3, help="runs of the part speed")
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 100_000], help="of memory")
    parser.add_argument("--jobs", type=int, default=n_cores(), help="processes of memory")
    options = parser.parse_args()
    if options.data is None:
        parser.error("set NUMERALS_DATA to the folder of the data sets, or give --data")
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown parts {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}")
    print(machine())
    for name in options.parts or PARTS:
        print(f"\n{name}")
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](options, Path(folder))


if __name__ == "__main__":
    main()
