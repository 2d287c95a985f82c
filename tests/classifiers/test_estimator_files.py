import argparse
import copy
import io
import os
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

import skops.io
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import Pipeline

from numerals.classifiers import deformation, linear, make_classifier, neighbors, svm, trees
from numerals.classifiers import estimator_files as saved
from numerals.classifiers.estimator_files import (
    EstimatorModel,
    load_estimator,
    open_model,
    save_model,
)
from numerals.errors import ModelError, UnknownNameError
from numerals.models import DigitModel

OPTIONS = {
    "gradient-boosting": {"max_iter": 3},
    "lasso": {"tol": 0.5},
    "elastic-net": {"tol": 0.5},
    "random-forest": {"n_estimators": 5},
    "extra-trees": {"n_estimators": 5},
}
METHODS = [
    *deformation.DEFORMATION_METHODS,
    *neighbors.NEIGHBOR_METHODS,
    *linear.LINEAR_METHODS,
    *svm.SVM_METHODS,
    *trees.TREE_METHODS,
]


def fit(name, digits, **settings):
    estimator = make_classifier(name, OPTIONS.get(name, {}) | settings)
    estimator.fit(digits.images.reshape(len(digits), -1), digits.labels)
    return EstimatorModel(estimator, digits.classes, "latin", (14, 14), {"name": name})


@pytest.fixture(scope="module")
def logistic(known_fonts):
    return fit("logistic", known_fonts)


@pytest.fixture(scope="module")
def tree(known_fonts):
    return fit("decision-tree", known_fonts)


@pytest.mark.parametrize("name", METHODS)
def test_models_round_trip(name, known_fonts, other_fonts, tmp_path):
    steps = {} if name in deformation.DEFORMATION_METHODS else {"denoise": 30, "pca": 20}
    model = fit(name, known_fonts, deskew=True, **steps)
    save_model(model, tmp_path / "model.skops")
    found = open_model(tmp_path / "model.skops")
    assert (found.classes, found.script) == (model.classes, "latin")
    assert (found.image_shape, found.metadata) == ((14, 14), {"name": name})
    expected = model.predict_proba(other_fonts.images)
    np.testing.assert_allclose(found.predict_proba(other_fonts.images), expected, atol=1e-6)


def test_classes_without_images_have_zero_columns(known_fonts, other_fonts):
    chosen = np.isin(known_fonts.labels, [1, 4, 7])
    some = replace(
        known_fonts, images=known_fonts.images[chosen], labels=known_fonts.labels[chosen]
    )
    proba = fit("ridge", some).predict_proba(other_fonts.images)
    assert proba.shape == (len(other_fonts), 10)
    assert proba.dtype == np.float32
    assert np.flatnonzero(proba.any(axis=0)).tolist() == [1, 4, 7]


def test_images_of_another_shape_raise(logistic):
    with pytest.raises(ValueError, match=r"images must be uint8 of shape \(n, 14, 14\)"):
        logistic.predict_proba(np.zeros((1, 28, 28), np.uint8))
    assert logistic.predict_proba(np.zeros((0, 14, 14), np.uint8)).shape == (0, 10)


def test_scripts_and_onnx_files_are_opened_by_onnxruntime():
    assert isinstance(open_model("latin"), DigitModel)
    with pytest.raises(UnknownNameError):
        open_model("klingon")


def test_a_failed_write_keeps_the_old_file(logistic, tmp_path):
    path = tmp_path / "model.skops"
    path.write_bytes(b"before")
    with pytest.raises(Exception, match=r"not supported|can't|cannot|pickle"):
        save_model(replace(logistic, estimator=(line for line in "ab")), path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("strange", [argparse.Namespace(a=1), os.getcwd, shutil.rmtree])
def test_untrusted_types_are_rejected_by_name(strange, tmp_path):
    path = tmp_path / "odd.skops"
    skops.io.dump({"format": saved.ESTIMATOR_FORMAT, "estimator": strange}, path)
    name = getattr(strange, "__name__", type(strange).__name__)
    with pytest.raises(ModelError, match=rf"odd.skops: contains .*{name}"):
        load_estimator(path)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 damaged"])
def test_damaged_files_are_rejected(content, tmp_path):
    path = tmp_path / "bad.skops"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad.skops: not a skops file"):
        open_model(path)


def test_a_missing_file_raises(tmp_path):
    with pytest.raises(ModelError, match=r"none.skops: no such model file"):
        open_model(tmp_path / "none.skops")


def test_a_truncated_file_is_rejected(logistic, tmp_path):
    path = tmp_path / "cut.skops"
    save_model(logistic, path)
    with zipfile.ZipFile(path) as archive:
        schema = archive.read("schema.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", schema)
    with pytest.raises(ModelError, match=r"cut.skops: not a readable model"):
        load_estimator(path)


def test_file_sizes_are_limited(logistic, tmp_path, monkeypatch):
    path = tmp_path / "large.skops"
    save_model(logistic, path)
    monkeypatch.setattr(saved, "MAX_ESTIMATOR_BYTES", 5000)
    with pytest.raises(ModelError, match="larger than"):
        load_estimator(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", bytes(100_000))
    with pytest.raises(ModelError, match="unpacks to 100,000 bytes"):
        load_estimator(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "numerals-estimator-9"}, "not in the format numerals-estimator-1"),
        ({"classes": list("01234")}, "expected 14x14 pixels and indices of 5 classes"),
        ({"image_shape": [28, 28]}, "has 196 features .* expected 28x28 pixels"),
        ({"image_shape": None}, "incomplete"),
        ({"estimator": SGDClassifier()}, "incomplete"),
        ({"estimator": Pipeline([("classify", "passthrough")])}, "incomplete"),
    ],
)
def test_inconsistent_content_is_rejected(logistic, tmp_path, change, message):
    path = tmp_path / "forged.skops"
    content = vars(logistic) | {
        "format": saved.ESTIMATOR_FORMAT,
        "classes": list(logistic.classes),
        "image_shape": list(logistic.image_shape),
    }
    skops.io.dump(content | change, path)
    with pytest.raises(ModelError, match=message):
        load_estimator(path)


