"""``numerals explain``, from the command line to its files."""

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
from numerals.classifiers.estimator_files import save_model
from numerals.cli.app import app
from numerals.data import read_digits
from numerals.errors import DataError, ModelError, NumeralsError, UnknownNameError
from numerals.lab.fit import fit_method
from numerals.synthesis.font_glyphs import load_font_glyphs

N_TRAIN = 150


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with digits of both splits, and two models fitted on the first of them."""
    folder = tmp_path_factory.mktemp("explain")
    glyphs, characters = load_font_glyphs()
    drawn = glyphs[:40, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    images = np.stack([cv2.resize(g, (16, 16), interpolation=cv2.INTER_AREA) for g in drawn])
    labels = np.tile(np.arange(10), 40)
    np.savez(
        folder / "fonts.npz",
        x_train=images[:300], y_train=labels[:300], x_test=images[300:], y_test=labels[300:],
    )  # fmt: skip
    digits = read_digits(folder / "fonts.npz")
    for name in ("logistic", "decision-tree"):
        save_model(fit_method(name, digits, limit=N_TRAIN), folder / f"{name}.skops")
    return folder


def _explain(folder, model, *options):
    data = str(folder / "fonts.npz")
    arguments = ["explain", str(folder / model), "--data", data, *map(str, options)]
    return CliRunner().invoke(app, arguments)


def test_a_digit_is_explained_as_text(folder):
    result = _explain(folder, "decision-tree.skops", "--index", 4, "--index", 17)
    assert result.exit_code == 0, result.output
    assert "image 4: " in result.stdout and "image 17: " in result.stdout
    assert "nearest training images: " in result.stdout
    assert "accuracy on the first 100 digits of fonts test: " in result.stdout


def test_json_holds_the_numbers(folder):
    result = _explain(folder, "decision-tree.skops", "--index", 4, "--why-not", 7, "--json")
    explanation = json.loads(result.stdout)
    digit = explanation["digits"][0]
    assert (digit["index"], digit["truth"], digit["other"]) == (4, "4", "7")
    assert (
        explanation["n_train"] == N_TRAIN
    )  # evidence comes from the images that the model was fitted on
    assert all(example["index"] < N_TRAIN for example in digit["evidence"])
    assert {example["label"] for example in digit["evidence_for_other"]} == {"7"}
    assert set(explanation["prototypes"]) == set("0123456789")


def test_the_counterpart_is_fitted_and_all_files_are_written(folder, tmp_path):
    options = (
        "--out",
        tmp_path / "a.html",
        "--png",
        tmp_path / "png",
        "--maps",
        tmp_path / "a.npz",
    )
    result = _explain(folder, "logistic.skops", "--index", 3, *options)
    assert result.exit_code == 0, result.output
    assert f"fitting logistic-ovr to {N_TRAIN} images" in result.stderr
    assert "Explanation of logistic on fonts test" in (tmp_path / "a.html").read_text(
        encoding="utf-8"
    )
    assert (tmp_path / "png" / "coefficients.png").is_file()
    with np.load(tmp_path / "a.npz") as maps:
        assert maps["coefficients"].shape == maps["coefficients_beside"].shape == (10, 16, 16)
    assert not list(tmp_path.rglob("*.partial"))


def test_beside_none_fits_no_counterpart(folder):
    result = _explain(folder, "logistic.skops", "--beside", "none", "--index", 3)
    assert result.exit_code == 0 and result.stderr == ""


def test_a_picture_is_explained(folder, tmp_path):
    image = read_digits(folder / "fonts.npz", split="test").images[7]
    cv2.imwrite(str(tmp_path / "seven.png"), image)
    result = _explain(folder, "decision-tree.skops", "--image", tmp_path / "seven.png", "--json")
    pictured = json.loads(result.stdout)["digits"][0]
    result = _explain(folder, "decision-tree.skops", "--index", 7, "--json")
    indexed = json.loads(result.stdout)["digits"][0]
    assert pictured["index"] is None and pictured["truth"] is None
    assert pictured["confidence"] == indexed["confidence"]
    assert pictured["evidence"] == indexed["evidence"]


def test_a_picture_of_another_size_is_rejected(folder, tmp_path):
    cv2.imwrite(str(tmp_path / "large.png"), np.zeros((20, 20), np.uint8))
    with pytest.raises(DataError, match=r"a digit of \(20, 20\) pixels"):
        _raise(_explain(folder, "decision-tree.skops", "--image", tmp_path / "large.png"))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (("--index", 100), DataError, "no image 100; there are 100"),
        (("--why-not", "x"), UnknownNameError, "unknown class 'x'; known: 0"),
        (("--beside", "decision-tree.skops"), ModelError, "no such model file"),
        (("--train", "nothing"), DataError, "name a data set that has them with --train"),
    ],
)
def test_bad_input_is_reported(folder, options, error, message):
    with pytest.raises(error, match=message):
        _raise(_explain(folder, "decision-tree.skops", *options))


def test_a_data_set_without_training_images_needs_another(folder, monkeypatch):
    import numerals.data

    def load(source, format=None, *, split="train", on_error=None):
        if split == "train":
            raise UnknownNameError("split of dig-mnist", split, ["test"])
        return read_digits(source, split=split)

    monkeypatch.setattr(numerals.data, "load_or_read_digits", load)
    with pytest.raises(DataError, match="with --train"):
        _raise(_explain(folder, "decision-tree.skops"))


def test_index_and_image_exclude_each_other(folder):
    result = _explain(folder, "decision-tree.skops", "--index", 1, "--image", "x.png")
    assert result.exit_code == 2
    assert "choose only one of --index and --image" in result.output


def _raise(result):
    """Raise the error of the command, which `numerals.cli.app.main` prints as one line."""
    assert isinstance(result.exception, NumeralsError), result.output
    raise result.exception
