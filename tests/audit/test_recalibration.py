"""Recalibration of confidences, and the threshold."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs numerals[batch]")

from numerals.audit.recalibration import (
    OFFSET_DEVIATION,
    SLOPE_DEVIATION,
    Recalibration,
    choose_threshold,
    fit_recalibration,
)
from numerals.errors import DataError


def sample(n, factor, seed=0):
    """Return confidences, and readings that are wrong `factor` times as often as these say."""
    rng = np.random.default_rng(seed)
    error = np.exp(rng.uniform(np.log(1e-4), np.log(0.2), n))
    return 1 - error, rng.random(n) >= factor * error


@pytest.mark.parametrize("factor", [0.5, 1, 1.6, 4])
def test_the_corrected_confidences_have_the_true_mean(factor):
    confidence, right = sample(20_000, factor)
    fit = fit_recalibration(confidence, right)
    assert (1 - fit(confidence)).mean() == pytest.approx((~right).mean(), rel=0.05)
    assert fit.n_numbers == 20_000


def test_no_reviews_change_nothing():
    fit = fit_recalibration(np.empty(0), np.empty(0, bool))
    assert fit == Recalibration(1.0, 0.0, 0)
    assert fit(np.array([0.1, 0.99])) == pytest.approx([0.1, 0.99])


def test_few_reviews_change_little():
    confidence, right = np.array([0.95]), np.array([False])
    few = fit_recalibration(confidence, right)
    many = fit_recalibration(np.repeat(confidence, 50), np.repeat(right, 50))
    assert 0.7 < few(confidence)[0] < 0.95 and many(confidence)[0] < 0.2


def test_the_fit_is_the_maximum_of_the_posterior():
    confidence, right = sample(300, 3)
    fit = fit_recalibration(confidence, right)

    def loss(slope, offset):
        p = Recalibration(slope, offset)(confidence)
        prior = ((slope - 1) / SLOPE_DEVIATION) ** 2 + (offset / OFFSET_DEVIATION) ** 2
        return prior / 2 - np.log(np.where(right, p, 1 - p)).sum()

    best = loss(fit.slope, fit.offset)
    for step in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
        assert loss(fit.slope + step[0], fit.offset + step[1]) > best


def test_confidences_of_0_and_1_are_finite():
    fit = fit_recalibration(np.array([0.0, 1.0]), np.array([True, False]))
    assert np.isfinite(fit(np.array([0.0, 1.0]))).all()


def test_the_threshold_accepts_as_many_as_the_risk_allows():
    confidence, _ = sample(5000, 1)
    threshold = choose_threshold(confidence, Recalibration(), 0.002)
    accepted = confidence[confidence >= threshold]
    assert (1 - accepted).mean() <= 0.002
    with_next = np.sort(confidence)[::-1][: len(accepted) + 1]
    assert (1 - with_next).mean() > 0.002


def test_equal_confidences_are_accepted_together():
    confidence = np.array([0.999] * 3 + [0.9] * 3)
    assert choose_threshold(confidence, Recalibration(), 0.04) == 0.999


def test_no_threshold():
    with pytest.raises(DataError, match=r"at most 0.1000%.*10.0000%.*--min-confidence"):
        choose_threshold(np.array([0.9]), Recalibration(), 0.001)
    with pytest.raises(DataError, match="no number left"):
        choose_threshold(np.array([0.9]), Recalibration(), 0.5, above=0.9)
