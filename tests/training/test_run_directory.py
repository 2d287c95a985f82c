import pytest

pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from dataclasses import replace

from numerals.errors import DataError
from numerals.training.digit_recipes import Recipe
from numerals.training.run_directory import claim_run_folder


def test_a_run_goes_on_with_its_own_settings_alone(tmp_path):
    folder = tmp_path / "runs" / "first"
    claim_run_folder(folder, Recipe())
    claim_run_folder(folder, Recipe())
    with pytest.raises(DataError, match="other settings"):
        claim_run_folder(folder, replace(Recipe(), members=1))


def test_a_folder_that_cannot_be_used_says_so(tmp_path):
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(DataError, match="cannot be used"):
        claim_run_folder(tmp_path, Recipe())
    with pytest.raises(DataError, match="cannot be used"):
        claim_run_folder(tmp_path / "recipe.json" / "deeper", Recipe())
