"""Models that were put to use read in place of the shipped ones, until they are taken back."""

import json
import shutil

import pytest

from numerals.errors import ModelError
from numerals.models import load_model, model_path
from numerals.models.digit_model import SHIPPED
from numerals.models.in_use import (
    changed_at,
    kinds_in_use,
    model_in_use,
    models_folder,
    put_to_use,
    take_back,
    user_folder,
)
from numerals.models.line_model import line_model_path
from numerals.models.offered import describe_model, kind_of, offered_models, path_in_use
from numerals.reading import Reader


@pytest.fixture
def other(home, tmp_path):
    """Return a model that is not the shipped one, though it reads as that does."""
    path = tmp_path / "other.onnx"
    path.write_bytes(model_path("latin").read_bytes().replace(b"latin-digit", b"other-digit"))
    return path


def test_the_folder_is_the_one_that_is_named(home):
    assert user_folder() == home
    assert model_in_use("latin", "digits") is None
    assert not home.exists()  # looking makes nothing


def test_a_model_is_used_until_it_is_taken_back(other):
    shipped = model_path("latin")
    copy = put_to_use(other, "latin", "digits")
    other.unlink()  # the copy is enough
    assert model_path("latin") == copy == path_in_use("latin", "digits")
    assert load_model("latin").metadata["name"] == "other-digit"
    assert Reader("latin", layout="digit").metadata["name"] == "other-digit"
    assert kinds_in_use("latin") == ["digits"]
    assert take_back("latin", "digits") is None
    assert model_path("latin") == shipped
    with pytest.raises(ModelError, match="nothing to take back"):
        take_back("latin", "digits")


def test_the_one_before_comes_back_first(other, tmp_path):
    first = put_to_use(other, "latin", "digits")
    second = put_to_use(model_path("kannada"), "latin", "digits")
    assert put_to_use(second, "latin", "digits") == second  # once is enough
    assert take_back("latin", "digits") == first


def test_line_models_are_apart_from_digit_models(other):
    before = line_model_path("latin")
    put_to_use(other, "latin", "digits")
    assert line_model_path("latin") == before
    assert model_path("kannada").name == SHIPPED["kannada"]


def test_a_change_can_be_noticed(other):
    assert changed_at() == 0
    put_to_use(other, "latin", "digits")
    assert changed_at() > 0


def test_a_model_that_is_gone_is_told_and_can_be_taken_back(other, tmp_path):
    put_to_use(other, "latin", "digits").unlink()
    with pytest.raises(ModelError, match="numerals models back latin --kind digits"):
        model_path("latin")
    assert take_back("latin", "digits") is None
    load_model("latin")


def test_a_damaged_list_is_told(other):
    put_to_use(other, "latin", "digits")
    for content in ("{", "[1]", '{"latin digits": 3}'):
        (models_folder() / "in-use.json").write_text(content)
        with pytest.raises(ModelError, match="is damaged"):
            model_path("latin")


def test_names_in_the_list_do_not_lead_out_of_the_folder(other):
    put_to_use(other, "latin", "digits")
    (models_folder() / "in-use.json").write_text(json.dumps({"latin digits": ["../../x.onnx"]}))
    with pytest.raises(ModelError, match="is gone"):
        model_path("latin")


@pytest.mark.parametrize("script", ["../x", "a b", "", "Latin"])
def test_a_script_that_is_no_name_is_refused(other, script):
    with pytest.raises(ModelError, match="its script is"):
        put_to_use(other, script, "digits")


def test_all_models_are_offered_and_described(other):
    put_to_use(other, "latin", "digits")
    found = {(o.script, o.kind, o.name): o.active for o in offered_models()}
    assert found["latin", "digits", "latin-digit"] is False
    assert sum(found.values()) == len({key[:2] for key in found})  # one in use of each kind
    (used,) = [
        o for o in offered_models() if o.active and (o.script, o.kind) == ("latin", "digits")
    ]
    described = describe_model(used)
    assert described["figures"]["held_out_accuracy"] > 0.9
    assert described["bytes"] == used.path.stat().st_size


def test_a_model_of_another_script_is_used_too(other, tmp_path):
    put_to_use(other, "tamil", "digits")
    assert load_model("tamil").metadata["name"] == "other-digit"
    assert ("tamil", True) in {(o.script, o.active) for o in offered_models()}


def test_the_kind_of_a_file_is_told(home, tmp_path):
    assert kind_of(model_path("kannada")) == ("kannada", "digits")
    shipped = line_model_path("latin")
    shutil.copy(shipped, tmp_path / "copy.onnx")
    assert kind_of(tmp_path / "copy.onnx") == ("latin", "lines")
    (tmp_path / "no.onnx").write_text("no model")
    with pytest.raises(ModelError, match="not an ONNX model"):
        kind_of(tmp_path / "no.onnx")
