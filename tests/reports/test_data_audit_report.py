import csv
import io
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from numerals.lab.data_audit import (
    AuditedPicture,
    DataAudit,
    DuplicateCounts,
    DuplicateGroup,
    LabelFinding,
    Outlier,
)
from numerals.reports.data_audit_report import write_data_audit_report
from numerals.reports.data_audit_tables import CSV_COLUMNS, audit_csv, label_table, summary_lines


def picture(split, index, label, width=28, file=""):
    return AuditedPicture(split, index, label, np.zeros((28, width), np.uint8), file)


@pytest.fixture
def audit():
    return DataAudit(
        name="hoda",
        kind="digits",
        sizes={"train": 1500, "test": 20},
        predictions="5-fold cross-validation of cnn",
        agreement=0.98765,
        n_labels=1517,
        n_suspects=1,
        labels=(
            LabelFinding(picture("train", 17, "۵"), "۰", 0.002, 0.997, True),
            LabelFinding(picture("test", 3, "۲"), "۳", 0.2, 0.7, False),
        ),
        n_duplicates=DuplicateCounts(8, 5, 3, {"train": 6, "test": 5}),
        duplicates=(
            DuplicateGroup((picture("train", 1, "۱"), picture("test", 2, "۲")), True),
            DuplicateGroup(tuple(picture("train", i, "۹") for i in range(9)), False),
        ),
        outliers=(Outlier(picture("test", 5, "۴", file="=4/a.png"), 2.5),),
        seconds=61.2,
        notes=("3 digits have no label",),
    )


def test_the_page_shows_every_finding(audit, tmp_path):
    write_data_audit_report(tmp_path / "audit.html", audit)
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "1 of 1,517 labels are suspects." in html
    assert "<b>5 → 0 ●</b><small>0.002 : 0.997\ntrain #17</small>" in html
    assert "<b>2 → 3</b>" in html
    assert "<b>1 / 2 (equal)</b><small>train #1\ntest #2</small>" in html
    assert "train #5\nand 3 more</small>" in html
    assert "2 of 8 groups." in html
    assert "<b>4</b><small>2.50\ntest =4/a.png</small>" in html
    assert "Note: 3 digits have no label." in html
    assert html.count("<img ") == 5
    assert "http" not in html.split("</head>")[1]


def test_the_table_has_the_first_labels(audit):
    text = label_table(audit, 1).to_text().splitlines()
    assert text[0].split() == [
        "rank", "split", "index", "label", "suggested", "P(label)", "P(suggested)", "suspect"
    ]  # fmt: skip
    assert text[2].split() == ["1", "train", "17", "5", "0", "0.002", "0.997", "yes"]
    assert len(text) == 3


def test_the_summary_counts_findings(audit):
    assert summary_lines(audit) == [
        "hoda: 1,520 digits (train 1,500, test 20)",
        "5-fold cross-validation of cnn: 98.77 % agree with their label",
        "suspect labels: 1 of 1,517",
        "groups of duplicates: 8 (5 across splits, 3 with different labels)",
        "with a duplicate in another split: train 6, test 5",
        "note: 3 digits have no label",
    ]


def test_the_csv_has_one_row_per_picture_and_no_formulas(audit):
    rows = list(csv.DictReader(io.StringIO(audit_csv(audit))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["finding"] for row in rows] == (
        ["label"] * 2 + ["duplicate"] * 2 + ["near duplicate"] * 9 + ["outlier"]
    )
    assert rows[0] | {"file": "", "score": ""} == rows[0]
    assert (rows[0]["suggestion"], rows[0]["suspect"], rows[1]["suspect"]) == ("۰", "1", "0")
    assert {row["rank"] for row in rows[4:13]} == {"2"}
    assert rows[-1]["file"] == "'=4/a.png" and rows[-1]["score"] == "2.5000"


def test_small_pictures_of_lines_are_enlarged(audit, tmp_path):
    finding = LabelFinding(picture("validation", 0, "12", width=60), "13", 0.0, 0.9, True)
    lines = replace(audit, kind="lines", labels=(finding,), duplicates=(), outliers=())
    write_data_audit_report(tmp_path / "audit.html", lines)
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert '<ul class="gallery wide">' in html and "Unreadable lines" in html
