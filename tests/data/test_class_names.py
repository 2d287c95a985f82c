from pathlib import Path

import numpy as np
import pytest

from numerals.data.class_names import MAX_LABEL, classes_for_labels, classes_of_names
from numerals.errors import DataError
from numerals.scripts import SCRIPTS

PATH = Path("labels.csv")


def test_names_that_are_digits_of_a_script_give_all_its_digits():
    assert classes_of_names(["೩", "೦"]) == (SCRIPTS["kannada"], "kannada")


def test_other_names_are_sorted_naturally():
    assert classes_of_names(["b10", "b9", "b9"]) == (("b9", "b10"), "latin")


def test_integer_labels_have_at_least_ten_classes():
    assert classes_for_labels(PATH, np.array([3, -1])) == tuple("0123456789")
    assert classes_for_labels(PATH, np.array([11]))[-1] == "11"
    assert classes_for_labels(PATH, np.array([], np.int64)) == tuple("0123456789")


@pytest.mark.parametrize("label", [-2, MAX_LABEL + 1])
def test_labels_out_of_range_are_refused(label):
    with pytest.raises(DataError, match=rf"labels\.csv: got labels from .*{label}"):
        classes_for_labels(PATH, np.array([label]))
