"""How far a share that was counted may be from the true one."""

import math


def wilson_interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share of successes.

    Parameters
    ----------
    successes, trials : int
        Without trials the share may be anything: 0 to 1.
    z : float, default=1.96
        How many standard deviations; 1.96 for 95 %.

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
    # Rounding may bring the least and the most share just beyond what a share can be.
    return max(0.0, (center - half) / scale), min(1.0, (center + half) / scale)
