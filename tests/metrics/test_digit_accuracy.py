import json

import numpy as np
import pytest

from numerals.evaluation import calibration_error, digit_accuracy, wilson_interval

PROBA = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], np.float32)


def test_metrics_computed_by_hand():
    accuracy = digit_accuracy(PROBA, np.array([0, 1, 1, 1]))
    assert (accuracy.n_images, accuracy.n_wrong, accuracy.accuracy) == (4, 1, 0.75)
    assert accuracy.wrong == ((2, 1, 0, pytest.approx(0.6)),)
    assert accuracy.confusion == ((1, 0), (1, 2))
    assert [each.recall for each in accuracy.classes] == pytest.approx([1, 2 / 3])
    assert accuracy.class_counts == (1, 3)
    assert accuracy.most_confused() == [(0, 1, 0, 1)]
    assert accuracy.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert [point.coverage for point in accuracy.coverage_at_risk] == [0.75, 0.75, 0.75]


def test_metrics_are_ready_for_json():
    accuracy = json.loads(json.dumps(digit_accuracy(PROBA, np.array([1, 1, 0, 1])).to_dict()))
    assert accuracy["accuracy"] == 0.75
    assert accuracy["classes"][1]["support"] == 3
    assert accuracy["coverage_at_risk"][0]["threshold"] is None
    assert sum(bin["n_images"] for bin in accuracy["reliability"]) == 4


def test_an_empty_data_set_is_rejected():
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
