import pytest

from numerals.errors import DataError
from numerals.training.run_directory import claim_run_directory

SETTINGS = {"epochs": 2, "widths": (4, 8)}


def test_a_run_resumes_only_with_its_own_settings(tmp_path):
    folder = tmp_path / "runs" / "first"
    claim_run_directory(folder, SETTINGS, "recipe.json")
    claim_run_directory(folder, SETTINGS, "recipe.json")
    with pytest.raises(DataError, match=r"other settings \(epochs\); name another folder"):
        claim_run_directory(folder, SETTINGS | {"epochs": 3}, "recipe.json")


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_record_is_an_error(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(DataError, match="cannot be used"):
        claim_run_directory(tmp_path, SETTINGS, "run.json")


def test_a_directory_that_cannot_be_created_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be used"):
        claim_run_directory(tmp_path / "file" / "deeper", SETTINGS, "run.json")
