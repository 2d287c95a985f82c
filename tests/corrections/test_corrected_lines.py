"""Corrections as a data set: loading, splits, catalogue and export."""

import csv
from collections import Counter

import cv2
import pytest

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.corrections.corrected_lines import (
    assign_split,
    count_corrections,
    count_lines,
    load_corrections,
)
from numerals.corrections.correction_files import COLUMNS, write_corrections
from numerals.corrections.review_queue import ReviewQueue
from numerals.data import find_data_set, load_digits
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.reports.line_sheet import write_correction_sheet

TRUTHS = ["1203", "77", "20", "369", "8", "1111", "902", "66", "2013", "71"]


def test_no_store_means_no_corrections_and_creates_none(home):
    assert count_corrections() == {}
    assert load_corrections() == []
    assert not home.exists()
    with pytest.raises(DataNotFoundError, match="0 corrected lines"):
        load_digits("corrections")


def test_only_confirmed_and_corrected_lines_are_loaded(user_store, store_lines):
    store_lines(user_store, [("1203", "1203"), ("17", "77")])
    store_lines(user_store, [("20", "20")], script="kannada")
    skipped, undone = 1, 2
    ReviewQueue(user_store).skip(skipped, "bob")
    ReviewQueue(user_store).undo(undone, "bob")
    assert count_corrections() == {"corrections-kannada": {"train": 1, "test": 0}}
    ReviewQueue(user_store).answer(undone, "71", "bob")
    (line,) = load_corrections()
    assert (line.read, line.text, line.source) == ("17", "71", "scan-1.png")


def test_the_split_of_a_line_is_fixed_and_a_fifth_is_test(user_store, store_lines):
    store_lines(user_store, [(text, text) for text in TRUTHS])
    before = {line.id: line.split for line in load_corrections()}
    assert list(before.values()).count("test") == 2
    store_lines(user_store, [(text, text) for text in TRUTHS], source="more")
    after = {line.id: line.split for line in load_corrections()}
    assert {line: after[line] for line in before} == before


@pytest.mark.parametrize("reading", [1, 2, 7])
def test_adjacent_lines_are_in_the_same_split(reading):
    splits = [assign_split(reading, 1, number) for number in range(1, 41)]
    assert all(len(set(splits[i : i + 4])) == 1 for i in range(0, 40, 4))
    assert splits.count("test") == 8


def test_identical_crops_are_one_line_with_the_last_answer(user_store, store_lines):
    store_lines(user_store, [("1203", "1203")])
    store_lines(user_store, [("1208", "1203")])
    ReviewQueue(user_store).answer(2, "1208", "bob")
    (line,) = load_corrections()
    assert (line.id, line.text, line.by) == (1, "1208", "bob")
    assert count_corrections() == {"corrections": {"train": 1, "test": 0}}
    assert find_data_set("corrections").sizes["train"] == 1


def test_all_counts_are_those_of_the_lines_that_are_loaded(user_store, store_lines):
    store_lines(user_store, [(text, text) for text in (*TRUTHS, *TRUTHS[:4])], per_page=3)
    loaded = Counter(line.split for line in load_corrections())
    assert sum(loaded.values()) >= 10
    assert count_corrections() == {"corrections": loaded}
    assert count_lines(user_store, "latin") == loaded
    assert find_data_set("corrections").sizes == loaded


def test_the_catalogue_shows_the_present_sizes(user_store, store_lines):
    store_lines(user_store, [(text, text) for text in TRUTHS])
    assert dict(find_data_set("corrections").sizes) == {"train": 8, "test": 2}
    assert find_data_set("corrections-kannada").sizes["train"] == 0
    with pytest.raises(UnknownNameError, match="corrections-klingon"):
        find_data_set("corrections-klingon")


def test_the_exported_table_has_who_answered_and_when(user_store, store_lines, tmp_path):
    store_lines(user_store, [("17", "77"), ("20", "20")])
    ReviewQueue(user_store).answer(2, "26", "bob")
    ReviewQueue(user_store).undo(2, "bob")
    assert write_corrections("latin", tmp_path / "out") == 2
    with (tmp_path / "out" / "lines.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["read"], row["text"], row["by"]) for row in rows] == [
        ("17", "77", "ann"),
        ("20", "20", "ann"),
    ]
    assert rows[0]["at"].endswith("+00:00") and rows[0]["split"] in ("train", "test")
    for row in rows:
        assert cv2.imread(str(tmp_path / "out" / row["file"]), 0).size
    with pytest.raises(DataError, match="already exists"):
        write_corrections("latin", tmp_path / "out")


def test_a_sheet_can_show_any_character(user_store, store_lines, tmp_path):
    store_lines(user_store, [("17", "77")])
    ReviewQueue(user_store).answer(1, "7 €", "bob")
    assert write_correction_sheet("latin", tmp_path / "sheet.png") == 1
    assert cv2.imread(str(tmp_path / "sheet.png"), 0).shape[1] == 1200
    with pytest.raises(DataNotFoundError, match="no line of bangla"):
        write_correction_sheet("bangla", tmp_path / "none.png")
