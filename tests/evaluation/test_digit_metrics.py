import json

import numpy as np
import pytest

from numerals.evaluation import calibration_error, digit_accuracy, wilson_interval

PROBA = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], np.float32)


def test_figures_of_known_answers():
    figures = digit_accuracy(PROBA, np.array([0, 1, 1, 1]))
    assert (figures.n_images, figures.n_wrong, figures.accuracy) == (4, 1, 0.75)
    assert figures.wrong == ((2, 1, 0, pytest.approx(0.6)),)
    assert figures.confusion == ((1, 0), (1, 2))
    assert [found.recall for found in figures.classes] == pytest.approx([1, 2 / 3])
    assert figures.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert [point.coverage for point in figures.coverage_at_risk] == [0.75, 0.75, 0.75]


def test_figures_are_ready_for_json():
    figures = json.loads(json.dumps(digit_accuracy(PROBA, np.array([1, 1, 0, 1])).to_dict()))
    assert figures["accuracy"] == 0.75
    assert figures["classes"][1]["support"] == 3
    assert figures["coverage_at_risk"][0]["threshold"] is None
    assert sum(bin["n_images"] for bin in figures["reliability"]) == 4


def test_nothing_to_measure_says_so():
    with pytest.raises(ValueError, match="no images"):
        digit_accuracy(PROBA[:0], np.zeros(0, np.int64))


def test_wilson_interval_against_the_published_example():
    # Agresti, Coull 1998: 15 of 20 gives 0.531 to 0.888.
    assert wilson_interval(15, 20) == pytest.approx((0.531, 0.888), abs=1e-3)
    assert wilson_interval(0, 0) == (0, 1)


def test_calibrated_answers_have_no_calibration_error():
    confidence = np.full(1000, 0.75)
    right = np.arange(1000) % 4 != 0
    assert calibration_error(confidence, right) == pytest.approx(0, abs=1e-9)
    assert calibration_error(np.ones(1000), right) == pytest.approx(0.25)
