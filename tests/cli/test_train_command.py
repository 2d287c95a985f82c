import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.classifiers.estimator_files import open_model
from numerals.data import write_digits
from numerals.errors import DataError, ModelError, UnknownNameError
from numerals.models import load_model
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture(scope="module")
def digits():
    glyphs, characters = load_font_glyphs()
    images = glyphs[:30, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    return Digits(images, np.tile(np.arange(10), 30))


@pytest.fixture
def run(invoke, tmp_path, digits):
    write_digits(digits, tmp_path / "fonts.npz")
    return partial(invoke, "train")


def test_writes_and_prints_both_files(run, tmp_path, digits):
    result = run("logistic", "--data", "fonts.npz", "--set", "C=0.5")
    first, *rest = result.stdout.splitlines()
    assert first.startswith("fitted to 300 images in ")
    assert [line.split(" (")[0] for line in rest] == ["wrote logistic.skops", "wrote logistic.onnx"]
    assert result.stderr == "numerals: fitting logistic to 300 images\n"
    skops, onnx = open_model("logistic.skops"), load_model("logistic.onnx")
    assert skops.estimator.named_steps["classify"].C == 0.5
    found = onnx.predict_proba(digits.images)
    np.testing.assert_allclose(found, skops.predict_proba(digits.images), atol=1e-4)
    assert json.loads(onnx.metadata["training"])["settings"] == {"C": 0.5}


def test_json_with_cross_validation(run):
    arguments = ("ridge", "--data", "fonts.npz", "--limit", 200, "--seed", 3, "--cv", "--json")
    result = run(*arguments, "--set", "alpha=1,100", "--set", "pca=30", "--out", "new/my.model")
    found = json.loads(result.stdout)
    assert found["files"] == ["new/my.model.skops", "new/my.model.onnx"]
    assert found["training"]["n_images"] == 200
    assert found["training"]["random_state"] == 3
    tried = found["training"]["cross_validation"]["tried"]
    assert [row["settings"] for row in tried] == [{"alpha": 1}, {"alpha": 100}]
    assert found["parity"]["n_disagreements"] == 0


def test_a_method_without_onnx_form_is_written_as_skops_only(run, tmp_path):
    settings = ("--set", "kernel=poly", "--set", "pca=20")
    result = run("svm-rbf", "--data", "fonts.npz", *settings, "--out", "poly.onnx")
    assert "no ONNX file: PairwiseSVC with these settings cannot be exported" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"fonts.npz", "poly.skops"}


def test_a_folder_of_pictures_with_few_classes(run, digits, tmp_path):
    chosen = np.isin(digits.labels, [2, 6])
    write_digits(
        replace(digits, images=digits.images[chosen], labels=digits.labels[chosen]),
        tmp_path / "pictures",
        "folders",
    )
    run("logistic-ovr", "--data", "pictures", "--set", "deskew=true", "--out", "few")
    assert load_model("few.onnx").classes == open_model("few.skops").classes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give either a METHOD or --recipe"),
        (("logistic", "--recipe", "latin-digit"), "give either a METHOD or --recipe"),
        (("logistic",), "the data set to fit to is missing"),
        (("logistic", "--data", "fonts.npz", "--epochs", 3), "for a METHOD use --set epochs=5"),
        (("--recipe", "latin-digit", "--limit", 5), "require a METHOD"),
    ],
)
def test_conflicting_options_are_reported(run, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("magic", "--data", "fonts.npz"), UnknownNameError, "unknown method 'magic'; known: "),
        (("ridge", "--data", "x.npz", "--set", "c=1"), UnknownNameError, "unknown setting 'c'"),
        (("ridge", "--data", "x.npz", "--set", "c"), DataError, "must have the form name=value"),
        (("ridge", "--data", "fonts.npz", "--set", "alpha=-1"), DataError, "'alpha' parameter"),
        (("--recipe", "klingon-digit"), UnknownNameError, "unknown recipe 'klingon-digit'"),
    ],
)
def test_invalid_values_are_reported(run, tmp_path, arguments, error, message):
    with pytest.raises(error, match=message):
        run(*arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["fonts.npz"]


def test_help_shows_examples_and_methods(run):
    text = run("--help").stdout
    assert "numerals train logistic --data mnist" in text
    assert "random-forest" in text


def test_learning_curves_are_drawn_for_networks_only(run, tmp_path):
    cv2 = pytest.importorskip("cv2")
    settings = ("--set", "max_iter=3", "--set", "early_stopping=true")
    result = run("mlp", "--data", "fonts.npz", *settings, "--plot", "plots/curves.png", "--json")
    assert "wrote plots/curves.png" in result.stderr and "held out" not in result.stderr
    assert cv2.imread(str(tmp_path / "plots" / "curves.png")).shape[0] > 800  # three panels
    history = json.loads(result.stdout)["history"]
    assert [row["epoch"] for row in history] == [1, 2, 3]
    result = run("ridge", "--data", "fonts.npz", "--plot", "curves.png")
    text = " ".join(result.stderr.replace("│", " ").split())
    assert result.exit_code == 2 and "ridge is not trained in epochs" in text


def test_a_network_that_diverged_replaces_no_file(run, tmp_path):
    pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
    (tmp_path / "cnn.skops").write_bytes(b"good")
    settings = ("--set", "learning_rate=1e30", "--set", "epochs=1")
    with pytest.raises(ModelError, match="expected probabilities"):
        run("cnn-tutorial", "--data", "fonts.npz", "--limit", 60, *settings, "--out", "cnn")
    assert (tmp_path / "cnn.skops").read_bytes() == b"good"


def test_a_folder_that_cannot_be_made_is_reported_before_fitting(run, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(DataError, match="its folder cannot be created"):
        run("logistic", "--data", "missing.npz", "--out", "taken/model")
