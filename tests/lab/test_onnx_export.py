from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

from numerals.classifiers import linear, mlp, svm, trees
from numerals.errors import ModelError
from numerals.lab import export_model, fit_method
from numerals.models import load_model

METHODS = [
    *("cosine", "euclidean"),
    *linear.LINEAR_METHODS,
    *svm.SVM_METHODS,
    *trees.TREE_METHODS,
    *mlp.MLP_METHODS,
]
QUICK = {
    "gradient-boosting": {"max_iter": 5},
    "random-forest": {"n_estimators": 20},
    "extra-trees": {"n_estimators": 20},
    "lasso": {"tol": 0.5},
    "elastic-net": {"tol": 0.5},
}
STEPS = [
    {},
    {"deskew": True, "denoise": 40, "pca": 30, "pca__whiten": True},
    {"scale": False, "deskew": True},
]


def fit(name, digits, **settings):
    return fit_method(name, digits, QUICK.get(name, {}) | settings)


@pytest.mark.parametrize("settings", STEPS, ids=["plain", "all-steps", "grey-levels"])
@pytest.mark.parametrize("name", METHODS)
def test_onnx_has_the_probabilities_of_the_estimator(
    name, settings, known_fonts, other_fonts, tmp_path
):
    model = fit(name, known_fonts, **settings)
    parity = export_model(model, tmp_path / "model.onnx", other_fonts.images)
    assert (parity.n_images, parity.n_disagreements) == (150, 0)
    assert parity.max_difference < 2e-5
    found = load_model(tmp_path / "model.onnx").predict_proba(other_fonts.images)
    np.testing.assert_allclose(found, model.predict_proba(other_fonts.images), atol=2e-5)


@pytest.mark.parametrize("learned", [(3, 8), (0, 4, 9)], ids=["two", "three"])
@pytest.mark.parametrize("name", METHODS)
def test_classes_that_were_not_learned_have_zero_columns(
    name, learned, known_fonts, other_fonts, tmp_path
):
    chosen = np.isin(known_fonts.labels, learned)
    some = replace(
        known_fonts, images=known_fonts.images[chosen], labels=known_fonts.labels[chosen]
    )
    parity = export_model(fit(name, some), tmp_path / "model.onnx", other_fonts.images)
    assert parity.n_disagreements == 0
    proba = load_model(tmp_path / "model.onnx").predict_proba(other_fonts.images)
    assert tuple(np.flatnonzero(proba.any(axis=0))) == learned


def test_the_file_holds_the_metadata(known_fonts, tmp_path):
    wide = replace(known_fonts, images=np.ascontiguousarray(known_fonts.images[:, 2:12]))
    wide = replace(wide, classes=tuple("೦೧೨೩೪೫೬೭೮೯"), script="kannada")
    model = fit("ridge", wide, deskew=True)
    export_model(model, tmp_path / "model.onnx", wide.images)
    found = load_model(tmp_path / "model.onnx")
    assert (found.classes, found.script) == (wide.classes, "kannada")
    assert found.image_shape == (10, 14)
    assert found.metadata == {**model.metadata, "format": "numerals-digit-1"}


def test_deskewed_pixels_are_the_same_to_the_last_grey_level(known_fonts, tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, known_fonts.images.shape).astype(np.uint8)
    images = np.concatenate([known_fonts.images, noise, np.zeros_like(noise[:1])])
    model = fit("decision-tree", known_fonts, deskew=True, min_samples_leaf=1)
    parity = export_model(model, tmp_path / "model.onnx", images)
    assert parity.max_difference == 0


def test_a_file_whose_probabilities_differ_is_not_written(known_fonts, other_fonts, tmp_path):
    model = fit("ridge", known_fonts)
    path = tmp_path / "model.onnx"
    path.write_bytes(b"before")

    class Drifting(type(model)):
        def predict_proba(self, images):
            return super().predict_proba(images) * np.float32(0.99)

    with pytest.raises(
        ModelError, match=r"model.onnx: not written, .* differ by up to .* 1e-04 is allowed"
    ):
        export_model(Drifting(**vars(model)), path, other_fonts.images)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("method", "settings", "message"),
    [
        ("svm-rbf", {"kernel": "poly"}, "PairwiseSVC with these settings cannot be exported"),
        ("manhattan", {}, "Manhattan distances cannot be exported to ONNX"),
        ("idm", {}, "ImageDistortionClassifier searches for the best deformation"),
    ],
)
def test_methods_without_onnx_form_are_named(method, settings, message, known_fonts, tmp_path):
    model = fit(method, known_fonts, **settings)
    with pytest.raises(ModelError, match=message):
        export_model(model, tmp_path / "model.onnx", known_fonts.images)
    assert not list(tmp_path.iterdir())
