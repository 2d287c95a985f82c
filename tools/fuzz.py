"""Fuzz every reader of untrusted files with damaged files, in worker processes.

``python tools/fuzz.py --count 10000`` distributes 10,000 files over all readers. Each file has a
limit of 10 seconds and 2 GB. A file that is neither read nor rejected with a `NumeralsError` is a
failure, and is written to the folder ``fuzz-failures``. The exit code is 1 after a failure.
"""

import argparse
import contextlib
import json
import os
import resource
import select
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

MAX_SECONDS = 10
MAX_MEMORY_BYTES = 2 * 10**9
ADDRESS_SPACE = 12 * 2**30  # hard limit; mapped memory is not all used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="Total number of files.")
    parser.add_argument("--reader", action="append", help="Only this reader; may be repeated.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--start", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.seed, options.start, options.count)
        return
    from fuzzing.readers import READERS

    names = options.reader or list(READERS)
    print(f"{'reader':12} inputs     ok refused failures slowest, s peak, MB", flush=True)
    failures = 0
    for name in names:
        failures += fuzz(name, options.seed, -(-options.count // len(names)), options.out)
    print(f"{failures} failures" + (f", in {options.out}/" if failures else ""))
    sys.exit(1 if failures else 0)


def fuzz(name: str, seed: int, count: int, out: Path) -> int:
    """Run the files of a reader, print a row of the table, and return the number of failures."""
    from fuzzing.readers import READERS

    counts, slowest, peak, index = Counter(), 0.0, 0, 0
    while index < count:
        child = subprocess.Popen(
            [
                *(sys.executable, __file__, "--worker", name, "--seed", str(seed)),
                *("--start", str(index), "--count", str(count)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for report in reports(child):
            if report is None:  # the worker crashed or timed out
                child.kill()
                code = child.wait()
                error = f"ended with exit code {code}" if code != -9 else f"over {MAX_SECONDS} s"
                report = {"kind": "failure", "seconds": MAX_SECONDS, "bytes": 0, "error": error}
            counts[report["kind"]] += 1
            slowest, peak = max(slowest, report["seconds"]), max(peak, report["bytes"])
            if report["kind"] == "failure":
                out.mkdir(parents=True, exist_ok=True)
                file = out / f"{name}-{seed}-{index}{READERS[name].suffix}"
                file.write_bytes(make(name, seed, index))
                file.with_name(file.name + ".txt").write_text(report["error"])
            index += 1
        child.stdout.close()
        child.wait()
    print(
        f"{name:12} {count:6} {counts['ok']:6} {counts['refused']:7} {counts['failure']:8} "
        f"{slowest:10.2f} {peak / 1e6:8.0f}",
        flush=True,
    )
    return counts["failure"]


def reports(child: "subprocess.Popen[str]"):
    """Yield a worker's report on each file; a final None if the worker crashes or hangs.

    Exits the program if the worker cannot read the intact files from which damaged ones are made.
    """
    started = False
    while True:
        ready, _, _ = select.select([child.stdout], [], [], MAX_SECONDS if started else 120)
        line = child.stdout.readline() if ready else ""
        if line.startswith("end"):
            return
        if line.startswith("{"):
            yield json.loads(line)
            started = True
        elif line.startswith("ready"):
            started = True
        elif not started:
            sys.exit("a reader fails on its intact files; run its --worker to see the error")
        else:
            yield None
            return


def work(name: str, seed: int, start: int, count: int) -> None:
    """Read the files of a reader, and print a report on each as a line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    reports = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keep the output of libraries out of the reports
    from fuzzing.readers import READERS
    from numerals.errors import NumeralsError

    warnings.simplefilter("ignore")
    reader = READERS[name]
    with tempfile.TemporaryDirectory() as folder:
        for content in reader.valid_files():
            path = Path(folder, f"whole{reader.suffix}")
            path.write_bytes(content)
            reader.run(path)
            path.unlink()
        print("ready", file=reports, flush=True)
        for index in range(start, count):
            path = Path(folder, f"{index}{reader.suffix}")
            path.write_bytes(make(name, seed, index))
            reset_peak()
            began, kind, error = time.perf_counter(), "ok", ""
            try:
                reader.run(path)
            except NumeralsError as caught:
                kind, error = "refused", str(caught)
            except Exception:
                kind, error = "failure", traceback.format_exc()
            seconds, used = time.perf_counter() - began, peak_bytes()
            if seconds > MAX_SECONDS or used > MAX_MEMORY_BYTES:
                kind, error = "failure", f"{seconds:.1f} s, {used:,} bytes\n{error}"
            path.unlink(missing_ok=True)
            report = {"kind": kind, "seconds": seconds, "bytes": used, "error": error}
            print(json.dumps(report), file=reports, flush=True)
    print("end", file=reports, flush=True)


def make(name: str, seed: int, index: int) -> bytes:
    """Return a damaged file of a reader, determined by the seed and the index."""
    from fuzzing.readers import READERS

    return READERS[name].make(Random(f"{name} {seed} {index}"))


def reset_peak() -> None:
    """Reset the kernel's peak memory counter of this process."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_bytes() -> int:
    """Return the peak memory since `reset_peak`, or since the start where it is unsupported."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
