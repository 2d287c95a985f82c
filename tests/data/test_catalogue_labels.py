"""Labels that are loaded without images equal those of `load_digits`."""

import numpy as np
import pytest

from numerals.data import CATALOGUE, is_on_disk, load_digits
from numerals.data.catalogue_labels import load_labels
from numerals.errors import DataNotFoundError

SPLITS = [(name, split) for name, data_set in CATALOGUE.items() for split in data_set.splits]


@pytest.mark.data
@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_labels_equal_those_of_load_digits(data_folder, name, split):
    if not is_on_disk(name, split):
        pytest.skip(f"{name} is not there")
    assert np.array_equal(load_labels(name, split), load_digits(name, split).labels)


def test_missing_data_set_raises(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path)
    with pytest.raises(DataNotFoundError):
        load_labels("mnist")
