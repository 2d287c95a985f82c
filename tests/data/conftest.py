import pytest


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """Set an empty NUMERALS_DATA and an empty cache; return the former."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("NUMERALS_DATA", str(folder))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    return folder
