"""The page's JavaScript: TypeScript checks the types of its JSDoc comments, strictly."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "src" / "numerals" / "web" / "page" / "js"
TOOL = ROOT / "tools" / "page_checks"


def find_tsc() -> str | None:
    installed = TOOL / "node_modules" / ".bin" / "tsc"
    found = str(installed) if installed.exists() else shutil.which("tsc")
    return os.environ.get("NUMERALS_TSC") or found


def test_types_are_correct():
    tsc = find_tsc()
    if not tsc or not shutil.which("node"):
        pytest.skip("needs Node.js and TypeScript: `just page-types` installs it with npm")
    command = [tsc, "-p", str(TOOL / "tsconfig.json"), "--pretty", "false"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout


def test_all_files_are_checked():
    unchecked = [
        path.relative_to(SCRIPTS).as_posix()
        for path in sorted(SCRIPTS.rglob("*.js"))
        if not path.read_text("utf-8").startswith("// @ts-check\n")
    ]
    assert unchecked == [], "each file begins with // @ts-check and has JSDoc types"
