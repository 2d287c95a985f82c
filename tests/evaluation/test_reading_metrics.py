import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerals.errors import DataError
from numerals.evaluation import (
    align_lines,
    edit_distance,
    read_truth,
    reading_accuracy,
    wilson_interval,
)
from numerals.evaluation.page_truth import keep_only_digits
from numerals.records import Line

text = st.text("0123", max_size=8)


def line(text: str, confidence: float = 0.9) -> Line:
    return Line(text, confidence, (0, 0, 1, 1))


@given(text, text)
def test_edit_distance_is_a_metric(a, b):
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


@given(text, text, text)
def test_edit_distance_satisfies_the_triangle_inequality(a, b, c):
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def test_lines_are_paired_in_order():
    outcomes = align_lines(["12", "345", "6"], [line("12"), line("9"), line("348"), line("6")])
    assert [(o.truth, o.answer) for o in outcomes] == [
        ("12", "12"),
        (None, "9"),
        ("345", "348"),
        ("6", "6"),
    ]


def test_metrics_computed_by_hand():
    first = align_lines(["12", "34"], [line("12", 0.99), line("35", 0.6)])
    second = align_lines(["567"], [])
    third = align_lines([], [line("8", 0.2)])
    accuracy = reading_accuracy([first, second, third])
    assert (accuracy.n_pages, accuracy.n_lines, accuracy.n_exact, accuracy.n_extra) == (3, 3, 1, 1)
    assert accuracy.exact == pytest.approx(1 / 3)
    assert accuracy.digit_error_rate == pytest.approx((1 + 3 + 1) / 7)
    assert accuracy.interval == wilson_interval(1, 3)
    at = {row["threshold"]: row for row in accuracy.rejection}
    assert at[0.0]["rejected"] == 0
    assert at[0.0]["wrong"] == pytest.approx(2 / 3)
    assert at[0.5]["rejected"] == pytest.approx(1 / 3)
    assert at[0.9] == {"threshold": 0.9, "rejected": pytest.approx(2 / 3), "wrong": 0.0}


def test_keep_only_digits():
    truth, lines = keep_only_digits(["1,200.50"], [line("12 0050")])
    assert truth == ["120050"]
    assert lines[0].text == "120050"


def test_columns_of_the_truth_are_read(tmp_path):
    path = tmp_path / "pages.csv"
    path.write_text("file,text,split,set\na.png,12|34,train,x\nb.png,,validation,y\n")
    first, second = read_truth(path)
    assert first.path == tmp_path / "a.png"
    assert first.lines == ("12", "34")
    assert (second.lines, second.set) == ((), "y")
    assert len(read_truth(path, split="train")) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no column file, text"),
        ("file,label\na,1\n", "no column text; it has file, label"),
        ("file,text\n", "no rows"),
        ("file,text\na.png\n", "line 2: too few columns"),
        ("file,text\n\xff", "cannot be read as CSV"),
    ],
)
def test_bad_files_are_reported(tmp_path, content, message):
    path = tmp_path / "pages.csv"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(DataError, match=message):
        read_truth(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"missing\.csv"):
        read_truth(tmp_path / "missing.csv")
