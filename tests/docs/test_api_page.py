"""The examples of the Python page run, one after the other, and print what their comments say."""

import contextlib
import io
import re
from pathlib import Path

import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^print\(.*\) +# (.+)$", re.MULTILINE)


@pytest.mark.data
@pytest.mark.docs
def test_examples_print_what_they_say(data_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "\n".join(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, PAGE.name, "exec"), {"__name__": "api"})
    assert printed.getvalue().splitlines() == PRINTED.findall(code)
    assert len(PRINTED.findall(code)) == code.count("print(")
    for name in ("evaluation.html", "comparison.html", "explanation.html"):
        assert (tmp_path / name).stat().st_size > 10_000
