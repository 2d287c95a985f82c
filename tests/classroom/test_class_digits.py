"""The drawings of a class are a data set, split by writer."""

import numpy as np
import pytest

from numerals.classroom.class_digits import class_path, load_class_digits
from numerals.classroom.journal import ClassJournal
from numerals.data import find_data_set, load_digits, load_or_read_digits
from numerals.errors import DataNotFoundError, OptionError, UnknownNameError


@pytest.fixture
def journal(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path))
    return ClassJournal(class_path("year7"))


def add(journal, n_writers):
    for _ in range(n_writers):
        writer = journal.add_writer("")
        for label in (4, 2):
            journal.add_drawing(writer, label, label, np.full((28, 28), writer, np.uint8), "4")


def test_every_fourth_writer_is_in_the_test_split(journal):
    add(journal, 5)
    train, test = load_digits("class-year7"), load_digits("class-year7", "test")
    assert sorted(set(train.writers)) == [1, 2, 3, 5] and set(test.writers) == {4}
    assert list(test.labels) == [4, 2] and test.images.max() == 4
    assert len(load_class_digits("class-year7")) == 10
    assert find_data_set("class-year7").sizes == {"train": 8, "test": 2}
    assert load_or_read_digits("class-year7").name == "class-year7"


def test_an_empty_split_says_what_to_do(journal):
    add(journal, 3)
    with pytest.raises(DataNotFoundError, match="serve --class year7"):
        load_digits("class-year7", "test")


def test_unknown_names_and_splits(journal):
    add(journal, 1)
    with pytest.raises(UnknownNameError):
        load_digits("class-year8")
    with pytest.raises(UnknownNameError, match="split"):
        load_digits("class-year7", "validation")


@pytest.mark.parametrize("name", ["", "../x", "Year 7", "a" * 41, "-a"])
def test_names_that_are_no_file_names_are_refused(name):
    with pytest.raises(OptionError, match="use up to 40"):
        class_path(name)
