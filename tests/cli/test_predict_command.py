import json
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs

TRUTH = "7210414959"


@pytest.fixture
def run(run_main):
    return partial(run_main, "predict")


@pytest.fixture
def folder(tmp_path):
    glyphs, characters = load_font_glyphs()
    images = glyphs[40, [characters.index(c) for c in TRUTH]]
    digits = Digits(images, np.full(10, -1), classes=())
    write_digits(digits, tmp_path / "test.csv")
    write_digits(digits, tmp_path / "pictures")
    return tmp_path


def expected():
    return "ImageId,Label\n" + "".join(f"{i},{c}\n" for i, c in enumerate(TRUTH, 1))


def test_writes_the_csv_that_kaggle_takes(run, folder):
    result = run("latin", "test.csv", "--out", "submission.csv", cwd=folder)
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "numerals: wrote submission.csv: 10 answers\n"
    assert (folder / "submission.csv").read_text() == expected()


def test_prints_to_standard_output_by_default(run, folder):
    assert run("latin", "pictures", cwd=folder).stdout == expected()
    assert run("latin", "pictures", "--out", "-", cwd=folder).stdout == expected()


def test_confidence(run, folder):
    lines = run("latin", "test.csv", "--confidence", cwd=folder).stdout.splitlines()
    assert lines[0] == "ImageId,Label,Confidence"
    assert all(0.2 < float(line.split(",")[2]) <= 1 for line in lines[1:])


def test_json(run, folder):
    rows = json.loads(run("latin", "test.csv", "--json", cwd=folder).stdout)
    assert [str(row["label"]) for row in rows] == list(TRUTH)
    assert rows[0]["image_id"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("klingon", "test.csv"), "unknown script or model file 'klingon'"),
        (("latin", "none.csv"), "none.csv: no such file or folder"),
        (("none.skops", "test.csv"), "none.skops: no such model file"),
        (("latin", "test.csv", "--out", "none/x.csv"), "none/x.csv: cannot be written"),
    ],
)
def test_errors_are_one_line(run, folder, arguments, message):
    if arguments[0].endswith(".skops"):
        pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
    result = run(*arguments, cwd=folder)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_onnx_models_need_no_extra(folder):
    code = (
        "import sys; from numerals.cli.app import app; "
        "app(['predict', 'latin', 'test.csv'], standalone_mode=False); "
        "print([m for m in ('sklearn', 'torch', 'onnx', 'skops') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=folder, text=True)
    assert found.stdout.splitlines()[-1] == "[]", found.stderr
