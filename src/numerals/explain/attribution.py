"""Attribution of a score to pixels: the result type, and the protocol of the methods."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Attribution:
    """Contribution of each pixel of one digit to a score.

    Attributes
    ----------
    values : ndarray of float64, shape (height, width)
        In the unit of the score; positive values support the class, negative ones oppose it.
    score : float
        The explained score of this digit: a class's score, or the difference of two.
    baseline_score : float, optional
        The same score of the picture without ink; given if `values` should sum to the difference
        of the two.
    transformed : ndarray, shape (height, width), optional
        The digit after the model's preprocessing, if `values` refer to its pixels.
    """

    values: npt.NDArray[np.float64]
    score: float
    baseline_score: float | None = None
    transformed: npt.NDArray[np.float64] | None = None

    @property
    def residual(self) -> float | None:
        """Sum of `values` minus the score difference; None without `baseline_score`.

        It is 0 for a complete attribution: Sundararajan, Taly, Yan 2017, proposition 1.
        """
        if self.baseline_score is None:
            return None
        return float(self.values.sum()) - (self.score - self.baseline_score)

    def to_dict(self) -> dict[str, float]:
        """Return the numbers, without the map, ready for JSON."""
        numbers = {"score": round(self.score, 6)}
        if self.baseline_score is not None and self.residual is not None:
            numbers["baseline_score"] = round(self.baseline_score, 6)
            numbers["sum"] = round(float(self.values.sum()), 6)
            numbers["residual"] = round(self.residual, 6)
        return numbers


class Attributor(Protocol):
    """A method that attributes a model's scores to pixels.

    Attributes
    ----------
    method : str
        Name of the method, as shown in captions.
    unit : str
        Unit of the scores, such as ``"logits"``.
    """

    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102

    def attribute(
        self, image: npt.NDArray[np.uint8], answer: int, other: int | None = None
    ) -> Attribution:
        """Attribute the score of a class, or its difference to another class, to the pixels.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        answer : int
            Column of the class.
        other : int, optional
            Column of the class whose score is subtracted.
        """
        ...
