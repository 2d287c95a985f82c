"""Which pixels speak for an answer: the one type that every method here returns."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each pixel of one digit speaks for (positive) or against (negative) something.

    Attributes
    ----------
    values : ndarray of float64, shape (height, width)
        In the unit of the scores that were explained.
    score : float
        What was explained: a class's score, or the difference of two, for this digit.
    baseline_score : float, optional
        The same for the picture without ink; given where `values` add up to the difference.
    seen : ndarray, shape (height, width), optional
        What the model made of the digit before it weighed pixels, where `values` lie on that.
    """

    values: npt.NDArray[np.float64]
    score: float
    baseline_score: float | None = None
    seen: npt.NDArray[np.float64] | None = None

    @property
    def residual(self) -> float | None:
        """Sum of `values` less the difference that they should add up to; None where they need not.

        Completeness: Sundararajan, Taly, Yan 2017, proposition 1.
        """
        if self.baseline_score is None:
            return None
        return float(self.values.sum()) - (self.score - self.baseline_score)

    def to_dict(self) -> dict[str, float]:
        """Return the numbers, without the map, ready for JSON."""
        found = {"score": round(self.score, 6)}
        if self.baseline_score is not None and self.residual is not None:
            found["baseline_score"] = round(self.baseline_score, 6)
            found["sum"] = round(float(self.values.sum()), 6)
            found["residual"] = round(self.residual, 6)
        return found


class Attributor(Protocol):
    """A way to attribute a model's scores to pixels.

    Attributes
    ----------
    method : str
        What it is called in captions.
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
        """Say which pixels speak for a class, or for it rather than for another.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        answer : int
            Column of the class.
        other : int, optional
            Column of the class that it is held against.
        """
        ...
