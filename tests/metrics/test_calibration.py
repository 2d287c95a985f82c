import numpy as np
import pytest

from numerals.evaluation import brier_score, calibration_error, log_loss, reliability_bins


def test_accuracy_equal_to_confidence_gives_no_calibration_error():
    # Nine in ten of those with 0.9, three in five of those with 0.6.
    confidence = np.array([0.9] * 10 + [0.6] * 5)
    right = np.array([True] * 9 + [False] + [True] * 3 + [False] * 2)
    assert calibration_error(confidence, right) == pytest.approx(0, abs=1e-12)


def test_calibration_error_of_known_gaps():
    confidence = np.array([1.0, 1.0, 0.5, 0.5])
    right = np.array([True, False, True, True])
    assert calibration_error(confidence, right) == pytest.approx(0.5)


def test_gaps_of_opposite_sign_in_one_bin_cancel():
    assert calibration_error(np.array([0.81, 0.81]), np.array([True, False]), 5) == pytest.approx(
        0.31
    )


def test_every_answer_is_in_one_bin():
    rng = np.random.default_rng(0)
    confidence = np.append(rng.random(1000), [0.0, 1.0])
    right = rng.random(1002) < confidence
    bins = reliability_bins(confidence, right, 10)
    assert sum(each.n_images for each in bins) == 1002
    assert all(each.low <= each.confidence <= each.high for each in bins)
    assert all(each.interval[0] <= each.accuracy <= each.interval[1] for each in bins)


def test_proper_scores_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="needs pip install 'numerals[lab]'")
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(4), 50)
    labels = rng.integers(0, 4, 50)
    assert log_loss(proba, labels) == pytest.approx(metrics.log_loss(labels, proba))
    assert brier_score(proba, labels) == pytest.approx(
        ((proba - np.eye(4)[labels]) ** 2).sum(axis=1).mean()
    )


def test_scores_of_a_certain_wrong_answer_are_finite():
    assert log_loss(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx(-np.log(1e-7))
    assert brier_score(np.array([[1.0, 0.0]]), np.array([1])) == 2
