import json
from functools import partial

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.classifiers.estimator_files import save_model
from numerals.data import write_digits
from numerals.errors import DataError, ModelError
from numerals.lab import fit_method
from numerals.models import load_model
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture(scope="module")
def digits():
    glyphs, characters = load_font_glyphs()
    images = glyphs[:20, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    return Digits(images, np.tile(np.arange(10), 20), name="nowhere")


@pytest.fixture(scope="module")
def model(digits):
    return fit_method("ridge", digits)


@pytest.fixture
def run(invoke, tmp_path, digits, model):
    write_digits(digits, tmp_path / "fonts.npz")
    save_model(model, tmp_path / "ridge.skops")
    return partial(invoke, "export")


def test_prints_the_difference_between_both_models(run, digits, model):
    text = run("ridge.skops", "--out", "ridge.onnx", "--data", "fonts.npz").stdout
    assert text.startswith("wrote ridge.onnx (")
    assert ": 0 of 200 answers differ, probabilities by at most " in text
    found = load_model("ridge.onnx").predict_proba(digits.images)
    np.testing.assert_allclose(found, model.predict_proba(digits.images), atol=1e-4)


def test_json(run):
    result = run("ridge.skops", "--out", "ridge.onnx", "--data", "fonts.npz", "--json")
    found = json.loads(result.stdout)
    assert (found["file"], found["n_images"], found["n_disagreements"]) == ("ridge.onnx", 200, 0)
    assert found["max_difference"] < 1e-4


def test_data_is_required_if_the_training_data_cannot_be_read(run):
    with pytest.raises(DataError, match=r"fitted to \(nowhere\) cannot be read here; .*--data"):
        run("ridge.skops", "--out", "ridge.onnx")


def test_only_skops_files_are_exported(run):
    with pytest.raises(ModelError, match=r"fonts.npz: not a readable model"):
        run("fonts.npz", "--out", "x.onnx", "--data", "fonts.npz")


@pytest.mark.data
def test_compares_on_the_training_data_by_default(run, data_folder, digits):
    from dataclasses import replace

    save_model(fit_method("ridge", replace(digits, name="mnist")), "mnist.skops")
    assert "of 500 answers" in run("mnist.skops", "--out", "mnist.onnx").stdout