FORGERIES = {
    "a child beyond the nodes": ("left_child", 10**6),
    "a child that leads back": ("left_child", 0),
    "a pixel that there is not": ("feature", 196),
    "a pixel before the first": ("feature", -7),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_trees_are_rejected(tree, tmp_path, forgery):
    field, value = FORGERIES[forgery]
    path = tmp_path / "tree.skops"
    save_model(tree, path)
    rewrite_nodes(path, field, value)
    with pytest.raises(ModelError, match="has a tree that refers to missing nodes or pixels"):
        load_estimator(path)


def test_forged_trees_of_gradient_boosting_are_rejected(known_fonts, tmp_path):
    path = tmp_path / "boosting.skops"
    model = fit("gradient-boosting", known_fonts)
    save_model(model, path)
    load_estimator(path)
    rewrite_nodes(path, "feature_idx", 5000)
    with pytest.raises(ModelError, match="has a tree that refers to missing nodes or pixels"):
        load_estimator(path)
    boosting = model.estimator.named_steps["classify"]
    boosting._predictors[0] = boosting._predictors[0] * 2  # more trees a round than classes
    save_model(model, path)
    with pytest.raises(ModelError, match="with an inconsistent state"):
        load_estimator(path)


def test_trees_with_more_features_than_their_forest_are_rejected(known_fonts, tmp_path):
    model = fit("random-forest", known_fonts)
    wider = np.pad(known_fonts.images.reshape(len(known_fonts), -1), ((0, 0), (0, 4)), mode="edge")
    forest = model.estimator.named_steps["classify"]
    forest.estimators_[0].fit(wider, known_fonts.labels)  # not what the forest's X is held to
    save_model(model, tmp_path / "forest.skops")
    with pytest.raises(ModelError, match="has a tree that refers to missing nodes or pixels"):
        load_estimator(tmp_path / "forest.skops")


def rewrite_nodes(path, field, value):
    """Put another value into the root of every tree of a file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if name.endswith(".npy"):
                nodes = np.load(io.BytesIO(content))
                if nodes.dtype.names and field in nodes.dtype.names:
                    nodes[field][0] = value
                    buffer = io.BytesIO()
                    np.save(buffer, nodes)
                    content = buffer.getvalue()
            archive.writestr(name, content)


def test_too_many_jobs_are_rejected(known_fonts, tmp_path):
    path = tmp_path / "forest.skops"
    forest = fit("random-forest", known_fonts)
    forest.estimator.named_steps["classify"].n_jobs = 10**6
    save_model(forest, path)
    with pytest.raises(ModelError, match="with an inconsistent state"):
        load_estimator(path)


def test_a_failing_estimator_raises_model_error(logistic):
    estimator = copy.deepcopy(logistic.estimator)
    estimator.named_steps["classify"].coef_ = np.zeros((10, 3))
    with pytest.raises(ModelError, match="fails in predict_proba"):
        replace(logistic, estimator=estimator).predict_proba(np.zeros((1, 14, 14), np.uint8))


def test_zip_bombs_and_unknown_entries_are_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(saved, "MIN_UNPACKED", 1000)
    path = tmp_path / "x.skops"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", bytes(10**6))
    with pytest.raises(ModelError, match="unpacks to 1,000,000 bytes"):
        load_estimator(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.npz", b"")
    with pytest.raises(ModelError, match=r"contains 'inner\.npz'"):
        load_estimator(path)
