"""Commands in the documentation: their options exist, and they run, unless marked as not run.

A console block is marked by the comment ``<!-- not run: REASON -->`` before it.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from typer.main import get_command

from numerals.cli.verbs import make_app

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("packages/*/README.md")),
]
BLOCK = re.compile(
    r"(?P<mark><!-- not run: .+? -->\n)?^```console\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL
)
COMMAND = re.compile(r"^\$ (.*?)(?: +#.*)?$", re.MULTILINE)
TIMEOUT = 120  # seconds


def commands(page: Path, *, to_run: bool) -> list[str]:
    """Return the commands of a page, in order; with `to_run`, only those that are run."""
    blocks = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [
        command
        for block in blocks
        if not (to_run and block["mark"])
        for command in COMMAND.findall(block["text"].replace("\\\n", " "))
        if re.search(r"(^|\| )numerals ", command)
    ]


PAGES_WITH_COMMANDS = [page for page in PAGES if commands(page, to_run=False)]
PAGES_TO_RUN = [page for page in PAGES if commands(page, to_run=True)]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def _command_line():
    return get_command(make_app())


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=_name)
def test_verbs_and_options_exist(page):
    for line in commands(page, to_run=False):
        words = shlex.split(line)
        words = words[words.index("numerals") + 1 :]
        command = _command_line()
        while words and hasattr(command, "commands") and not words[0].startswith("-"):
            assert words[0] in command.commands, f"{line}: there is no command {words[0]}"
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            if word in ("|", ">", "&&"):
                break
            if word.startswith("--"):
                assert word.split("=")[0] in {*known, "--help"}, f"{line}: no option {word}"


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory, data_folder):
    """Return a folder with the files that the documentation names; tests use copies of it."""
    work = tmp_path_factory.mktemp("documented") / "work"
    shutil.copytree(ROOT / "examples", work / "examples")
    photo = ROOT / "examples" / "phone-number.jpg"
    for name in ("photo.jpg", "log.jpg"):
        shutil.copy(photo, work / name)
    shutil.copytree(ROOT / "examples" / "form", work, dirs_exist_ok=True)
    (work / "scans").mkdir()
    for name in ("sheet-1.jpg", "sheet-2.jpg"):
        shutil.copy(work / name, work / "scans")
    (work / "pages.csv").write_text("file,text\nphoto.jpg,5550142867\n")
    Image.open(photo).save(work / "form.pdf")
    for label in range(10):
        (work / "photos" / str(label)).mkdir(parents=True)
        shutil.copy(ROOT / "examples" / "digits" / f"{label + 1}.jpg", work / "photos" / str(label))
    shipped = ROOT / "src" / "numerals" / "models"
    shutil.copy(shipped / "latin-line.onnx", work)
    for line in (
        "numerals train logistic --data mnist --limit 300 --out logistic",
        "numerals data convert mnist test.npz --split test",
        "numerals data convert photos/ digits.csv",
        "numerals data convert photos/ train-images-idx3-ubyte.gz",
    ):
        _run(line, work)
    return work


@pytest.fixture
def folder(prepared_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path / "home"))
    return shutil.copytree(prepared_folder, tmp_path / "work")


def _run(line: str, folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


@pytest.mark.data
@pytest.mark.docs
@pytest.mark.parametrize("page", PAGES_TO_RUN, ids=_name)
def test_commands_run(page, folder):
    pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
    for line in commands(page, to_run=True):
        _run(line, folder)
