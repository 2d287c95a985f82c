"""The notebooks of the tutorials run, and the documentation shows them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="needs pip install 'numerals[docs]'")

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))
MAX_BYTES = 1_500_000
TAGS = {"install", "parameters", "solution"}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def cells_with(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]


@pytest.mark.data
@pytest.mark.docs
@each_notebook
def test_runs_at_reduced_sizes(path, data_folder):
    pytest.importorskip("nbclient", reason="needs pip install 'numerals[dev]'")
    command = [sys.executable, ROOT / "tools" / "run_notebooks.py", path.stem]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]


@each_notebook
def test_can_be_run_anywhere_and_at_reduced_sizes(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert "%pip install" in cells_with(notebook, "install")[0].source
    (parameters,) = cells_with(notebook, "parameters")
    reduced = notebook.metadata["numerals"]["reduced"]
    assert reduced
    for name in reduced:
        assert re.search(rf"^{name} = ", parameters.source, re.MULTILINE), f"{name} is not set"
    assert {tag for cell in notebook.cells for tag in cell.metadata.get("tags", ())} <= TAGS


@each_notebook
def test_has_exercises_with_solutions(path):
    notebook = read(path)
    exercises = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "markdown" and re.search("^#+ Exercise", cell.source, re.MULTILINE)
    ]
    assert exercises
    assert len(cells_with(notebook, "solution")) >= len(exercises)


@each_notebook
def test_is_stored_with_its_outputs(path):
    notebook = read(path)
    code = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "install" not in cell.metadata.get("tags", ())
    ]
    assert all(cell.execution_count for cell in code), "run tools/run_notebooks.py --full --write"
    outputs = [output for cell in code for output in cell.outputs]
    assert sum("image/png" in output.get("data", ()) for output in outputs) >= 5
    assert not [output for output in outputs if output.output_type == "error"]
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/tmp/|/home/|/work/|/root/|Warning", text)
    assert len(text) < MAX_BYTES
