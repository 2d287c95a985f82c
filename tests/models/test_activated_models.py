"""Activated models read in place of the shipped ones until they are rolled back."""

import json
import shutil

import pytest

from numerals.errors import ModelError
from numerals.models import load_model, model_path
from numerals.models.activated_models import (
    activate_model,
    activated_kinds,
    activated_model_path,
    activations_changed_at,
    models_folder,
    roll_back_model,
    user_folder,
)
from numerals.models.available_models import (
    active_model_path,
    describe_model,
    list_available_models,
    script_and_kind,
)
from numerals.models.digit_model import SHIPPED_DIGIT_MODELS
from numerals.models.line_model import line_model_path
from numerals.reading import Reader


@pytest.fixture
def other(home, tmp_path):
    """Return a copy of the shipped model with another name in its metadata."""
    path = tmp_path / "other.onnx"
    path.write_bytes(model_path("latin").read_bytes().replace(b"latin-digit", b"other-digit"))
    return path


def test_numerals_home_sets_the_user_folder(home):
    assert user_folder() == home
    assert activated_model_path("latin", "digits") is None
    assert not home.exists()  # looking up a model creates nothing


def test_activated_model_is_used_until_it_is_rolled_back(other):
    shipped = model_path("latin")
    copy = activate_model(other, "latin", "digits")
    other.unlink()  # only the copy is needed
    assert model_path("latin") == copy == active_model_path("latin", "digits")
    assert load_model("latin").metadata["name"] == "other-digit"
    assert Reader("latin", layout="digit").metadata["name"] == "other-digit"
    assert activated_kinds("latin") == ["digits"]
    assert roll_back_model("latin", "digits") is None
    assert model_path("latin") == shipped
    with pytest.raises(ModelError, match="nothing to roll back"):
        roll_back_model("latin", "digits")


def test_rollback_returns_to_the_previous_model(other, tmp_path):
    first = activate_model(other, "latin", "digits")
    second = activate_model(model_path("kannada"), "latin", "digits")
    assert (
        activate_model(second, "latin", "digits") == second
    )  # activating the active model again changes nothing
    assert roll_back_model("latin", "digits") == first


def test_activating_a_digit_model_leaves_line_models_and_other_scripts(other):
    before = line_model_path("latin")
    activate_model(other, "latin", "digits")
    assert line_model_path("latin") == before
    assert model_path("kannada").name == SHIPPED_DIGIT_MODELS["kannada"]


def test_activations_changed_at_changes_with_an_activation(other):
    assert activations_changed_at() == 0
    activate_model(other, "latin", "digits")
    assert activations_changed_at() > 0


def test_missing_activated_model_is_reported_and_can_be_rolled_back(other, tmp_path):
    activate_model(other, "latin", "digits").unlink()
    with pytest.raises(ModelError, match="numerals models rollback latin --kind digits"):
        model_path("latin")
    assert roll_back_model("latin", "digits") is None
    load_model("latin")


def test_damaged_list_is_reported(other):
    activate_model(other, "latin", "digits")
    for content in ("{", "[1]", '{"latin digits": 3}'):
        (models_folder() / "in-use.json").write_text(content)
        with pytest.raises(ModelError, match="is damaged"):
            model_path("latin")


def test_list_entries_cannot_point_outside_of_the_folder(other):
    activate_model(other, "latin", "digits")
    (models_folder() / "in-use.json").write_text(json.dumps({"latin digits": ["../../x.onnx"]}))
    with pytest.raises(ModelError, match="is missing"):
        model_path("latin")


@pytest.mark.parametrize("script", ["../x", "a b", "", "Latin"])
def test_invalid_script_name_is_refused(other, script):
    with pytest.raises(ModelError, match="its script is"):
        activate_model(other, script, "digits")


def test_list_has_default_and_activated_models(other):
    activate_model(other, "latin", "digits")
    found = {(m.script, m.kind, m.name): m.active for m in list_available_models()}
    assert found["latin", "digits", "latin-digit"] is False
    assert sum(found.values()) == len({key[:2] for key in found})  # one per script and kind
    (active,) = [
        m for m in list_available_models() if m.active and (m.script, m.kind) == ("latin", "digits")
    ]
    described = describe_model(active)
    assert described["figures"]["held_out_accuracy"] > 0.9
    assert described["bytes"] == active.path.stat().st_size


def test_model_of_a_new_script_can_be_activated(other, tmp_path):
    activate_model(other, "tamil", "digits")
    assert load_model("tamil").metadata["name"] == "other-digit"
    assert ("tamil", True) in {(m.script, m.active) for m in list_available_models()}


def test_script_and_kind_of_digit_and_line_models(home, tmp_path):
    assert script_and_kind(model_path("kannada")) == ("kannada", "digits")
    shipped = line_model_path("latin")
    shutil.copy(shipped, tmp_path / "copy.onnx")
    assert script_and_kind(tmp_path / "copy.onnx") == ("latin", "lines")
    (tmp_path / "no.onnx").write_text("no model")
    with pytest.raises(ModelError, match="not an ONNX model"):
        script_and_kind(tmp_path / "no.onnx")
