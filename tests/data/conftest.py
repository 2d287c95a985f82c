import numpy as np
import pytest

from numerals.records import Digits


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """Neither data nor cache nor network: an empty NUMERALS_DATA and an empty cache."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("NUMERALS_DATA", str(folder))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    return folder


@pytest.fixture
def strokes():
    """Thirty digits of 28x28 with a dark border, three of each class."""
    rng = np.random.default_rng(0)
    images = np.zeros((30, 28, 28), np.uint8)
    images[:, 4:24, 4:24] = rng.integers(0, 256, (30, 20, 20))
    return Digits(images, np.arange(30) % 10)
