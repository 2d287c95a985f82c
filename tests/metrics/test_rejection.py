import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerals.evaluation import risk_coverage


def test_curve_computed_by_hand():
    curve = risk_coverage(np.array([0.5, 0.9, 0.6, 0.8]), np.array([True, True, False, True]))
    assert curve.threshold.tolist() == [0.9, 0.8, 0.6, 0.5]
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4])
    assert curve.area == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)


def test_equal_confidences_are_accepted_or_rejected_together():
    curve = risk_coverage(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]))
    assert curve.coverage.tolist() == pytest.approx([1 / 3, 1])
    assert curve.area == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


def test_at_risk_returns_the_largest_coverage():
    confidence = np.linspace(1, 0.1, 10)
    right = np.array([True, False, *[True] * 7, False])
    curve = risk_coverage(confidence, right)
    threshold, coverage, risk = curve.at_risk(0.15)
    assert (coverage, risk) == pytest.approx((0.9, 1 / 9))
    assert threshold == pytest.approx(0.2)
    assert (confidence >= threshold).mean() == coverage
    assert curve.at_risk(0.01)[1] == pytest.approx(0.1)


def test_at_risk_accepts_nothing_if_the_most_confident_answer_is_wrong():
    curve = risk_coverage(np.array([0.9, 0.9]), np.array([True, False]))
    assert curve.at_risk(0.1) == (float("inf"), 0.0, 0.0)


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.9]), st.booleans()), min_size=1))
def test_order_of_the_answers_does_not_matter(answers):
    confidence = np.array([c for c, _ in answers])
    right = np.array([r for _, r in answers])
    curve = risk_coverage(confidence, right)
    reversed_curve = risk_coverage(confidence[::-1], right[::-1])
    np.testing.assert_array_equal(curve.risk, reversed_curve.risk)
    assert curve.area == reversed_curve.area
    assert curve.coverage[-1] == 1
    assert curve.risk[-1] == pytest.approx(1 - right.mean())
    assert 0 <= curve.area <= 1
