"""Every reader of untrusted files reads a damaged one, or raises a NumeralsError: nothing else."""

import contextlib
import sys
from pathlib import Path
from random import Random

import pytest

from numerals.errors import NumeralsError

NEEDS = {
    "skops": ("sklearn", "skops"),
    "onnx": ("onnx",),
    "onnx-lines": ("onnx",),
    "formats": ("phonenumbers",),
    "store": ("sqlalchemy",),
}
COUNT = {"onnx": 12, "onnx-lines": 12, "skops": 15, "pictures": 50, "pdf": 20, "store": 40}
NAMES = (
    *("pictures", "pdf", "idx", "npz", "pickle", "csv", "cdb", "uci", "file-list", "any", "truth"),
    *("toml", "columns", "roster", "formats", "onnx", "onnx-lines", "skops", "store"),
)


@pytest.fixture
def reader(request, tmp_path):
    for module in NEEDS.get(request.param, ()):
        pytest.importorskip(module)
    from fuzzing.readers import READERS

    return request.param, READERS[request.param]


def test_every_reader_is_fuzzed():
    for module in {module for needed in NEEDS.values() for module in needed}:
        pytest.importorskip(module)
    from fuzzing.readers import READERS

    assert set(READERS) == set(NAMES)


@pytest.mark.parametrize("reader", NAMES, indirect=True)
@pytest.mark.filterwarnings("ignore")
def test_whole_files_are_read_and_damaged_ones_read_or_refused(reader, tmp_path):
    name, reader = reader
    path = tmp_path / f"file{reader.suffix}"
    for content in reader.valid_files():
        path.write_bytes(content)
        reader.run(path)
    n_refused = 0
    for number in range(COUNT.get(name, 30)):
        path.write_bytes(reader.make(Random(f"{name} {number}")))
        try:
            reader.run(path)
        except NumeralsError as error:
            n_refused += 1
            assert str(error).strip()
    assert n_refused, "what is damaged here is not what the reader looks at"


def test_the_tool_reports_what_ends_a_process(monkeypatch, tmp_path, capsys):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "tools")
    fuzz = pytest.importorskip("fuzz")
    monkeypatch.setattr(sys, "argv", ["fuzz.py", "--count", "5", "--reader", "uci"])
    with contextlib.chdir(tmp_path), pytest.raises(SystemExit) as ended:
        fuzz.main()
    assert ended.value.code == 0 and "uci" in capsys.readouterr().out
    monkeypatch.setattr(fuzz, "__file__", str(tmp_path / "dies.py"))
    (tmp_path / "dies.py").write_text("print('ready', flush=True); import os; os._exit(7)")
    assert fuzz.fuzz("uci", 0, 2, tmp_path / "kept") == 2
    assert "exit code 7" in (tmp_path / "kept" / "uci-0-0.tra.txt").read_text()
