"""Corrections are a data set: the lines, their parts, their digits, their files."""

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.corrections.corrected_lines import (
    count_corrections,
    has_places,
    load_corrections,
    split_of,
    strip_of,
)
from numerals.corrections.correction_files import COLUMNS, write_corrections
from numerals.data import find_data_set, load_digits
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.reports.line_sheet import write_correction_sheet
from numerals.store import open_store

TRUTHS = ["1203", "77", "20", "369", "8", "1111", "902", "66", "2013", "71"]


@pytest.fixture
def store(home):
    store = open_store()
    yield store
    store.close()


def test_without_a_store_there_are_none_and_none_is_made(home):
    assert count_corrections() == {}
    assert load_corrections() == []
    assert not home.exists()
    with pytest.raises(DataNotFoundError, match="0 corrected lines"):
        load_digits("corrections")


def test_confirmed_and_corrected_lines_are_had_and_others_are_not(store, store_lines):
    store_lines(store, [("1203", "1203"), ("17", "77")])
    store_lines(store, [("20", "20")], script="kannada")
    skipped, undone = 1, 2
    store.skip(skipped, "bob")
    store.undo(undone, "bob")
    assert count_corrections() == {"corrections-kannada": 1}
    store.answer(undone, "71", "bob")
    (line,) = load_corrections()
    assert (line.read, line.text, line.source) == ("17", "71", "scan-1.png")


def test_a_line_stays_in_its_part_and_a_fifth_is_held_out(store, store_lines):
    store_lines(store, [(text, text) for text in TRUTHS])
    before = {line.id: line.split for line in load_corrections()}
    assert list(before.values()).count("test") == 2
    store_lines(store, [(text, text) for text in TRUTHS], source="more")
    after = {line.id: line.split for line in load_corrections()}
    assert {line: after[line] for line in before} == before


@pytest.mark.parametrize("reading", [1, 2, 7])
def test_neighbours_of_a_page_stay_together(reading):
    parts = [split_of(reading, 1, number) for number in range(1, 41)]
    assert all(len(set(parts[i : i + 4])) == 1 for i in range(0, 40, 4))
    assert parts.count("test") == 8


def test_a_crop_that_was_stored_again_counts_once_with_the_last_answer(store, store_lines):
    store_lines(store, [("1203", "1203")])
    store_lines(store, [("1208", "1203")])
    store.answer(2, "1208", "bob")
    (line,) = load_corrections()
    assert (line.id, line.text, line.answered_id) == (1, "1208", 2)


def test_a_strip_shows_the_line(store, store_lines):
    store_lines(store, [("369", "369")])
    strip = strip_of(load_corrections()[0])
    assert strip.shape[0] == 40 and strip.max() > 150
    assert np.count_nonzero(strip.max(axis=0) > 100) > 20


@pytest.mark.parametrize(
    ("read", "text", "known"),
    [
        ("1203", "1203", True),
        ("1203", "1283", True),
        ("12 03", "1203", True),
        ("1234", "2345", False),
        ("120", "1203", False),
        ("", "", False),
    ],
)
def test_places_are_known_where_nearly_all_was_read_rightly(store, store_lines, read, text, known):
    store_lines(store, [("1203", "1203")])
    (line,) = load_corrections()
    boxes = line.boxes[:1] * len(read.replace(" ", ""))
    assert has_places(replace(line, read=read, text=text, boxes=boxes)) == known


def test_digits_are_those_of_the_answers(store, store_lines):
    store_lines(store, [("1209", "1203"), ("20", "20"), ("369", "36"), ("8", "8")])
    lines = {line.split for line in load_corrections()}
    found = [load_digits("corrections", split) for split in sorted(lines)]
    labels = sorted(np.concatenate([digits.labels for digits in found]).tolist())
    assert labels == [0, 0, 1, 2, 2, 3, 8]  # nothing of the line whose places are not known
    digits = found[-1]
    assert digits.images.shape[1:] == (28, 28) and digits.name == "corrections"
    assert digits.images.any(axis=(1, 2)).all()


def test_the_catalogue_describes_them_as_they_are_now(store, store_lines):
    store_lines(store, [(text, text) for text in TRUTHS])
    assert dict(find_data_set("corrections").sizes) == {"train": 8, "test": 2}
    assert find_data_set("corrections-kannada").sizes["train"] == 0
    with pytest.raises(UnknownNameError, match="corrections-klingon"):
        find_data_set("corrections-klingon")


def test_files_say_who_answered_and_when(store, store_lines, tmp_path):
    store_lines(store, [("17", "77"), ("20", "20")])
    store.answer(2, "26", "bob")
    store.undo(2, "bob")
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


def test_a_sheet_shows_any_answer(store, store_lines, tmp_path):
    store_lines(store, [("17", "77")])
    store.answer(1, "7 €", "bob")
    assert write_correction_sheet("latin", tmp_path / "sheet.png") == 1
    assert cv2.imread(str(tmp_path / "sheet.png"), 0).shape[1] == 1200
    with pytest.raises(DataNotFoundError, match="no line of bangla"):
        write_correction_sheet("bangla", tmp_path / "none.png")
