"""Training with corrections: from the model in use a little further; compared, not yet used."""

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
from numerals.errors import DataError, DataNotFoundError, ModelError, UnknownNameError
from numerals.models import line_model_path, load_line_model, load_model, model_path
from numerals.models.activated_models import activate_model
from numerals.networks.from_onnx import read_line_nets
from numerals.store import open_store
from numerals.training import LINE_RECIPES, RECIPES
from numerals.training.finetune_digits import correct_digit_model
from numerals.training.finetune_lines import correct_line_model
from numerals.training.finetuning import Tuning, check_enough, claim

TINY = Tuning(epochs=2, composed=40, n_held_out=20, batch=16)


@pytest.fixture
def data(home, tmp_path, monkeypatch):
    """Return where a small training part of MNIST is."""
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


def learn(parent, corrections, tmp_path, **options):
    recipe = LINE_RECIPES["latin-line"]
    folder = options.pop("folder", tmp_path / "run")
    out = options.pop("out", tmp_path / "new.onnx")
    options.setdefault("tuning", TINY)
    return correct_line_model(recipe, parent, corrections, folder, out, **options)


def test_a_line_model_learns_and_the_file_says_from_what(data, corrections, tmp_path):
    told = {"number_calibration": "[0.5, 0.25]"}
    parent = write_line_model(tmp_path / "parent.onnx", networks=2, **told)
    reports = []
    metadata, comparison = learn(parent, corrections, tmp_path, on_epoch=reports.append)
    told = [(r["member"], r["epoch"], r["epochs"]) for r in reports]
    assert told == [(0, 1, 2), (0, 2, 2), (1, 1, 2), (1, 2, 2)]
    assert [(each.name, each.count) for each in comparison.sets] == [
        ("corrections", 5),
        ("composed", 20),
    ]
    model = load_line_model(tmp_path / "new.onnx")
    assert model.n_networks == 2
    assert model.metadata["name"] == "latin-line+20"
    assert model.calibration == (0.5, 0.25)  # composed lines alone do not fit another
    training = json.loads(model.metadata["training"])
    assert training["corrections"] == 20
    assert len(training["parent"]["sha256"]) == 64
    assert set(json.loads(metadata["figures"])) >= {"corrections_exact", "composed_exact_before"}


def test_a_run_that_was_stopped_ends_as_one_that_was_not(data, corrections, tmp_path):
    parent = write_line_model(tmp_path / "parent.onnx")
    learn(parent, corrections, tmp_path)

    class Stop(Exception):
        pass

    def stop(report):
        raise Stop

    halting = {"folder": tmp_path / "halting", "out": tmp_path / "other.onnx"}
    with pytest.raises(Stop):
        learn(parent, corrections, tmp_path, on_epoch=stop, **halting)
    reports = []
    learn(parent, corrections, tmp_path, on_epoch=reports.append, **halting)
    assert [report["epoch"] for report in reports] == [2]
    strip = [np.random.default_rng(0).integers(0, 256, (40, 80)).astype(np.uint8)]
    one, two = (load_line_model(tmp_path / n) for n in ("new.onnx", "other.onnx"))
    np.testing.assert_allclose(
        one.log_probabilities(strip)[0], two.log_probabilities(strip)[0], atol=0.02
    )
    with pytest.raises(DataError, match="other corrections, settings or another model"):
        learn(parent, corrections[1:], tmp_path)


def test_learning_lowers_the_loss_on_what_was_corrected(data, corrections, tmp_path):
    parent = write_line_model(tmp_path / "parent.onnx")
    reports = []
    tuning = replace(TINY, epochs=4, learning_rate=5e-3)
    recipe = LINE_RECIPES["latin-line"]
    correct_line_model(
        recipe,
        parent,
        corrections,
        tmp_path / "run",
        tmp_path / "new.onnx",
        tuning=tuning,
        on_epoch=reports.append,
    )
    assert reports[-1]["loss"] < 0.9 * reports[0]["loss"]


def test_it_goes_half_the_way_to_what_was_learned(data, corrections, tmp_path):
    parent = write_line_model(tmp_path / "parent.onnx")
    weights = []
    for step in (0.0, 0.5, 1.0):
        tuning = replace(TINY, learning_rate=5e-3, step=step)
        shutil.rmtree(tmp_path / "run", ignore_errors=True)
        learn(parent, corrections, tmp_path, tuning=tuning)
        ((network, _),) = read_line_nets(tmp_path / "new.onnx")
        weights.append(network.classify.weight.detach())
    ((old, _),) = read_line_nets(parent)
    torch.testing.assert_close(weights[0], old.classify.weight.detach(), atol=2e-3, rtol=0.01)
    assert (weights[2] - weights[0]).abs().max() > 0.01
    torch.testing.assert_close(weights[1], (weights[0] + weights[2]) / 2, atol=2e-3, rtol=0.01)


