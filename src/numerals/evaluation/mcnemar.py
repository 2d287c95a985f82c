"""Whether one classifier is better than another on the same images, or was only lucky."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class McNemar:
    """Outcome of McNemar's test.

    Attributes
    ----------
    only_first, only_second : int
        Images that only one of the two has right.
    p_value : float in [0, 1]
        Probability of counts at least as far apart if both were equally good; two-sided.
    """

    only_first: int
    only_second: int
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return asdict(self)


def mcnemar_test(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> McNemar:
    """Compare two classifiers that answered the same images, by the exact binomial test.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n_images,)
        Whether each has each image right.

    References
    ----------
    McNemar 1947, Note on the sampling error of the difference between correlated proportions.
    Dietterich 1998, Approximate statistical tests for comparing supervised classification learning
    algorithms, section 3.1.

    Examples
    --------
    >>> found = mcnemar_test(np.array([1, 1, 1, 0], bool), np.array([0, 0, 1, 1], bool))
    >>> found.only_first, found.only_second, found.p_value
    (2, 1, 1.0)
    """
    if first.shape != second.shape:
        raise ValueError(
            f"outcomes of {len(first)} and {len(second)} images; both must have answered the same"
        )
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    return McNemar(only_first, only_second, _sign_test(only_first, only_second))


def _sign_test(first: int, second: int) -> float:
    """Return the two-sided p-value of so many heads and tails of a fair coin."""
    n, fewer = first + second, min(first, second)
    # By logarithms: the binomial coefficients of thousands of images exceed a float.
    tail = sum(math.exp(_log_choose(n, k) - n * math.log(2)) for k in range(fewer + 1))
    return min(1.0, 2 * tail)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
