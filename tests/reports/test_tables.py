"""Tables of results hold the numbers of the results, as text and for HTML."""

import numpy as np
import pytest

from numerals.evaluation import LineOutcome, digit_accuracy, reading_accuracy
from numerals.reports.digit_tables import (
    class_balance_table,
    class_table,
    class_title,
    confused_pairs_table,
    confusion_table,
    coverage_table,
)
from numerals.reports.model_metadata import metadata_table
from numerals.reports.reading_tables import rejection_table, sets_table
from numerals.reports.text_tables import ReportTable, percent_interval

PROBA = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.6, 0.4, 0], [0.3, 0.7, 0]], np.float32)


@pytest.fixture(scope="module")
def accuracy():
    return digit_accuracy(PROBA, np.array([0, 1, 1, 1]))


def test_text_aligns_the_first_column_left_and_the_others_right():
    table = ReportTable(("name", "n"), [("a", "1"), ("longer", "12,345")])
    assert table.to_text().splitlines() == [
        "name         n",
        "------  ------",
        "a            1",
        "longer  12,345",
    ]


def test_intervals_are_in_percent():
    assert percent_interval((0.5, 1), 1) == "50.0 to 100.0"


def test_classes_that_do_not_occur_have_no_row(accuracy):
    assert [row[0] for row in class_table(accuracy, "೦೧೨").rows] == ["೦", "೧"]
    assert [row[0] for row in confusion_table(accuracy, "abc").rows] == ["a", "b"]


def test_confusion_matrix_has_a_dot_for_0(accuracy):
    assert confusion_table(accuracy, "abc").rows == [("a", "1", ".", "."), ("b", "1", "2", ".")]


def test_confused_pairs_have_counts_of_both_directions(accuracy):
    assert confused_pairs_table(accuracy, "೦೧೨").rows == [("0 and 1", "1", "0", "1")]


def test_coverage_has_a_dash_if_no_threshold_meets_the_limit():
    wrong = digit_accuracy(PROBA, np.array([1, 0, 1, 0]))
    assert coverage_table(wrong).rows[0] == ("1", "0.00", "–", "0.00")


def test_class_balance_has_counts_and_shares():
    table = class_balance_table({"train": [3000, 1000], "test": [1, 1]}, ("0", "1"))
    assert table.head == ("class", "train", "%", "test", "%")
    assert table.rows[0] == ("0", "3,000", "75.0", "1", "50.0")


def test_class_titles_show_the_value_of_other_scripts():
    assert (class_title("3"), class_title("೩")) == ("3", "3 ೩")


def test_reading_tables_have_all_sets():
    exact = reading_accuracy([[LineOutcome("12", "12", 0.95)]])
    both = reading_accuracy([[LineOutcome("12", "12", 0.95)], [LineOutcome("3", "4", 0.6)]])
    table = sets_table({"x": exact, "all": both})
    assert [row[:5] for row in table.rows] == [
        ("x", "1", "1", "1", "100.0"),
        ("all", "2", "2", "1", "50.0"),
    ]
    assert table.strong == {1}
    rejection = rejection_table({"x": exact, "all": both})
    assert rejection.head[1:] == ("x", "all")
    assert ("0.7", "0.0 / 0.0", "50.0 / 0.0") in rejection.rows
    assert rejection.rows[0] == ("0", "0.0 / 0.0", "0.0 / 50.0")


def test_metadata_of_json_objects_have_a_row_for_each_entry():
    table = metadata_table({"name": "x", "made_by": '{"seed": 1, "steps": [1, 2]}', "none": "[]"})
    assert table.rows == [
        ("name", "x"),
        ("made by: seed", "1"),
        ("made by: steps", "1 2"),
        ("none", "–"),
    ]
