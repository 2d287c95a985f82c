"""Sample sizes against exact enumeration, and what a passed sample guarantees."""

from math import comb

import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs numerals[batch]")

from numerals.audit.sample_size import (
    SampleSize,
    choose_size,
    error_rate_bound,
    max_wrong,
    remaining_wrong_bound,
    sample_size,
    sample_sizes,
    size_for,
)

R, DELTA = 0.005, 0.05


def exact_probability(n_numbers, n_wrong, n, found):
    """Return the probability of exactly `found` wrong numbers in the sample."""
    rest = comb(n_numbers - n_wrong, n - found) if n >= found else 0
    return comb(n_wrong, found) * rest / comb(n_numbers, n)


def false_pass_probability(n_numbers, n_wrong, n, allowed, limit):
    """Return the probability that an audit passes and more than `limit` wrong numbers remain."""
    return sum(
        exact_probability(n_numbers, n_wrong, n, found)
        for found in range(min(allowed, n_wrong, n) + 1)
        if n_wrong - found > limit
    )


@pytest.mark.parametrize("allowed, n", [(0, 598), (1, 947), (2, 1258)])
def test_sizes_for_many_numbers(allowed, n):
    for n_numbers in (10**7, 10**9):
        assert abs(sample_size(n_numbers, R, DELTA, allowed) - n) <= (n_numbers == 10**7)
    assert error_rate_bound(n, allowed, DELTA) <= R < error_rate_bound(n - 1, allowed, DELTA)


@pytest.mark.parametrize("allowed, n", [(0, 393), (1, 520), (2, 599)])
def test_sizes_for_a_thousand_numbers(allowed, n):
    assert sample_size(1000, R, DELTA, allowed) == n


@pytest.mark.parametrize("n_numbers", [1, 7, 20, 40])
@pytest.mark.parametrize("max_error", [0.01, 0.1, 0.3])
@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_a_false_statement_passes_rarely_whatever_is_wrong(n_numbers, max_error, allowed):
    size = size_for(n_numbers, max_error, DELTA, 0.0, allowed)
    limit = max_wrong(n_numbers, max_error)
    for n_wrong in range(n_numbers + 1):
        p = false_pass_probability(n_numbers, n_wrong, size.n, size.allowed, limit)
        assert p <= DELTA + 1e-12, n_wrong


def test_a_smaller_sample_would_not_do():
    for allowed in (0, 1, 2):
        n, limit = sample_size(200, 0.05, DELTA, allowed), max_wrong(200, 0.05)
        p = false_pass_probability(200, limit + allowed + 1, n - 1, allowed, limit)
        assert p > DELTA


def test_all_but_those_that_may_be_wrong_is_the_largest_sample():
    assert size_for(100, 0.05, DELTA, 0.5, 93) == SampleSize(95, 95, 1.0)
    assert sample_sizes(10, 0.01, DELTA, 0.003)[-1] == SampleSize(10, 10, 1.0)


def test_the_smallest_size_with_enough_power_is_chosen():
    sizes = sample_sizes(100_000, R, DELTA, R / 3)
    chosen = choose_size(sizes)
    assert chosen.power >= 0.8
    assert all(size.power < 0.8 for size in sizes if size.n < chosen.n)
    assert [size.allowed for size in sizes] == list(range(len(sizes)))


def test_power_is_the_share_of_samples_that_pass():
    size = size_for(50_000, R, DELTA, R / 3, 4)
    found = np.random.default_rng(0).binomial(size.n, R / 3, 40_000)
    assert size.power == pytest.approx((found <= 4).mean(), abs=0.01)


@pytest.mark.parametrize("n_wrong", [0, 2, 5, 12])
def test_the_bound_covers_the_truth(n_wrong):
    n_numbers, n = 60, 20
    missed = sum(
        exact_probability(n_numbers, n_wrong, n, found)
        for found in range(min(n, n_wrong) + 1)
        if n_wrong - found > remaining_wrong_bound(n_numbers, n, found, DELTA)
    )
    assert missed <= DELTA + 1e-12


def test_a_passed_audit_has_a_bound_within_its_statement():
    for allowed in (0, 1, 2):
        n = sample_size(1000, R, DELTA, allowed)
        for found in range(allowed + 1):
            assert remaining_wrong_bound(1000, n, found, DELTA) <= max_wrong(1000, R)
        assert remaining_wrong_bound(1000, n, allowed + 1, DELTA) > max_wrong(1000, R)


def test_the_bound_of_many_numbers_is_the_beta_quantile():
    bound = remaining_wrong_bound(10**7, 900, 3, DELTA) / 10**7
    assert bound == pytest.approx(error_rate_bound(900, 3, DELTA), rel=0.002)
