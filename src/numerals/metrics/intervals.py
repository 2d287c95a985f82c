"""Confidence intervals of proportions."""

import math


def wilson_interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion.

    Parameters
    ----------
    successes, trials : int
        With 0 trials the interval is [0, 1].
    z : float, default=1.96
        Half width in standard deviations; 1.96 gives the 95 % interval.

    Returns
    -------
    low, high : float in [0, 1]

    References
    ----------
    Wilson 1927, Probable inference, the law of succession, and statistical inference.

    Examples
    --------
    >>> low, high = wilson_interval(15, 20)
    >>> round(low, 3), round(high, 3)
    (0.531, 0.888)
    """
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    center = share + z**2 / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    # Rounding errors may exceed the bounds of a proportion.
    return max(0.0, (center - half) / scale), min(1.0, (center + half) / scale)
