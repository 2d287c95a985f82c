import json

import numpy as np
import pytest

from numerals.data import load_digits
from numerals.errors import ModelError, UnknownNameError
from numerals.ink import to_mnist
from numerals.models import DIGIT_FORMAT, SHIPPED_DIGIT_MODELS, load_model, model_path


def test_every_shipped_model_loads_and_is_small():
    for script in SHIPPED_DIGIT_MODELS:
        model = load_model(script)
        assert model.script == script
        assert len(model.classes) == 10
        assert model.metadata["format"] == DIGIT_FORMAT
        assert model_path(script).stat().st_size < 1.5e6
        assert model_path(script).with_suffix(".md").exists(), "a model ships with its card"


def test_predict_proba_returns_probabilities():
    model = load_model()
    proba = model.predict_proba(np.zeros((3, 28, 28), np.uint8))
    assert proba.shape == (3, 10)
    assert proba.dtype == np.float32
    assert (proba >= 0).all() and (proba.sum(axis=1) <= 1.0001).all()
    assert model.predict_proba(np.zeros((0, 28, 28), np.uint8)).shape == (0, 10)


def test_order_of_images_does_not_matter():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (600, 28, 28)).astype(np.uint8)
    model = load_model()
    np.testing.assert_allclose(
        model.predict_proba(images)[::-1], model.predict_proba(images[::-1]), atol=1e-5
    )


@pytest.mark.parametrize(
    "bad", [np.zeros((2, 28, 27), np.uint8), np.zeros((28, 28), np.uint8), np.zeros((1, 28, 28))]
)
def test_arrays_of_other_shapes_and_dtypes_are_refused(bad):
    with pytest.raises(ValueError, match=r"images must be uint8 of shape \(n, 28, 28\)"):
        load_model().predict_proba(bad)


def test_unknown_names_are_refused(tmp_path):
    with pytest.raises(UnknownNameError, match=r"klingon.*known: "):
        load_model("klingon")
    with pytest.raises(ModelError, match="no such model file"):
        load_model(tmp_path / "missing.onnx")


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x07" * 50])
def test_files_that_are_not_models_are_refused(tmp_path, content):
    path = tmp_path / "bad.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.onnx"):
        load_model(path)


def test_other_onnx_models_are_refused(tmp_path):
    onnx = pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")
    path = tmp_path / "other.onnx"
    model = onnx.load(model_path("latin"))
    del model.metadata_props[:]
    onnx.save(model, path)
    with pytest.raises(ModelError, match="format=None, expected"):
        load_model(path)
    properties = {"format": DIGIT_FORMAT, "classes": json.dumps(["a"]), "script": "latin"}
    onnx.helper.set_model_props(model, properties)
    onnx.save(model, path)
    with pytest.raises(ModelError, match="returns 11 columns for 1 classes"):
        load_model(path)


@pytest.mark.data
def test_shipped_model_reads_mnist(data_folder):
    from numerals.data import load_digits
    from numerals.evaluation import digit_accuracy

    digits = load_digits("mnist", "test")
    figures = digit_accuracy(load_model().predict_proba(digits.images), digits.labels)
    assert figures.n_wrong <= 35


def test_separately_packaged_model_is_found_once_its_package_is_installed(tmp_path, monkeypatch):
    with pytest.raises(ModelError, match="pip install numerals-persian"):
        model_path("persian")
    (tmp_path / "numerals_persian.py").write_text(
        f"from pathlib import Path; MODEL = Path({str(tmp_path / 'persian.onnx')!r})"
    )
    info = tmp_path / "numerals_persian-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numerals-persian\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[numerals.models]\npersian = numerals_persian:MODEL\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert model_path("persian") == tmp_path / "persian.onnx"


@pytest.mark.data
@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("latin", "mnist"),
        ("kannada", "kannada-mnist"),
        ("bangla", "cmaterdb-bangla"),
        ("devanagari", "cmaterdb-devanagari"),
    ],
)
def test_every_shipped_model_reads_its_digits(script, name, data_folder, monkeypatch):
    monkeypatch.setenv("NUMERALS_DATA", str(data_folder))
    digits, model = load_digits(name, "test"), load_model(script)
    assert model.classes == digits.classes
    some = np.random.default_rng(0).permutation(len(digits))[:500]
    images = digits.images[some]
    if images.shape[1:] != (28, 28):
        images = np.stack([to_mnist(image) for image in images])
    right = model.predict_proba(images).argmax(axis=1) == digits.labels[some]
    assert right.mean() > 0.95
