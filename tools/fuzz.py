"""Feed damaged files to every reader of untrusted files, in processes that may die.

``python tools/fuzz.py --count 10000`` spreads so many files over all readers. Each has 10 seconds
and 2 GB; whatever is neither read nor refused with an error of ours is a failure, and its file is
kept in the folder ``fuzz-failures``. The exit code is 1 if there was any.
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
MAX_BYTES = 2 * 10**9
ADDRESS_SPACE = 12 * 2**30  # a net beneath MAX_BYTES, which is measured: mapped is not used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="Files in all.")
    parser.add_argument("--reader", action="append", help="Only this one; may be given again.")
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
    """Run a reader's files, print a row of the table, and return how many failed."""
    from fuzzing.readers import READERS

    found, slowest, peak, index = Counter(), 0.0, 0, 0
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
            if report is None:  # it died, or takes too long
                child.kill()
                code = child.wait()
                what = f"ended with exit code {code}" if code != -9 else f"over {MAX_SECONDS} s"
                report = {"kind": "failure", "seconds": MAX_SECONDS, "bytes": 0, "error": what}
            found[report["kind"]] += 1
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
        f"{name:12} {count:6} {found['ok']:6} {found['refused']:7} {found['failure']:8} "
        f"{slowest:10.2f} {peak / 1e6:8.0f}",
        flush=True,
    )
    return found["failure"]


def reports(child: "subprocess.Popen[str]"):
    """Yield what a worker says of each file; None, as the last, if it says nothing any more.

    A worker that cannot read the whole files that damaged ones are made from ends the program.
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
            sys.exit("the whole files of a reader cannot be read; run its worker to see why")
        else:
            yield None
            return


def work(name: str, seed: int, start: int, count: int) -> None:
    """Read one file after the other, and print a line of JSON about each."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    reports = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no report
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
            if seconds > MAX_SECONDS or used > MAX_BYTES:
                kind, error = "failure", f"{seconds:.1f} s, {used:,} bytes\n{error}"
            path.unlink(missing_ok=True)
            report = {"kind": kind, "seconds": seconds, "bytes": used, "error": error}
            print(json.dumps(report), file=reports, flush=True)
    print("end", file=reports, flush=True)


def make(name: str, seed: int, index: int) -> bytes:
    """Return a file of a reader; the same numbers give the same file."""
    from fuzzing.readers import READERS

    return READERS[name].make(Random(f"{name} {seed} {index}"))


def reset_peak() -> None:
    """Let the kernel measure this process's largest memory from now on."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_bytes() -> int:
    """Return the largest memory since `reset_peak`, or of this process where that is not told."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
