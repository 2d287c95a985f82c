import cv2
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.errors import DataError, DataNotFoundError, ModelError
from numerals.lab.line_audit import audit_lines, load_labelled_lines, open_line_model
from numerals.reports.data_audit_tables import summary_lines

TEXTS = ("4711", "352", "9086", "1240", "77", "6138")
LABELS = ("4711", "852", "9086", "1240", "77", "6138")  # the second one is wrong


@pytest.fixture(scope="module")
def model():
    return open_line_model("latin")


@pytest.fixture
def log_books(draw, tmp_path, monkeypatch):
    """Make a data folder with six lines for validation, and copies of two of them for training."""
    folder = tmp_path / "strings"
    (folder / "meza").mkdir(parents=True)
    rows = ["file,text,split"]
    for number, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True)):
        cv2.imwrite(str(folder / f"meza/{number}.png"), draw(text))
        rows.append(f"meza/{number}.png,{label},validation")
    rows += ["meza/2.png,9086,train", "meza/4.png,71,train"]
    (folder / "meza.csv").write_text("\n".join(rows) + "\n")
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))


def test_a_label_that_a_confident_reading_contradicts_is_a_suspect(log_books, model):
    audit = audit_lines("meza", load_labelled_lines("meza"), model)
    assert audit.n_suspects == 1
    first = audit.labels[0]
    assert (first.picture.file, first.picture.label, first.suggestion) == (
        "meza/1.png",
        "852",
        "352",
    )
    assert first.is_suspect and first.label_proba < 0.1 < 0.5 < first.suggestion_proba
    assert audit.agreement == pytest.approx(5 / 6)
    assert audit.sizes == {"train": 2, "validation": 6}
    assert audit.notes == (
        "labels of validation are audited (6 lines)",
        "of the 4 that have no duplicate in another split, 75.00 % agree with their label",
    )


def test_duplicates_are_found_in_all_splits(log_books, model):
    conflicting, other = audit_lines("meza", load_labelled_lines("meza"), model).duplicates
    assert conflicting.has_label_conflict and conflicting.crosses_splits and conflicting.is_exact
    assert {picture.label for picture in conflicting.pictures} == {"77", "71"}
    assert not other.has_label_conflict


def test_the_training_split_is_audited_with_a_warning(log_books, model):
    lines = load_labelled_lines("meza", ("train",))
    audit = audit_lines("meza", lines, model, label_splits=("train",))
    assert [finding.picture.label for finding in audit.labels if finding.is_suspect] == ["71"]
    assert "was trained on most of these lines" in summary_lines(audit)[-1]


def test_unreadable_lines_are_ranked_by_confidence(log_books, model, tmp_path):
    cv2.imwrite(str(tmp_path / "strings/meza/3.png"), np.full((60, 200), 230, np.uint8))
    audit = audit_lines("meza", load_labelled_lines("meza"), model, top=2)
    assert audit.outliers[0].picture.file == "meza/3.png" and audit.outliers[0].score == 1


def test_missing_lines_and_models_are_reported(log_books, monkeypatch, tmp_path):
    with pytest.raises(DataError, match="no lines in split test; choose train or validation"):
        load_labelled_lines("meza", ("test",))
    with pytest.raises(ModelError, match=r"nothing\.onnx: no line model; name an ONNX file"):
        open_line_model("nothing.onnx")
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "empty"))
    with pytest.raises(DataNotFoundError, match=r"strings/meza\.csv is needed"):
        load_labelled_lines("meza")
