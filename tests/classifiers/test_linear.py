"""The methods that are scikit-learn's, and their calibration."""

import itertools

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import log_loss
from sklearn.svm import SVC

from numerals.classifiers import linear, make_classifier, mlp, svm, trees
from numerals.classifiers.svm import PairwiseSVC
from numerals.classifiers.temperature_scaling import TemperatureScaledClassifier
from numerals.data import load_digits

METHODS = [*linear.LINEAR_METHODS, *svm.SVM_METHODS, *trees.TREE_METHODS, *mlp.MLP_METHODS]
SMALL = {"gradient-boosting": {"max_iter": 5}}


def flat(digits):
    return digits.images.reshape(len(digits), -1), digits.labels


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_learns_digits_of_other_fonts(name, known_fonts, other_fonts):
    fitted = make_classifier(name, SMALL.get(name, {})).fit(*flat(known_fonts))
    X, y = flat(other_fonts)
    proba = fitted.predict_proba(X)
    assert fitted.score(X, y) > (0.35 if name == "decision-tree" else 0.55)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(fitted.classes_[proba.argmax(axis=1)], fitted.predict(X))


def test_multinomial_is_plain_logistic_regression(known_fonts, other_fonts):
    X, y = flat(known_fonts)
    fitted = make_classifier("logistic").fit(X, y)
    plain = LogisticRegression(C=0.1, max_iter=300).fit(X.astype(np.float32) / 255, y)
    queries = other_fonts.images.reshape(-1, X.shape[1])
    expected = plain.predict_proba(queries.astype(np.float32) / 255)
    np.testing.assert_allclose(fitted.predict_proba(queries), expected, atol=1e-5)


@pytest.mark.parametrize("base", [RidgeClassifier(), SVC()], ids=["ridge", "svc"])
def test_calibration_keeps_predictions_and_lowers_the_loss(base, known_fonts, other_fonts):
    X, y = flat(known_fonts)
    queries, truth = flat(other_fonts)
    fitted = TemperatureScaledClassifier(base).fit(X / 255, y)
    scores = fitted.estimator_.decision_function(queries / 255)
    np.testing.assert_array_equal(fitted.predict(queries / 255), scores.argmax(axis=1))
    unscaled = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert log_loss(truth, fitted.predict_proba(queries / 255)) < log_loss(truth, unscaled)


def test_the_smallest_margin_predicts_like_the_votes(known_fonts, other_fonts):
    X, y = flat(known_fonts)
    queries, _ = flat(other_fonts)
    ours, theirs = PairwiseSVC(C=5.0).fit(X, y), SVC(C=5.0).fit(X, y)
    assert (ours.predict(queries) == theirs.predict(queries)).mean() > 0.95
    pairs = SVC(C=5.0, decision_function_shape="ovo").fit(X, y).decision_function(queries)
    margins = np.full((len(queries), 10), np.inf)
    for column, (first, second) in enumerate(itertools.combinations(range(10), 2)):
        margins[:, first] = np.minimum(margins[:, first], pairs[:, column])
        margins[:, second] = np.minimum(margins[:, second], -pairs[:, column])
    np.testing.assert_allclose(ours.decision_function(queries), margins)


def test_two_classes_have_one_margin(known_fonts):
    X, y = flat(known_fonts)
    two = np.isin(y, [4, 9])
    ours, theirs = (kind().fit(X[two], y[two]) for kind in (PairwiseSVC, SVC))
    np.testing.assert_allclose(ours.decision_function(X), theirs.decision_function(X))
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


def test_calibration_of_two_classes(known_fonts):
    X, y = flat(known_fonts)
    two = np.isin(y, [3, 8])
    fitted = TemperatureScaledClassifier(RidgeClassifier()).fit(X[two] / 255, y[two])
    proba = fitted.predict_proba(X[two] / 255)
    scores = fitted.decision_function(X[two] / 255)
    np.testing.assert_allclose(np.log(proba[:, 1] / proba[:, 0]), scores, atol=1e-6)


def test_a_class_with_one_image_disables_calibration():
    X, y = np.eye(5), [0, 0, 1, 1, 2]
    assert TemperatureScaledClassifier(RidgeClassifier()).fit(X, y).factor_ == 1


def test_lasso_has_zero_weights(known_fonts):
    sparse, dense = (
        make_classifier(name, {"C": 0.1}).fit(*flat(known_fonts)).named_steps["classify"].coef_
        for name in ("lasso", "logistic")
    )
    assert (sparse == 0).mean() > (dense == 0).mean() + 0.3


@pytest.mark.data
def test_logistic_regression_on_2000_digits_of_mnist(data_folder):
    train, test = load_digits("mnist", "train"), load_digits("mnist", "test")
    X = train.images[:2000].reshape(2000, -1)
    fitted = make_classifier("logistic").fit(X, train.labels[:2000])
    assert fitted.score(test.images[:1000].reshape(1000, -1), test.labels[:1000]) > 0.8
