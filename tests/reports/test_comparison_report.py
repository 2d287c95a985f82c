import json
import re

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from numerals.evaluation import digit_accuracy
from numerals.lab.comparison import Comparison, ComparisonEntry
from numerals.lab.trial import Trial
from numerals.records import Digits
from numerals.reports.comparison_report import write_comparison_report

CLASSES = ("3", "5", "8")
LABELS = np.array([0, 0, 1, 1, 2, 2])


def make_entry(title, answers, labels, n_columns):
    """Return an entry; answers and labels are columns of the method's model."""
    proba = np.full((len(answers), n_columns), 0.01, np.float32)
    proba[np.arange(len(answers)), answers] = 0.9
    trial = Trial(proba, labels, 1.0, 0.1, 1000, 1000)
    return ComparisonEntry(title, trial, digit_accuracy(proba, labels))


def test_answers_of_models_with_other_classes_are_matched_to_those_of_the_data(tmp_path):
    same = make_entry("same", np.array([0, 0, 1, 1, 2, 0]), LABELS, 3)
    digit_columns = np.array([3, 3, 5, 5, 8, 8])  # of a model for 0 to 9
    ten = make_entry("ten", np.array([3, 5, 5, 7, 8, 8]), digit_columns, 10)
    test = Digits(np.zeros((6, 8, 8), np.uint8), LABELS, CLASSES)
    path = tmp_path / "page.html"
    write_comparison_report(
        path, Comparison((same, ten), {}, {"test": (2, 2, 2)}, test, 1), data="drawn"
    )
    html = path.read_text(encoding="utf-8")
    packed = re.search(r'id="report-data">(.*?)</script>', html, re.DOTALL)[1]
    data = json.loads(packed)
    assert data["classes"] == [*CLASSES, "other"]
    first, second = [method["confusion"] for method in data["methods"]]
    assert first == [[2, 0, 0, 0], [0, 2, 0, 0], [1, 0, 1, 0], [0] * 4]
    assert second == [[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 2, 0], [0] * 4]