def test_answers_with_other_characters_are_left_out(data, corrections, tmp_path):
    store = open_store()
    for line in corrections:
        store.answer(line.id, line.text + "§", "ann")
    store.close()
    parent = write_line_model(tmp_path / "parent.onnx")
    with pytest.raises(DataError, match=r"0 corrected lines \(25 more have characters"):
        learn(parent, load_corrections(), tmp_path)


def test_too_few_corrections_are_told_before_anything_is_done(home, store_lines, tmp_path):
    store = open_store()
    store_lines(store, [("17", "77"), ("20", "20")])
    store.close()
    parent = write_line_model(tmp_path / "parent.onnx")
    with pytest.raises(DataError, match=r"2 corrected lines, and 20 are needed: .* 18 more"):
        learn(parent, load_corrections(), tmp_path)
    assert not (tmp_path / "run").exists()
    with pytest.raises(DataError, match="held-out fifth"):
        check_enough(30, 0)


def test_a_model_of_another_design_is_refused(data, corrections, tmp_path):
    with pytest.raises(ModelError, match="expected 'numerals-line-1'"):
        learn(model_path("latin"), corrections, tmp_path)


def test_without_composed_lines_it_says_what_to_fetch(home, corrections, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    parent = write_line_model(tmp_path / "parent.onnx")
    with pytest.raises(DataNotFoundError, match="numerals data fetch qmnist"):
        learn(parent, corrections, tmp_path)


def test_a_digit_model_learns_too(data, corrections, tmp_path, monkeypatch):
    monkeypatch.setattr("numerals.training.finetune_digits._N_NEGATIVES", 50)
    parent = write_digit_model(tmp_path / "parent.onnx")
    recipe = replace(RECIPES["latin-digit"], n_held_out=100, plain=24, worn=8, negatives=8)
    tuning = replace(TINY, learning_rate=1e-3)
    arguments = (recipe, parent, corrections)
    metadata, comparison = correct_digit_model(
        *arguments, tmp_path / "run", tmp_path / "new.onnx", tuning=tuning
    )
    assert [each.name for each in comparison.sets] == ["corrections", "qmnist"]
    model = load_model(tmp_path / "new.onnx")
    assert model.metadata["name"].startswith("latin-digit+")
    assert json.loads(metadata["training"])["parent"]["name"] == "latin-digit"
    again, _ = correct_digit_model(  # all epochs are done: what is written is the same
        *arguments, tmp_path / "run", tmp_path / "again.onnx", tuning=tuning
    )
    assert again["figures"] == metadata["figures"]


def test_the_command_prints_old_beside_new_and_how_to_use_it(
    data, corrections, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "numerals.training.finetuning.Tuning.__init__.__defaults__",
        tuple(getattr(TINY, name) for name in TINY.__dataclass_fields__),
    )
    activate_model(write_line_model(tmp_path / "parent.onnx"), "latin", "lines")
    before = line_model_path("latin")
    arguments = ["train", "--recipe", "latin-line", "--with-corrections", "--epochs", "1"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.exception
    lines = result.stdout.splitlines()
    assert lines[0].split("\t")[:4] == ["held out", "count", "in use", "new"]
    assert lines[-1] == "to activate it: numerals models activate latin-line.onnx"
    assert line_model_path("latin") == before  # not by itself
    assert load_line_model(tmp_path / "latin-line.onnx").script == "latin"


@pytest.mark.parametrize(
    "arguments",
    [
        ("cosine", "--data", "mnist", "--with-corrections"),
        ("--recipe", "latin-digit", "--with-corrections", "--members", "1"),
    ],
)
def test_options_that_do_not_go_together(home, arguments):
    assert CliRunner().invoke(app, ["train", *arguments]).exit_code == 2


def test_a_place_that_cannot_be_written_is_told_first(home, tmp_path):
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "new.onnx")
    arguments = ["train", "--recipe", "latin-line", "--with-corrections", "--out", place]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, DataError) and "cannot be written" in str(result.exception)


def test_an_unknown_recipe_is_told(home):
    result = CliRunner().invoke(app, ["train", "--recipe", "x", "--with-corrections"])
    assert isinstance(result.exception, UnknownNameError)


def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(DataError, match="cannot be used"):
        claim(tmp_path, "run")


def test_the_rate_rises_and_falls():
    rates = [Tuning().rate(done) for done in (0, 0.15, 0.5, 0.999)]
    assert rates[1] == max(rates) == Tuning().learning_rate
    assert rates[0] < rates[2] and rates[3] < 1e-6
