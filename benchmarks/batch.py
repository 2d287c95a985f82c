"""Large batches: ``python benchmarks/batch.py PART``; see the parts below."""

import sys
import tempfile
from pathlib import Path

from batch_runs import PARTS_OF_BENCHMARK, run_part
from timing import machine


def main() -> None:
    names = sys.argv[1:] or list(PARTS_OF_BENCHMARK)
    unknown = set(names) - set(PARTS_OF_BENCHMARK)
    if unknown:
        sys.exit(f"unknown part {', '.join(unknown)}; known: {', '.join(PARTS_OF_BENCHMARK)}")
    print(machine())
    for name in names:
        print(f"\n{name}: {(PARTS_OF_BENCHMARK[name].__doc__ or '').splitlines()[0]}")
        with tempfile.TemporaryDirectory() as folder:
            run_part(name, Path(folder))


if __name__ == "__main__":
    main()
