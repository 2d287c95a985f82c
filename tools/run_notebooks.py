"""Execute the notebooks of the tutorials.

    python tools/run_notebooks.py                      # all, at reduced sizes: a check in minutes
    python tools/run_notebooks.py kannada --full       # at full size
    python tools/run_notebooks.py --full --write       # at full size, and store the outputs

Each notebook runs in an empty folder. The sizes are the assignments of the cell with the tag
``parameters``; the metadata of the notebook, ``numerals.reduced``, holds the reduced values. Cells
with the tag ``install`` are not executed.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).parents[1] / "docs" / "tutorials"
CELL_TIMEOUT = 900  # seconds; a whole notebook takes less on two cores
KEPT_METADATA = ("kernelspec", "language_info", "numerals")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(known)}")
    parser.add_argument("--full", action="store_true", help="run at full size")
    parser.add_argument("--write", action="store_true", help="store the outputs; needs --full")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"unknown {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    if options.write and not options.full:
        parser.error("--write needs --full: outputs are those of the full sizes")
    failed = False
    for name in options.names or known:
        started = time.perf_counter()
        notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
        error = execute(notebook, full=options.full)
        if error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
        elif options.write:
            clean(notebook)
            nbformat.write(notebook, FOLDER / f"{name}.ipynb")
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    sys.exit(failed)


def execute(notebook: Any, *, full: bool) -> str | None:
    """Execute a notebook in place; return the error of the cell that failed.

    Parameters
    ----------
    notebook : NotebookNode
    full : bool
        Whether to run at full size.
    """
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    to_run = nbformat.v4.new_notebook(metadata=notebook.metadata)
    to_run.cells = [cell for cell in notebook.cells if "install" not in cell.metadata["tags"]]
    if not full:
        index = next(i for i, cell in enumerate(to_run.cells) if "parameters" in cell.metadata.tags)
        sizes = notebook.metadata["numerals"]["reduced"]
        code = "\n".join(f"{name} = {value!r}" for name, value in sizes.items())
        to_run.cells.insert(index + 1, nbformat.v4.new_code_cell(code))
    # `!numerals` and the kernel are those of this Python.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["TERM"] = "dumb"  # commands run in a terminal, and would draw progress bars
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            to_run,
            timeout=CELL_TIMEOUT,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute()
        except CellExecutionError as error:
            return str(error)
    return None


def clean(notebook: Any) -> None:
    """Remove times and other metadata of the run, so that two runs differ in their outputs only."""
    notebook.metadata = {k: v for k, v in notebook.metadata.items() if k in KEPT_METADATA}
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": tags} if tags else {}


if __name__ == "__main__":
    main()
