"""Format probabilities and shares in sentences."""


def percent(share: float, decimals: int = 0) -> str:
    """Return a share in percent; a small one as "less than".

    Parameters
    ----------
    share : float in [0, 1]
    decimals : int, default=0

    Examples
    --------
    >>> percent(0.974, 1), percent(0.0001, 1), percent(0)
    ('97.4 %', 'less than 0.1 %', '0 %')
    """
    smallest = 10.0**-decimals
    if 0 < 100 * share < smallest:
        return f"less than {smallest:g} %"
    return f"{100 * share:.{decimals}f} %"
