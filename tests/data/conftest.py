import pytest


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """Neither data nor cache nor network: an empty NUMERALS_DATA and an empty cache."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("NUMERALS_DATA", str(folder))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    return folder
