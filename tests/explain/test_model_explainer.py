"""Explanations of whole models: selection, contents, files and errors."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
from drawn_models import FakeModel
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier

from numerals.errors import DataError, ModelError, UnknownNameError
from numerals.explain import explain_model
from numerals.reports.explanation_report import write_explanation, write_maps
from numerals.reports.explanation_text import explanation_text


def _fit(estimator, digits, name):
    estimator.fit(digits.images.reshape(len(digits), -1), digits.labels)
    return FakeModel(estimator, metadata={"name": name})


@pytest.fixture(scope="module")
def logistic(train):
    return _fit(LogisticRegression(C=1e-6, max_iter=1000), train, "logistic")


@pytest.fixture(scope="module")
def forest(train):
    return _fit(RandomForestClassifier(5, random_state=0), train, "forest")


@pytest.fixture(scope="module")
def without_nine(train):
    few = replace(
        train, images=train.images[train.labels < 9], labels=train.labels[train.labels < 9]
    )
    return _fit(RandomForestClassifier(5, random_state=0), few, "forest")


def test_a_linear_model_is_explained_by_its_weights(logistic, train, other_digits):
    explanation = explain_model(logistic, other_digits, train, indices=[3, 14], n_shown=4)
    assert [method for method, _ in explanation.methods] == ["weight times ink", "occlusion"]
    proba = logistic.predict_proba(other_digits.images[[3, 14]])
    for digit, row in zip(explanation.explained, proba, strict=True):
        assert digit.answer == row.argmax()
        exact = digit.attributions[0].contrast
        assert exact.score == pytest.approx(np.log(row[digit.answer] / row[digit.other]), rel=1e-4)
        assert abs(exact.residual) < 1e-9
        assert len(digit.nearest.indices) == 4
        assert set(digit.nearest_of_other.labels.tolist()) == {digit.other}


def test_other_models_are_explained_by_occlusion(forest, train, other_digits):
    explanation = explain_model(forest, other_digits, train, n_shown=3)
    assert [method for method, _ in explanation.methods] == ["occlusion"]
    assert explanation.linear is None
    hardest = [hard.truth_probability for of_class in explanation.hardest for hard in of_class]
    shown = [float(digit.proba[digit.query.truth]) for digit in explanation.explained]
    assert shown == sorted(hardest)[:3]
    for digit in explanation.explained:  # wrong answers are contrasted with the truth
        assert digit.answer == digit.query.truth or digit.other == digit.query.truth


def test_the_contrast_class_can_be_chosen(forest, train, other_digits):
    explanation = explain_model(forest, other_digits, train, indices=[3], why_not="7")
    assert explanation.explained[0].other == 7
    answer = str(explanation.explained[0].answer)
    same = explain_model(forest, other_digits, train, indices=[3], why_not=answer)
    assert same.explained[0].other != same.explained[0].answer


def test_a_picture_is_explained(forest, train, other_digits):
    explanation = explain_model(forest, other_digits, train, image=other_digits.images[8])
    assert [digit.query.index for digit in explanation.explained] == [None]
    assert explanation.to_dict()["digits"][0]["truth"] is None
    assert "the picture: " in explanation_text(explanation)


def test_a_digit_is_not_evidence_for_itself(forest, train):
    explanation = explain_model(forest, train, train, indices=[5], limit=50)
    assert 5 not in explanation.explained[0].nearest.indices
    assert explanation.n_measured == 50


def test_digits_without_labels_have_no_hardest_examples(forest, train, other_digits):
    unlabelled = replace(other_digits, labels=np.full(len(other_digits), -1))
    explanation = explain_model(forest, unlabelled, train)
    assert explanation.hardest == () and explanation.accuracy is None
    assert [digit.query.index for digit in explanation.explained] == [0, 1, 2]


def test_with_a_single_neighbor_the_next_class_is_the_runner_up(train, other_digits):
    model = _fit(KNeighborsClassifier(1), train, "euclidean")
    explanation = explain_model(model, other_digits, train, indices=[3], n_shown=300).explained[0]
    labels = explanation.nearest.labels.tolist()
    assert explanation.proba[explanation.runner_up] == 0
    assert explanation.runner_up == next(label for label in labels if label != explanation.answer)


def test_classes_that_were_not_learned_are_ignored(without_nine, train, other_digits):
    explanation = explain_model(without_nine, other_digits, train, indices=[9])
    assert explanation.explained[0].answer != 9
    assert explanation.explained[0].other != 9
    with pytest.raises(ModelError, match="has not learned class 9"):
        explain_model(without_nine, other_digits, train, why_not="9")


def test_bad_input_is_rejected(forest, logistic, train, other_digits):
    with pytest.raises(DataError, match=r"no image 100; there are 100, from 0 to 99"):
        explain_model(forest, other_digits, train, indices=[100])
    with pytest.raises(DataError, match="no image -1"):
        explain_model(forest, other_digits, train, indices=[-1])
    with pytest.raises(UnknownNameError, match="unknown class 'x'; known: 0, 1"):
        explain_model(forest, other_digits, train, why_not="x")
    with pytest.raises(ModelError, match="no coefficients"):
        explain_model(logistic, other_digits, train, beside=forest)
    with pytest.raises(DataError, match="labels"):
        explain_model(forest, other_digits, replace(train, labels=train.labels - 10))
    with pytest.raises(DataError, match="digits of"):
        explain_model(forest, replace(other_digits, images=np.zeros((100, 9, 9), np.uint8)), train)
    with pytest.raises(DataError, match="9 classes"):
        explain_model(forest, replace(other_digits, classes=tuple("012345678")), train)
    with pytest.raises(DataError, match="no images"):
        empty = replace(other_digits, images=other_digits.images[:0], labels=train.labels[:0])
        explain_model(forest, empty, train)


def test_all_figures_and_maps_are_written(logistic, train, other_digits, tmp_path):
    beside = _fit(
        OneVsRestClassifier(LogisticRegression(C=1e-6, max_iter=1000)), train, "logistic-ovr"
    )
    explanation = explain_model(
        logistic, other_digits, train, indices=[7], beside=beside, n_shown=2
    )
    written = write_explanation(explanation, tmp_path / "page.html", tmp_path / "png")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "http://" not in html.replace("http://www.w3.org/", "")
    assert "https://" not in html
    names = {path.name for path in written}
    assert names == {
        "page.html",
        "coefficients.png",
        "classes.png",
        "prototypes.png",
        "hardest.png",
        "image-7-reasons.png",
        "image-7-evidence.png",
    }
    assert {path.name for path in tmp_path.rglob("*.png")} == names - {"page.html"}
    write_maps(explanation, tmp_path / "maps.npz")
    with np.load(tmp_path / "maps.npz") as archive:
        np.testing.assert_array_equal(archive["coefficients"], explanation.linear.weights)
        assert archive["coefficients_beside"].shape == (10, 14, 14)
        assert archive["digit7-occlusion-contrast"].shape == (14, 14)


def test_an_explanation_draws_its_figures(train, other_digits):
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    estimator = LogisticRegression(C=1e-6, max_iter=1000).fit(train.X, train.y)
    explanation = explain_model(estimator, other_digits, train, indices=[3], n_shown=2)
    assert explanation.name == "Logistic Regression"
    names = ["coefficients", "image-3-reasons", "image-3-evidence", "classes", "prototypes"]
    assert list(explanation.plots()) == [*names, "hardest"]
    for name in (None, *explanation.plots()):
        assert len(explanation.plot(name)) >= 1
    with pytest.raises(UnknownNameError, match="unknown figure 'image-4'"):
        explanation.plot("image-4")
    [digit] = explanation.explained
    assert len(digit.plot()) > 4
    assert repr(digit).startswith("DigitExplanation(image 3: ")
    assert explanation._repr_html_().count("<img") == 2
    assert len(repr(explanation)) < 150
