"""McNemar's test: whether two classifiers differ significantly on the same images."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

SIGNIFICANCE_LEVEL = 0.05
"""Two classifiers differ significantly if the p-value is below this level."""


@dataclass(frozen=True)
class McNemar:
    """Result of McNemar's test.

    Attributes
    ----------
    only_first, only_second : int
        Number of images that only the first, or only the second, classifies correctly.
    p_value : float in [0, 1]
        Two-sided p-value under the hypothesis that both are equally accurate.
    """

    only_first: int
    only_second: int
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return asdict(self)


def mcnemar_test(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> McNemar:
    """Compare two classifiers on the same images by McNemar's exact binomial test.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n_images,)
        Whether each image is classified correctly.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    McNemar 1947, Note on the sampling error of the difference between correlated proportions.
    Dietterich 1998, Approximate statistical tests for comparing supervised classification learning
    algorithms, section 3.1.

    Examples
    --------
    >>> result = mcnemar_test(np.array([1, 1, 1, 0], bool), np.array([0, 0, 1, 1], bool))
    >>> result.only_first, result.only_second, result.p_value
    (2, 1, 1.0)
    """
    if first.shape != second.shape:
        raise ValueError(
            f"outcomes of {len(first)} and {len(second)} images; pass outcomes of the same images"
        )
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    return McNemar(only_first, only_second, _sign_test(only_first, only_second))


def _sign_test(n_first: int, n_second: int) -> float:
    """Return the two-sided p-value of the counts under Binomial(n, 1/2)."""
    n, fewer = n_first + n_second, min(n_first, n_second)
    # In logarithms: binomial coefficients of thousands of images exceed a float.
    tail = sum(math.exp(_log_binomial(n, k) - n * math.log(2)) for k in range(fewer + 1))
    return min(1.0, 2 * tail)


def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
