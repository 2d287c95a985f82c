"""Measure the time of `numerals read` on one picture as a whole process, and check its imports."""

import argparse
import subprocess
import sys
from pathlib import Path

from timing import HEAD, machine, measure, row

EXAMPLE = Path(__file__).parent.parent / "examples" / "phone-number.jpg"
HEAVY = ("torch", "sklearn", "matplotlib", "scipy", "pandas", "fastapi")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", nargs="?", default=EXAMPLE, type=Path)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    command = [Path(sys.executable).with_name("numerals"), "read", options.picture]

    def read() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    print(machine())
    print(HEAD)
    print(row("numerals read, whole process", measure(read, options.runs)))
    print(row("python -c pass", measure(lambda: subprocess.run([sys.executable, "-c", ""]), 9)))
    code = (
        f"import sys; sys.argv = ['numerals', 'read', {str(options.picture)!r}]\n"
        "from numerals.cli.app import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    print(f"heavy modules imported: {completed.stderr.strip()}")


if __name__ == "__main__":
    main()
