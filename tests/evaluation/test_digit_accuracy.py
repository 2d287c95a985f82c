import numpy as np
import pytest

from numerals.evaluation import calibration_error, digit_accuracy, wilson_interval


def test_figures_of_known_answers():
    proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], np.float32)
    figures = digit_accuracy(proba, np.array([0, 1, 1, 1]))
    assert (figures.n_images, figures.n_wrong, figures.accuracy) == (4, 1, 0.75)
    assert figures.wrong == ((2, 1, 0, pytest.approx(0.6)),)


def test_wilson_interval_against_the_published_example():
    # Agresti, Coull 1998: 15 of 20 gives 0.531 to 0.888.
    assert wilson_interval(15, 20) == pytest.approx((0.531, 0.888), abs=1e-3)


def test_calibrated_answers_have_no_calibration_error():
    confidence = np.full(1000, 0.75)
    right = np.arange(1000) % 4 != 0
    assert calibration_error(confidence, right) == pytest.approx(0, abs=1e-9)
    assert calibration_error(np.ones(1000), right) == pytest.approx(0.25)
