import json
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.errors import DataError, UnknownNameError
from numerals.lab import fit_method
from numerals.lab.folds import make_folds


def training(model):
    return json.loads(model.metadata["training"])


def test_the_model_records_how_it_was_fitted(known_fonts):
    model = fit_method("ridge", known_fonts, {"alpha": 3.0, "pca": 30}, limit=200, random_state=5)
    record = training(model)
    assert model.metadata["name"] == "ridge"
    assert json.loads(model.metadata["classes"]) == list("0123456789")
    assert (model.script, model.image_shape) == ("latin", (14, 14))
    assert record["settings"] == {"alpha": 3.0, "pca": 30}
    assert (record["data"], record["split"], record["n_images"]) == ("fonts", "train", 200)
    assert record["images_of_class"] == dict.fromkeys("0123456789", 20)
    assert (record["limit"], record["random_state"]) == (200, 5)
    assert record["seconds"] > 0
    assert set(record["versions"]) >= {"numerals", "numpy", "scikit-learn"}
    assert model.estimator.named_steps["pca"].random_state == 5


def test_a_fitted_model_classifies_other_digits(known_fonts, other_fonts):
    model = fit_method("logistic", known_fonts)
    answers = model.predict_proba(other_fonts.images).argmax(axis=1)
    assert (answers == other_fonts.labels).mean() > 0.6


def test_the_same_seed_gives_the_same_model(known_fonts, other_fonts):
    settings = {"n_estimators": 5}
    first, again, other = (
        fit_method("random-forest", known_fonts, settings, random_state=seed).predict_proba(
            other_fonts.images
        )
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_cross_validation_chooses_among_values(known_fonts):
    lines = []
    settings = {"C": (1e-6, 0.1), "pca": (2, 40), "max_iter": 50}
    model = fit_method("logistic", known_fonts, settings, cv=True, on_progress=lines.append)
    found = training(model)["cross_validation"]
    assert lines[0].startswith("warning: 3 random folds, because fonts names no writers.")
    assert [line.partition(": ")[0] for line in lines[1:5]] == [f"{i} of 4" for i in (1, 2, 3, 4)]
    assert lines[5:] == ["fitting logistic to 300 images"]
    assert len(found["tried"]) == 4
    assert found["chosen"]["settings"] == {"C": 0.1, "pca": 40}
    assert found["chosen"]["accuracy"] == max(tried["accuracy"] for tried in found["tried"])
    steps = model.estimator.named_steps
    assert (steps["pca"].n_components, steps["classify"].C) == (40, 0.1)
    assert steps["classify"].max_iter == 50


def test_cross_validation_keeps_the_digits_of_a_writer_together(known_fonts):
    n = len(known_fonts)
    seven = replace(known_fonts, writers=np.arange(n) * 7 // n)
    folds = make_folds(seven, 3)
    assert folds.by_writer and "each of the 7 writers is in one fold" in folds.description
    for train, test in folds.splits:
        assert not set(seven.writers[train]) & set(seven.writers[test])
    assert sorted(np.concatenate([test for _, test in folds.splits]).tolist()) == list(range(n))
    record = training(fit_method("ridge", seven, {"pca": (10, 20), "alpha": 1.0}, cv=True))
    assert record["cross_validation"]["by_writer"] is True


def test_too_few_writers_give_random_folds(known_fonts):
    two = replace(known_fonts, writers=np.arange(len(known_fonts)) % 2)
    folds = make_folds(two, 3)
    assert not folds.by_writer and "names only 2 writers" in folds.description


def test_cross_validation_uses_the_grid_of_the_method(known_fonts):
    found = training(fit_method("ridge", known_fonts, cv=True))["cross_validation"]
    assert [tried["settings"]["alpha"] for tried in found["tried"]] == [1.0, 10.0, 100.0]
    found = training(
        fit_method("ridge", known_fonts, {"alpha": 5.0, "deskew": (True, False)}, cv=True)
    )
    assert [tried["settings"] for tried in found["cross_validation"]["tried"]] == [
        {"deskew": True},
        {"deskew": False},
    ]


def test_images_need_not_be_square(known_fonts):
    wide = replace(known_fonts, images=np.ascontiguousarray(known_fonts.images[:, 2:12]))
    model = fit_method("ridge", wide, {"deskew": True})
    assert model.estimator.named_steps["deskew"].image_shape_ == (10, 14)
    model = fit_method("ridge", wide, {"deskew": (True, False), "alpha": 1.0}, cv=True)
    assert model.image_shape == (10, 14)


def test_missing_convergence_is_noted(known_fonts):
    lines = []
    model = fit_method("logistic", known_fonts, {"max_iter": 2}, on_progress=lines.append)
    assert "stopped before it converged" in lines[-1]
    assert training(model)["notes"] == lines[1:]


def test_digits_without_labels_are_rejected(known_fonts):
    labels = known_fonts.labels.copy()
    labels[3] = -1
    with pytest.raises(DataError, match="fonts: 1 of 300 digits have no label to learn from"):
        fit_method("ridge", replace(known_fonts, labels=labels))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"C": "much"}, "logistic cannot be fitted to fonts: The 'C' parameter .* must be a float"),
        ({"pca": 500}, "logistic cannot be fitted to fonts: n_components=500 must be between"),
    ],
)
def test_a_setting_out_of_range_is_named(known_fonts, settings, message):
    with pytest.raises(DataError, match=message):
        fit_method("logistic", known_fonts, settings)


def test_a_single_class_cannot_be_fitted(known_fonts):
    ones = known_fonts.labels == 1
    digits = replace(known_fonts, images=known_fonts.images[ones], labels=known_fonts.labels[ones])
    with pytest.raises(DataError, match="logistic cannot be fitted to fonts"):
        fit_method("logistic", digits)


def test_bad_names_and_limits_are_rejected(known_fonts):
    with pytest.raises(UnknownNameError, match="unknown method 'magic'"):
        fit_method("magic", known_fonts, cv=True)
    with pytest.raises(UnknownNameError, match="unknown setting 'c'"):
        fit_method("logistic", known_fonts, {"c": (1, 2)}, cv=True)
    with pytest.raises(DataError, match="limit=0 must be 1 or more"):
        fit_method("logistic", known_fonts, limit=0)
    with pytest.raises(DataError, match="cnn-tutorial: nothing to choose"):
        fit_method("cnn-tutorial", known_fonts, cv=True)
