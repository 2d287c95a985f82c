"""Integrated gradients: what each pixel of a digit adds to a network's logits."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.explain.attribution import Attribution

if TYPE_CHECKING:
    import torch
    from torch import nn

_BATCH = 64


@dataclass(frozen=True, eq=False)
class IntegratedGradients:
    """Adds up the gradients on the straight way from an empty picture to the digit.

    Parameters
    ----------
    module : torch.nn.Module
        Maps float pictures in [0, 1], shape (n, 1, height, width), to logits, shape
        (n, n_classes). A copy is used, in evaluation mode and double precision.
    labels : sequence of int, optional
        The class that each logit stands for; 0, 1, 2, ... by default.
    steps : int, default=128
        Points on the way at which gradients are taken, each in the middle of its stretch.

    References
    ----------
    Sundararajan, Taly, Yan 2017, Axiomatic attribution for deep networks, equations 1 and 3.
    """

    module: "nn.Module"
    labels: Sequence[int] | None = None
    steps: int = 128
    method: str = "integrated gradients"
    unit: str = "logits"

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps={self.steps} must be at least 1")
        object.__setattr__(self, "module", copy.deepcopy(self.module).double().eval())

    def attribute(
        self, image: npt.NDArray[np.uint8], answer: int, other: int | None = None
    ) -> Attribution:
        """Attribute a logit, or the difference of two, to the pixels.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        answer : int
            Column of the class.
        other : int, optional
            Column of the class that it is held against.

        Returns
        -------
        Attribution
            Its `residual` tells how far the sum is from complete; it shrinks with more `steps`.
        """
        import torch

        columns = [self._column(label) for label in (answer, other) if label is not None]
        pixels = torch.from_numpy(image / 255.0)  # float64 (height, width)
        total = torch.zeros_like(pixels)
        for batch in torch.split((torch.arange(self.steps) + 0.5) / self.steps, _BATCH):
            points = (batch.double()[:, None, None, None] * pixels).requires_grad_()
            score = _score(self.module(points), columns).sum()
            total += torch.autograd.grad(score, points)[0].sum(dim=(0, 1))
        values = np.asarray((pixels * total / self.steps).numpy(), np.float64)
        with torch.no_grad():
            ends = self.module(torch.stack([pixels, torch.zeros_like(pixels)])[:, None])
            ends = _score(ends, columns)
        return Attribution(values, float(ends[0]), float(ends[1]))

    def _column(self, label: int) -> int:
        return label if self.labels is None else list(self.labels).index(label)


def find_module(estimator: Any) -> "nn.Module | None":
    """Return the torch module of an estimator, or of the last step of its pipeline.

    Parameters
    ----------
    estimator : object
        A fitted estimator; a network has ``to_module()``.

    Returns
    -------
    torch.nn.Module or None
        None where there is none, or where other steps come before it.
    """
    steps = getattr(estimator, "steps", [("", estimator)])
    before = [step for _, step in steps[:-1] if step not in (None, "passthrough")]
    last = steps[-1][1]
    return None if before or not hasattr(last, "to_module") else last.to_module()


def _score(logits: "torch.Tensor", columns: Sequence[int]) -> "torch.Tensor":
    """Return one logit of each picture, or the difference of two."""
    first, *others = (logits[:, column] for column in columns)
    return first - others[0] if others else first
