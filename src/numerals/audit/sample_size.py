"""Sample sizes of an audit, its probability of passing, and what a sample has shown.

The statement is that at most floor(max_error * N) of N numbers are still wrong after the wrong
ones of the sample were corrected. It is tested with the hypergeometric distribution: the n numbers
are drawn without replacement.

References
----------
Geifman and El-Yaniv 2017, Selective classification for deep neural networks, arXiv 1705.08500,
section 3: a bound of the error rate of accepted answers from a labelled sample.

Angelopoulos et al. 2021, Learn then Test, arXiv 2110.01052: choosing a threshold by tests of
this kind, with a share of the error probability for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from typing import Any

from numerals.extras import requires_extra

with requires_extra("batch", "numerals audit"):
    from scipy.stats import beta, binom, hypergeom

MIN_POWER = 0.8
"""Probability of passing that the default plan has if the estimated risk is right."""
MAX_ALLOWED = 60
"""Maximum number of wrong answers in a sample that plans allow."""

_ROUNDING = 1e-9  # 0.07 * 100 is 7.000000000000001, and 0.29 * 100 is 28.999999999999996


@dataclass(frozen=True)
class SampleSize:
    """One choice of the sample size.

    Attributes
    ----------
    n : int
        Numbers to review.
    allowed : int
        Maximum number of wrong ones with which the audit passes.
    power : float in [0, 1]
        Probability of passing if the estimated risk is right.
    """

    n: int
    allowed: int
    power: float

    @property
    def is_certain(self) -> bool:
        """Whether the audit passes whatever the sample contains: the rest may all be wrong."""
        return self.allowed >= self.n

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {"n": self.n, "allowed": self.allowed, "power": self.power}


def max_wrong(n_numbers: int, max_error: float) -> int:
    """Return how many of the numbers may be wrong: the integer part of ``max_error * n_numbers``.

    Examples
    --------
    >>> max_wrong(1000, 0.005), max_wrong(100, 0.29)
    (5, 29)
    """
    return floor(max_error * n_numbers + _ROUNDING)


def pass_probability(n_numbers: int, n_wrong: int, n: int, allowed: int) -> float:
    """Return the probability that a sample contains at most `allowed` wrong numbers.

    Parameters
    ----------
    n_numbers : int
        Numbers that the sample is drawn from.
    n_wrong : int
        How many of these are wrong.
    n : int
        Size of the sample.
    allowed : int

    Examples
    --------
    >>> round(pass_probability(1000, 6, 393, 0), 4)
    0.0495
    """
    return float(hypergeom.cdf(allowed, n_numbers, n_wrong, n))


@lru_cache(maxsize=1024)
def sample_size(n_numbers: int, max_error: float, delta: float, allowed: int) -> int:
    """Return the smallest sample that proves the statement with at most `allowed` wrong numbers.

    If more numbers than the statement allows are still wrong after the sample was corrected, the
    sample contains at most `allowed` wrong ones with a probability of at most `delta`. The least
    favorable case is ``max_wrong + allowed + 1`` wrong numbers.

    Parameters
    ----------
    n_numbers : int
        Numbers that the sample is drawn from.
    max_error : float in (0, 1)
    delta : float in (0, 1)
        1 - confidence.
    allowed : int

    Returns
    -------
    int
        At most ``n_numbers - max_wrong``: the rest may all be wrong.

    Examples
    --------
    >>> [sample_size(1_000_000_000, 0.005, 0.05, k) for k in (0, 1, 2)]
    [598, 947, 1258]
    >>> [sample_size(1000, 0.005, 0.05, k) for k in (0, 1, 2)]
    [393, 520, 599]
    """
    m = max_wrong(n_numbers, max_error)
    low, high = 0, n_numbers - m
    if m + allowed + 1 > n_numbers:  # there cannot be that many wrong numbers
        return high
    while low < high:  # the probability decreases with n
        middle = (low + high) // 2
        if pass_probability(n_numbers, m + allowed + 1, middle, allowed) <= delta:
            high = middle
        else:
            low = middle + 1
    return low


def sample_sizes(
    n_numbers: int, max_error: float, delta: float, risk: float, *, min_power: float = MIN_POWER
) -> list[SampleSize]:
    """Return the choices of a plan, from 0 allowed wrong numbers on.

    Parameters
    ----------
    n_numbers : int
        Numbers that the sample is drawn from.
    max_error, delta : float in (0, 1)
    risk : float in [0, 1]
        Estimated share of wrong numbers.
    min_power : float in (0, 1)

    Returns
    -------
    list of SampleSize
        The first one that reaches `min_power` is followed by two more. The list also ends where
        the sample contains all numbers but those that may be wrong.
    """
    sizes: list[SampleSize] = []
    n_more = 2
    largest = n_numbers - max_wrong(n_numbers, max_error)
    for allowed in range(MAX_ALLOWED + 1):
        sizes.append(size_for(n_numbers, max_error, delta, risk, allowed))
        if sizes[-1].n == largest:
            break
        if sizes[-1].power >= min_power:
            n_more -= 1
            if n_more < 0:
                break
    return sizes


def size_for(
    n_numbers: int, max_error: float, delta: float, risk: float, allowed: int
) -> SampleSize:
    """Return the size with this number of allowed wrong ones; parameters as of `sample_sizes`.

    A sample of all numbers but those that may be wrong passes whatever it contains: the rest cannot
    contradict the statement.
    """
    n = sample_size(n_numbers, max_error, delta, allowed)
    if n == n_numbers - max_wrong(n_numbers, max_error):
        return SampleSize(n, n, 1.0)
    return SampleSize(n, allowed, float(binom.cdf(allowed, n, risk)))


def choose_size(sizes: Sequence[SampleSize], *, min_power: float = MIN_POWER) -> SampleSize:
    """Return the smallest size that reaches the power, or the most powerful one if none does."""
    enough = [size for size in sizes if size.power >= min_power]
    return min(enough, key=lambda s: s.n) if enough else max(sizes, key=lambda size: size.power)


def remaining_wrong_bound(n_numbers: int, n: int, n_wrong: int, delta: float) -> int:
    """Return an upper bound of the wrong numbers that remain after those of the sample.

    Parameters
    ----------
    n_numbers : int
        Numbers that the sample was drawn from.
    n : int
        Size of the sample.
    n_wrong : int
        Wrong numbers in the sample, which are corrected.
    delta : float in (0, 1)

    Returns
    -------
    int
        The probability that more are wrong is at most `delta`.

    Examples
    --------
    >>> remaining_wrong_bound(1000, 393, 0, 0.05)
    5
    """
    low, high = 0, n_numbers - n  # all that were not reviewed
    while low < high:  # the smallest bound whose test passes
        middle = (low + high) // 2
        if pass_probability(n_numbers, middle + n_wrong + 1, n, n_wrong) <= delta:
            high = middle
        else:
            low = middle + 1
    return low


def error_rate_bound(n: int, n_wrong: int, delta: float) -> float:
    """Return the upper bound of the error rate for an unlimited number of numbers.

    Parameters
    ----------
    n, n_wrong : int
        Size of the sample, and wrong numbers in it.
    delta : float in (0, 1)

    Returns
    -------
    float in [0, 1]
        The quantile ``1 - delta`` of the Beta distribution (n_wrong + 1, n - n_wrong).

    References
    ----------
    Clopper and Pearson 1934, The use of confidence or fiducial limits.

    Examples
    --------
    >>> [error_rate_bound(n, k, 0.05) <= 0.005 for n, k in ((598, 0), (597, 0), (1258, 2))]
    [True, False, True]
    """
    return 1.0 if n_wrong >= n else float(beta.ppf(1 - delta, n_wrong + 1, n - n_wrong))
