"""Coefficients brought back to pixels are the model, whatever came between."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from numerals.classifiers import make_classifier
from numerals.explain.coefficients import class_means, linear_scores


def _flat(digits):
    return digits.images.reshape(len(digits), -1)


def _expected(estimator, digits):
    return estimator.decision_function(_flat(digits))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("logistic", {}),
        ("logistic", {"pca": 10, "denoise": 30}),
        ("logistic-ovr", {"pca": 10}),
        ("ridge", {}),
        ("elastic-net", {"max_iter": 2000}),
        ("svm-linear", {"scale": False, "pca": 30, "C": 1e-6}),
    ],
)
def test_weights_give_the_decision_function(name, settings, train, other_digits):
    estimator = make_classifier(name, settings).fit(_flat(train), train.labels)
    found = linear_scores(estimator, train.images, 10)
    assert found.after == ()
    by_hand = found.offsets + np.einsum("nij,cij->nc", other_digits.images / 255, found.weights)
    expected = _expected(estimator, other_digits)
    np.testing.assert_allclose(by_hand, expected, rtol=1e-4, atol=1e-4 * np.ptp(expected))
    np.testing.assert_allclose(found.scores(other_digits.images), by_hand, rtol=1e-9, atol=1e-9)


def test_in_double_precision_the_weights_are_exact(train, other_digits):
    estimator = Pipeline([("scale", StandardScaler()), ("classify", RidgeClassifier())])
    estimator.fit(_flat(train), train.labels)
    found = linear_scores(estimator, train.images, 10).scores(other_digits.images)
    np.testing.assert_allclose(found, _expected(estimator, other_digits), rtol=1e-8, atol=1e-8)


def test_contributions_add_up_to_the_difference_of_scores(train, other_digits):
    estimator = make_classifier("ridge").fit(_flat(train), train.labels)
    found = linear_scores(estimator, train.images, 10)
    scores = _expected(estimator, other_digits)[0]
    contrast = found.attribute(other_digits.images[0], 3, 8)
    assert contrast.score == pytest.approx(scores[3] - scores[8], abs=1e-5)
    assert contrast.residual == pytest.approx(0, abs=1e-9)
    assert not contrast.values[other_digits.images[0] == 0].any()


def test_weights_are_of_the_upright_digit_where_it_is_deskewed(train, other_digits):
    estimator = make_classifier("ridge", {"deskew": True, "pca": 20})
    estimator.fit(_flat(train), train.labels)
    found = linear_scores(estimator, train.images, 10)
    assert found.after == ("deskew",)
    upright = estimator[:1].transform(_flat(other_digits)).reshape(-1, 14, 14)
    np.testing.assert_array_equal(found.seen(other_digits.images), upright)
    of_class = upright[other_digits.labels == 4]
    np.testing.assert_allclose(class_means(other_digits, found)[4], of_class.mean(axis=0))
    expected = _expected(estimator, other_digits)
    np.testing.assert_allclose(found.scores(other_digits.images), expected, rtol=1e-4, atol=1e-4)


def test_steps_that_bend_and_mix_pixels_leave_no_map(train):
    bend = FunctionTransformer(lambda X: 255.0 * (X[:, :100] > 100))
    estimator = Pipeline([("bend", bend), ("classify", RidgeClassifier())])
    estimator.fit(_flat(train), train.labels)
    assert linear_scores(estimator, train.images, 10) is None


@pytest.mark.parametrize("name", ["svm-rbf", "random-forest"])
def test_other_models_have_no_weights(name, train):
    estimator = make_classifier(name).fit(_flat(train), train.labels)
    assert linear_scores(estimator, train.images, 10) is None


def test_two_classes_differ_by_their_log_odds(train):
    few = train.labels < 2
    estimator = make_classifier("logistic").fit(_flat(train)[few], train.labels[few])
    found = linear_scores(estimator, train.images, 10)
    scores = found.scores(train.images)
    proba = estimator.predict_log_proba(_flat(train))
    expected = proba[:, 1] - proba[:, 0]
    np.testing.assert_allclose(scores[:, 1] - scores[:, 0], expected, rtol=1e-4, atol=1e-4)
    assert np.isnan(found.weights[2:]).all()


def test_means_are_by_class(train):
    means = class_means(train)
    np.testing.assert_allclose(means[4], train.images[train.labels == 4].mean(axis=0))
