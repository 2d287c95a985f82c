"""Weights of pixels reproduce the scores of a linear model after any linear steps."""

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
def test_weights_reproduce_the_decision_function(name, settings, train, other_digits):
    estimator = make_classifier(name, settings).fit(_flat(train), train.labels)
    linear = linear_scores(estimator, train.images, 10)
    assert linear.steps_before == ()
    by_hand = linear.offsets + np.einsum("nij,cij->nc", other_digits.images / 255, linear.weights)
    expected = _expected(estimator, other_digits)
    np.testing.assert_allclose(by_hand, expected, rtol=1e-4, atol=1e-4 * np.ptp(expected))
    np.testing.assert_allclose(linear.scores(other_digits.images), by_hand, rtol=1e-9, atol=1e-9)


def test_weights_are_exact_in_double_precision(train, other_digits):
    estimator = Pipeline([("scale", StandardScaler()), ("classify", RidgeClassifier())])
    estimator.fit(_flat(train), train.labels)
    scores = linear_scores(estimator, train.images, 10).scores(other_digits.images)
    np.testing.assert_allclose(scores, _expected(estimator, other_digits), rtol=1e-8, atol=1e-8)


def test_attributions_sum_to_the_score_difference(train, other_digits):
    estimator = make_classifier("ridge").fit(_flat(train), train.labels)
    linear = linear_scores(estimator, train.images, 10)
    scores = _expected(estimator, other_digits)[0]
    contrast = linear.attribute(other_digits.images[0], 3, 8)
    assert contrast.score == pytest.approx(scores[3] - scores[8], abs=1e-5)
    assert contrast.residual == pytest.approx(0, abs=1e-9)
    assert not contrast.values[other_digits.images[0] == 0].any()


def test_weights_apply_to_deskewed_digits_if_the_model_deskews(train, other_digits):
    estimator = make_classifier("ridge", {"deskew": True, "pca": 20})
    estimator.fit(_flat(train), train.labels)
    linear = linear_scores(estimator, train.images, 10)
    assert linear.steps_before == ("deskew",)
    deskewed = estimator[:1].transform(_flat(other_digits)).reshape(-1, 14, 14)
    np.testing.assert_array_equal(linear.transform(other_digits.images), deskewed)
    of_class = deskewed[other_digits.labels == 4]
    np.testing.assert_allclose(class_means(other_digits, linear)[4], of_class.mean(axis=0))
    expected = _expected(estimator, other_digits)
    np.testing.assert_allclose(linear.scores(other_digits.images), expected, rtol=1e-4, atol=1e-4)


def test_nonlinear_steps_that_mix_pixels_have_no_weights(train):
    threshold = FunctionTransformer(lambda X: 255.0 * (X[:, :100] > 100))
    estimator = Pipeline([("threshold", threshold), ("classify", RidgeClassifier())])
    estimator.fit(_flat(train), train.labels)
    assert linear_scores(estimator, train.images, 10) is None


@pytest.mark.parametrize("name", ["svm-rbf", "random-forest"])
def test_other_models_have_no_weights(name, train):
    estimator = make_classifier(name).fit(_flat(train), train.labels)
    assert linear_scores(estimator, train.images, 10) is None


def test_scores_of_two_classes_differ_by_their_log_odds(train):
    few = train.labels < 2
    estimator = make_classifier("logistic").fit(_flat(train)[few], train.labels[few])
    linear = linear_scores(estimator, train.images, 10)
    scores = linear.scores(train.images)
    proba = estimator.predict_log_proba(_flat(train))
    expected = proba[:, 1] - proba[:, 0]
    np.testing.assert_allclose(scores[:, 1] - scores[:, 0], expected, rtol=1e-4, atol=1e-4)
    assert np.isnan(linear.weights[2:]).all()


def test_class_means_are_mean_images(train):
    means = class_means(train)
    np.testing.assert_allclose(means[4], train.images[train.labels == 4].mean(axis=0))
