import csv
import json

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from functools import partial

from numerals.data import write_digits
from numerals.records import Digits


@pytest.fixture
def run(call):
    return partial(call, "data", "audit")


@pytest.fixture
def wrong(known_fonts):
    """Digits of fonts; the label of number 123, a three, is 6."""
    labels = known_fonts.labels.copy()
    labels[123] = 6
    return Digits(known_fonts.images, labels, name="wrong")


def test_a_file_is_audited_and_the_findings_are_written(run, wrong, tmp_path):
    write_digits(wrong, tmp_path / "wrong.npz")
    report, table = tmp_path / "new" / "audit.html", tmp_path / "audit.csv"
    code, out, err = run(
        tmp_path / "wrong.npz", "--method", "logistic", "--report", report, "--csv", table
    )
    assert code == 0
    assert "wrong: 300 digits (all 300)" in out
    assert "5-fold cross-validation of logistic" in out
    row = next(line.split() for line in out.splitlines() if line.startswith("1  "))
    assert row[:5] == ["1", "all", "123", "6", "3"] and row[-1] == "yes"
    assert "wrote" in err and "6 → 3 ●" in report.read_text(encoding="utf-8")
    first = next(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert (first["finding"], first["index"], first["suggestion"]) == ("label", "123", "3")


def test_a_folder_with_splits_names_the_pictures(run, wrong, other_fonts, tmp_path):
    folder = tmp_path / "digits"
    folder.mkdir()
    for split, digits in (("train", wrong), ("test", other_fonts)):
        size = np.ones((1, 2, 2), np.uint8)  # 14x14 to 28x28, a size that is read unchanged
        write_digits(Digits(np.kron(digits.images, size), digits.labels), folder / split)
    (folder / "train" / "4" / "broken.png").write_bytes(b"no picture")
    code, out, err = run(folder, "--method", "logistic", "--json", "--top", 5)
    result = json.loads(out)
    assert code == 1, "one picture could not be read"
    assert "images that could not be read: 1" in err
    assert result["sizes"] == {"test": 150, "train": 300}
    first = result["labels"][0]
    assert first["file"] == "train/6/123.png" and first["suggestion"] == "3"
    assert len(result["labels"]) == len(result["outliers"]) == 5


def test_only_one_split_of_a_data_set(run, wrong, other_fonts, tmp_path):
    for split, digits in (("train", wrong), ("test", other_fonts)):
        size = np.ones((1, 2, 2), np.uint8)
        write_digits(Digits(np.kron(digits.images, size), digits.labels), tmp_path / split)
    options = ("--split", "test", "--model", "latin", "--limit", 100, "--json")
    code, out, _ = run(tmp_path, *options)
    result = json.loads(out)
    assert code == 0 and result["sizes"] == {"test": 100}
    assert result["predictions"] == "existing model latin-digit"
    assert any("was trained on" in note for note in result["notes"])


@pytest.mark.parametrize(
    ("labels", "arguments", "message"),
    [
        (-1, (), "none of 300 digits has a label to audit"),
        (4, (), "1 class with two or more digits"),
        (None, ("--model", "latin", "--folds", 3), "--model cannot be combined with"),
        (None, ("--method", "nothing"), "unknown method 'nothing'"),
        (None, ("--top", 0), "--top"),
    ],
)
def test_mistakes_are_explained(run, wrong, tmp_path, labels, arguments, message):
    if labels is not None:
        wrong = Digits(wrong.images, np.full(300, labels), name="wrong")
    write_digits(wrong, tmp_path / "digits.npz")
    code, out, err = run(tmp_path / "digits.npz", *arguments)
    assert code == 2 and not out
    assert message in err and "Traceback" not in err


def test_lines_take_no_method(run, monkeypatch, tmp_path):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    code, _, err = run("meza", "--method", "cnn")
    assert code == 2 and "meza cannot be combined with --method" in err
    code, _, err = run("meza")
    assert code == 2 and "strings/meza.csv is needed below the folder NUMERALS_DATA" in err
