"""Runs of many pictures, killed, continued and on Dask: parts of batch.py."""

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import cv2
import psutil

from numerals.batch.run_folder import PARTS
from numerals.batch.runs import open_run
from numerals.data import load_digits

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "batch"))

from dask_processes import DaskProcesses, networks

N_PICTURES = 5_000
N_CROPS = 1_500
N_KILLS = 20
SECONDS_PER_KILL = 3.0
RUN = "from numerals.cli.app import main; main()"


def write_pictures(folder: Path, n: int) -> Path:
    """Write n training digits of MNIST as PNG files, in folders of 1,000; inverted after 60,000."""
    images = load_digits("mnist", "train").images
    for i in range(n):
        path = folder / f"{i // 1000:03d}" / f"{i:06d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image = images[i % len(images)]
        cv2.imwrite(str(path), 255 - image if i >= len(images) else image)
    return folder


def start(
    pictures: Path, out: Path, *options: object, layout: str = "--digits"
) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, "read", pictures, layout, "--out", f"{out}/"]
    arguments = [str(each) for each in (*command, *options)]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for a command and return what it printed; fail if it failed."""
    message = process.communicate()[1].strip()
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {message}")
    return message


def parts(out: Path) -> dict[str, int]:
    """Return when each finished part was written."""
    return {path.name: path.stat().st_mtime_ns for path in out.glob(f"{PARTS}/part-*")}


def readings(out: Path) -> list[tuple[str, str | None]]:
    table = open_run(str(out)).table(["file", "text"])
    return list(zip(table["file"].to_pylist(), table["text"].to_pylist(), strict=True))


def compare(found: list[tuple[str, str | None]], expected: list[tuple[str, str | None]]) -> str:
    n_lost = len(set(expected) - set(found))
    n_doubled = len(found) - len(set(found))
    equal = "equal" if sorted(found) == sorted(expected) else "DIFFERENT"
    return f"{n_lost} rows lost, {n_doubled} doubled, {equal} to a plain run after sorting"


def kills(folder: Path) -> None:
    """Kill ``numerals read`` at random moments, until it was killed 20 times."""
    pictures = write_pictures(folder / "pictures", N_PICTURES)
    print("plain:", finish(start(pictures, folder / "plain")))
    expected = readings(folder / "plain")
    rng = random.Random(0)
    n_kills = n_runs = n_changed = 0
    interrupted = []
    while n_kills < N_KILLS:
        n_runs += 1
        out = folder / f"killed-{n_runs}"
        started = time.monotonic()
        process = start(pictures, out)
        while not parts(out):
            time.sleep(0.01)
        startup = time.monotonic() - started
        while n_kills < N_KILLS and process.poll() is None:
            before = parts(out)
            children = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            process.communicate()
            n_kills += 1
            psutil.wait_procs(children, timeout=30)
            n_changed += sum(parts(out)[name] != at for name, at in before.items())
            interrupted.append(len(list((out / PARTS).glob(".*"))))
            process = start(pictures, out)
            time.sleep(rng.uniform(0, 2 * startup))
        if process.poll() is None:
            before = parts(out)
            finish(process)
            n_changed += sum(parts(out)[name] != at for name, at in before.items())
        print(f"run {n_runs}, {n_kills} kills so far: {compare(readings(out), expected)}")
    print(f"{n_changed} finished parts were written again; {sum(interrupted)} were being written")


def resume(folder: Path) -> None:
    """Repeat a complete run, and one of which half is missing."""
    pictures = write_pictures(folder / "pictures", N_PICTURES)
    out = folder / "out"
    print("first:   ", finish(start(pictures, out)))
    print("repeated:", finish(start(pictures, out)))
    for part in sorted((out / PARTS).iterdir())[::2]:
        part.unlink()
    print("half:    ", finish(start(pictures, out)))


def engine(folder: Path) -> None:
    """Compare Dask on this machine with plain processes, in turn, on crops of cheques."""
    pictures = folder / "crops"
    pictures.mkdir()
    crops = sorted(Path(os.environ["NUMERALS_DATA"], "strings", "orand").rglob("*.*"))
    for i in range(N_CROPS):
        crop = crops[i % len(crops)]
        (pictures / f"{i:05d}{crop.suffix}").symlink_to(crop)
    best: dict[str, tuple[float, float]] = {}
    for i in range(2):
        for name, options in (("processes", ()), ("dask", ("--cluster", "local"))):
            out = folder / f"{name}-{i}"
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.monotonic()
            finish(start(pictures, out, *options, layout="--field"))
            wall = time.monotonic() - started
            now = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
            print(f"{name:10} {wall:6.1f} s, {cpu:6.1f} s of processor time")
            best[name] = min(best.get(name, (wall, cpu)), (wall, cpu))
    (plain, plain_cpu), (dask, dask_cpu) = best["processes"], best["dask"]
    print(
        f"overhead of Dask: {dask / plain - 1:.1%} time, {dask_cpu / plain_cpu - 1:.1%} processor"
    )


def cluster(folder: Path) -> None:
    """Kill a worker every few seconds, and the scheduler once."""
    pictures = write_pictures(folder / "pictures", N_PICTURES)
    print("plain:", finish(start(pictures, folder / "plain")))
    out = folder / "out"
    size = ("--shard-size", 25)
    with (
        networks(3) as (host, prefixes),
        DaskProcesses(host, prefixes, folder / "dask.log") as dask,
    ):
        print(f"scheduler at {host}, workers in {prefixes[0] or 'the same network'} and two more")
        process = start(pictures, out, "--cluster", dask.address, *size)
        n_kills = _kill_workers(dask, process, out, N_PICTURES / 25 * 0.4)
        before = parts(out)
        dask.kill_scheduler()
        message = process.communicate()[1].strip()
        print(f"{n_kills} workers killed, then the scheduler: exit code {process.returncode}")
        print(message)
        dask.start()
        process = start(pictures, out, "--cluster", dask.address, *size)
        n_kills = _kill_workers(dask, process, out, float("inf"))
        print(f"{n_kills} workers killed:", finish(process))
    n_changed = sum(parts(out)[name] != at for name, at in before.items())
    print(f"{n_changed} of {len(before)} finished parts were written again")
    print(compare(readings(out), readings(folder / "plain")))


def _kill_workers(
    dask: DaskProcesses, process: subprocess.Popen[str], out: Path, n_parts: float
) -> int:
    """Kill a worker every few seconds until there are so many parts, or the command has ended."""
    n_kills, last = 0, time.monotonic()
    while process.poll() is None and len(parts(out)) < n_parts:
        time.sleep(0.05)
        if parts(out) and time.monotonic() > last + SECONDS_PER_KILL:
            dask.replace_worker(n_kills % 3)
            n_kills, last = n_kills + 1, time.monotonic()
    return n_kills


def hundred_thousand(folder: Path) -> None:
    """Read 1,000 and 100,000 pictures with a watch on the memory, and repeat the second."""
    pictures = write_pictures(folder / "pictures", 100_000)
    for source, out in (("pictures/000", "small"), ("pictures", "large"), ("pictures", "large")):
        process = start(folder / source, folder / out)
        main, workers = _watch_memory(process)
        message = finish(process)
        print(f"{message}; main process {main:.0f} MiB, largest worker {workers:.0f} MiB")
    size = sum(path.stat().st_size for path in (folder / "large").rglob("*.parquet"))
    print(f"{len(parts(folder / 'large')):,} parts, {size / 2**20:.0f} MiB; {pictures}")


def _watch_memory(process: subprocess.Popen[str]) -> tuple[float, float]:
    """Return the highest memory of a command and of its largest worker, MiB."""
    own = psutil.Process(process.pid)
    main = workers = 0
    while process.poll() is None:
        try:
            main = max(main, own.memory_info().rss)
            children = own.children(recursive=True)
            workers = max([workers, *(each.memory_info().rss for each in children)])
        except psutil.Error:
            pass  # a process has ended
        time.sleep(0.2)
    return main / 2**20, workers / 2**20


RUN_PARTS = {
    "kills": kills,
    "resume": resume,
    "engine": engine,
    "cluster": cluster,
    "100000": hundred_thousand,
}
