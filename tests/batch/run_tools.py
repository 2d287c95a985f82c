"""Pictures for tests of runs, an engine without processes, and the command."""

import subprocess
import sys

import cv2
import numpy as np

from numerals.batch.engines import WorkerDied
from numerals.batch.run_reading import read_run
from numerals.batch.units import Unit, WorkOptions
from numerals.reading import ReadOptions

DIGITS = WorkOptions(ReadOptions(layout="digit"))


def write_digits(folder, n, first=0):
    """Write n pictures of a digit, 28x28; return their units."""
    folder.mkdir(exist_ok=True)
    for i in range(first, first + n):
        picture = np.zeros((28, 28), np.uint8)
        cv2.putText(picture, str(i % 10), (7, 21), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
        cv2.imwrite(str(folder / f"{i:05d}.png"), picture)
    return list_digits(folder)


def list_digits(folder):
    """Return the units of a folder."""
    return [Unit(str(path), str(path)) for path in sorted(folder.iterdir())]


class InlineEngine:
    """Runs tasks in this process; raises KeyboardInterrupt after some.

    Parameters
    ----------
    interrupt_after : int, optional
    deadly : str, optional
        Tasks with a unit of this name would kill a worker.
    """

    def __init__(self, interrupt_after=None, deadly=None):
        self.remaining = interrupt_after
        self.deadly = deadly
        self.read = []  # the names of the units that were given to workers

    def n_workers(self):
        return 1

    def map_unordered(self, function, tasks):
        for shard in tasks:
            if self.remaining == 0:
                raise KeyboardInterrupt
            self.remaining = None if self.remaining is None else self.remaining - 1
            try:
                yield shard, self._run(function, shard, shard.units)
            except WorkerDied as error:
                yield shard, error

    def run_alone(self, function, task):
        return self._run(function, task, getattr(task, "units", task))

    def _run(self, function, task, units):
        names = [unit.name for unit in units]
        if self.deadly is not None and any(self.deadly in name for name in names):
            raise WorkerDied
        self.read += names
        return function(task)


def read_digits(out, units, engine=None, **options):
    """Read pictures of digits into a run, with shards of 10."""
    options = {"shard_size": 10, **options}
    return read_run(str(out), units, DIGITS, engine or InlineEngine(), **options)


def texts(run):
    """Return the file names and texts of all rows."""
    return [(row.file, row.text) for row in run.rows()]


def start_run(pictures, out, *options):
    """Start ``numerals read`` with pictures of digits and shards of 10."""
    code = "from numerals.cli.app import main; main()"
    command = [sys.executable, "-c", code, "read", pictures, "--digits", "--out", f"{out}/"]
    command += ["--shard-size", 10, *options]
    return subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True)


def parts(out):
    """Return when each finished part of a run on the disk was written."""
    return {path.name: path.stat().st_mtime_ns for path in out.glob("numbers/part-*")}
