"""The tutorials do what they say: their blocks run, one after the other, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run_console(text: str, folder: Path) -> None:
    """Run the lines that begin with ``$``; what else stands there is what they print."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for line in re.findall(r"^\$ (.*?)(?:  +#.*)?$", text, re.MULTILINE):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=folder,
            env=os.environ | {"PATH": path, "EXAMPLES": str(ROOT / "examples")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.data
@pytest.mark.docs
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_run(page, data_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXAMPLES", str(ROOT / "examples"))
    names: dict[str, object] = {"__name__": "tutorial"}
    for kind, text in blocks(page):
        if kind == "console":
            run_console(text, tmp_path)
        else:
            exec(compile(text, f"{page.name}", "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_tutorial_has_blocks_to_run(page):
    if page.stem != "index":
        assert len(blocks(page)) >= 3
