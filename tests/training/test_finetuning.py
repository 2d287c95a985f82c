"""Fine-tuning of the model in use on corrections, and its comparison with the new model."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from corrected_lines import write_digit_model, write_line_model, write_qmnist
from numerals.cli.app import app
from numerals.corrections.corrected_lines import load_corrections
from numerals.corrections.review_queue import ReviewQueue
from numerals.errors import DataError, DataNotFoundError, ModelError, UnknownNameError
from numerals.models import line_model_path, load_line_model, load_model, model_path
from numerals.models.activated_models import activate_model
from numerals.networks.from_onnx import read_line_nets
from numerals.store import open_store
from numerals.training import DIGIT_RECIPES, LINE_RECIPES
from numerals.training.finetune_digits import finetune_digit_model
from numerals.training.finetune_lines import finetune_line_model
from numerals.training.finetuning import FinetuningSettings, check_enough

TINY = FinetuningSettings(epochs=2, n_composed=40, n_held_out=20, batch_size=16)


@pytest.fixture
def data(home, one_process, tmp_path, monkeypatch):
    """Return the folder of a small training part of MNIST."""
    write_qmnist(tmp_path / "data")
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "data"


@pytest.fixture
def corrections(home, store_lines):
    store = open_store()
    store_lines(store, [(str(1203 + 7 * i), str(1206 + 7 * i)) for i in range(25)])
    store.close()
    return load_corrections()


def finetune(parent, corrections, tmp_path, **options):
    recipe = LINE_RECIPES["latin-line"]
    folder = options.pop("folder", tmp_path / "run")
    out = options.pop("out", tmp_path / "new.onnx")
    options.setdefault("tuning", TINY)
    return finetune_line_model(recipe, parent, corrections, folder, out, **options)


def test_a_fine_tuned_line_model_records_its_parent_and_corrections(data, corrections, tmp_path):
    parent = write_line_model(
        tmp_path / "parent.onnx", networks=2, number_calibration="[0.5, 0.25]"
    )
    reports = []
    metadata, comparison = finetune(parent, corrections, tmp_path, on_epoch=reports.append)
    progress = [(r["member"], r["epoch"], r["epochs"]) for r in reports]
    assert progress == [(0, 1, 2), (0, 2, 2), (1, 1, 2), (1, 2, 2)]
    assert [(each.name, each.count) for each in comparison.sets] == [
        ("corrections", 5),
        ("composed", 20),
    ]
    model = load_line_model(tmp_path / "new.onnx")
    assert model.n_networks == 2
    assert model.metadata["name"] == "latin-line+20"
    assert model.calibration == (0.5, 0.25)  # not fitted without real lines
    training = json.loads(model.metadata["training"])
    assert training["corrections"] == 20
    assert len(training["parent"]["sha256"]) == 64
    assert set(json.loads(metadata["figures"])) >= {"corrections_exact", "composed_exact_before"}


def test_a_resumed_run_gives_the_same_model(data, corrections, tmp_path):
    parent = write_line_model(tmp_path / "parent.onnx")
    finetune(parent, corrections, tmp_path)

    class Stop(Exception):
        pass

    def stop(report):
        raise Stop

    resumed = {"folder": tmp_path / "resumed", "out": tmp_path / "other.onnx"}
    with pytest.raises(Stop):
        finetune(parent, corrections, tmp_path, on_epoch=stop, **resumed)
    reports = []
    finetune(parent, corrections, tmp_path, on_epoch=reports.append, **resumed)
    assert [report["epoch"] for report in reports] == [2]
    strip = [np.random.default_rng(0).integers(0, 256, (40, 80)).astype(np.uint8)]
    one, two = (load_line_model(tmp_path / n) for n in ("new.onnx", "other.onnx"))
    np.testing.assert_allclose(
        one.log_probabilities(strip)[0], two.log_probabilities(strip)[0], atol=0.02
    )
    with pytest.raises(DataError, match=r"other settings \(corrections\)"):
        finetune(parent, corrections[1:], tmp_path)


def test_fine_tuning_lowers_the_loss(data, corrections, tmp_path):
    parent = write_line_model(tmp_path / "parent.onnx")
    reports = []
    tuning = replace(TINY, epochs=4, learning_rate=5e-3)
    recipe = LINE_RECIPES["latin-line"]
    finetune_line_model(
        recipe,
        parent,
        corrections,
        tmp_path / "run",
        tmp_path / "new.onnx",
        tuning=tuning,
        on_epoch=reports.append,
    )
    assert reports[-1]["loss"] < 0.9 * reports[0]["loss"]


def test_the_new_weights_are_interpolated(data, corrections, tmp_path):
    parent = write_line_model(tmp_path / "parent.onnx")
    weights = []
    for interpolation in (0.0, 0.5, 1.0):
        tuning = replace(TINY, learning_rate=5e-3, interpolation=interpolation)
        shutil.rmtree(tmp_path / "run", ignore_errors=True)
        finetune(parent, corrections, tmp_path, tuning=tuning)
        ((network, _),) = read_line_nets(tmp_path / "new.onnx")
        weights.append(network.classify.weight.detach())
    ((old, _),) = read_line_nets(parent)
    torch.testing.assert_close(weights[0], old.classify.weight.detach(), atol=2e-3, rtol=0.01)
    assert (weights[2] - weights[0]).abs().max() > 0.01
    torch.testing.assert_close(weights[1], (weights[0] + weights[2]) / 2, atol=2e-3, rtol=0.01)


def test_corrections_with_unknown_characters_are_left_out(data, corrections, tmp_path):
    store = open_store()
    for line in corrections:
        ReviewQueue(store).answer(line.id, line.text + "’", "ann")
    store.close()
    parent = write_line_model(tmp_path / "parent.onnx")
    with pytest.raises(DataError, match=r"0 corrected lines \(25 more have characters"):
        finetune(parent, load_corrections(), tmp_path)


def test_too_few_corrections_are_an_error_before_training(home, store_lines, tmp_path):
    store = open_store()
    store_lines(store, [("17", "77"), ("20", "20")])
    store.close()
    parent = write_line_model(tmp_path / "parent.onnx")
    with pytest.raises(DataError, match=r"2 corrected lines, expected at least 20: .* 18 more"):
        finetune(parent, load_corrections(), tmp_path)
    assert not (tmp_path / "run").exists()
    with pytest.raises(DataError, match="held-out fifth"):
        check_enough(30, 0)


def test_a_parent_of_another_kind_is_an_error(data, corrections, tmp_path):
    with pytest.raises(ModelError, match="expected 'numerals-line-1'"):
        finetune(model_path("latin"), corrections, tmp_path)


def test_a_missing_data_set_is_an_error(home, corrections, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    parent = write_line_model(tmp_path / "parent.onnx")
    with pytest.raises(DataNotFoundError, match="numerals data fetch qmnist"):
        finetune(parent, corrections, tmp_path)


def test_a_fine_tuned_digit_model_records_its_parent(data, corrections, tmp_path, monkeypatch):
    monkeypatch.setattr("numerals.training.finetune_digits.MAX_NEGATIVES", 50)
    parent = write_digit_model(tmp_path / "parent.onnx")
    recipe = replace(
        DIGIT_RECIPES["latin-digit"],
        n_held_out=100,
        batch_plain=24,
        batch_degraded=8,
        batch_negatives=8,
    )
    tuning = replace(TINY, learning_rate=1e-3)
    arguments = (recipe, parent, corrections)
    metadata, comparison = finetune_digit_model(
        *arguments, tmp_path / "run", tmp_path / "new.onnx", tuning=tuning
    )
    assert [each.name for each in comparison.sets] == ["corrections", "qmnist"]
    model = load_model(tmp_path / "new.onnx")
    assert model.metadata["name"].startswith("latin-digit+")
    assert json.loads(metadata["training"])["parent"]["name"] == "latin-digit"
    again, _ = finetune_digit_model(  # all epochs are done
        *arguments, tmp_path / "run", tmp_path / "again.onnx", tuning=tuning
    )
    assert again["figures"] == metadata["figures"]


def test_the_command_prints_the_comparison_and_does_not_activate_the_model(
    data, corrections, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "numerals.training.finetuning.FinetuningSettings.__init__.__defaults__",
        tuple(getattr(TINY, name) for name in TINY.__dataclass_fields__),
    )
    activate_model(write_line_model(tmp_path / "parent.onnx"), "latin", "lines")
    before = line_model_path("latin")
    arguments = ["train", "--recipe", "latin-line", "--with-corrections", "--epochs", "1"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.exception
    lines = result.stdout.splitlines()
    assert lines[0].split("\t")[:4] == ["held out", "count", "active", "new"]
    assert lines[-1] == "to activate it: numerals models activate latin-line.onnx"
    assert line_model_path("latin") == before
    assert load_line_model(tmp_path / "latin-line.onnx").script == "latin"


@pytest.mark.parametrize(
    "arguments",
    [
        ("cosine", "--data", "mnist", "--with-corrections"),
        ("--recipe", "latin-digit", "--with-corrections", "--members", "1"),
    ],
)
def test_incompatible_options_are_usage_errors(home, arguments):
    assert CliRunner().invoke(app, ["train", *arguments]).exit_code == 2


def test_an_output_path_that_cannot_be_written_is_an_error_before_training(home, tmp_path):
    (tmp_path / "file").write_text("")
    path = str(tmp_path / "file" / "new.onnx")
    arguments = ["train", "--recipe", "latin-line", "--with-corrections", "--out", path]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, DataError) and "cannot be written" in str(result.exception)


def test_an_unknown_recipe_is_an_error(home):
    result = CliRunner().invoke(app, ["train", "--recipe", "x", "--with-corrections"])
    assert isinstance(result.exception, UnknownNameError)
