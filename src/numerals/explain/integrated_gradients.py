"""Integrated gradients: attribution of a network's logits to pixels."""

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

_BATCH_SIZE = 64


@dataclass(frozen=True, eq=False)
class IntegratedGradients:
    """Integrates the gradients along the straight line from the empty picture to the digit.

    Parameters
    ----------
    module : torch.nn.Module
        Maps float pictures in [0, 1], shape (n, 1, height, width), to logits, shape
        (n, n_classes). It is copied; the copy is in evaluation mode and double precision.
    labels : sequence of int, optional
        The class of each logit; 0, 1, 2, ... by default.
    steps : int, default=128
        Number of points of the midpoint rule.

    Raises
    ------
    ValueError
        If `steps` is less than 1.

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
        """Attribute a logit, or the difference of two logits, to the pixels.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
        answer : int
            Column of the class.
        other : int, optional
            Column of the class whose logit is subtracted.

        Returns
        -------
        Attribution
            Its `residual` is the integration error, which decreases with more `steps`.
        """
        import torch

        columns = [self._column(label) for label in (answer, other) if label is not None]
        pixels = torch.from_numpy(image / 255.0)  # float64 (height, width)
        total = torch.zeros_like(pixels)
        for batch in torch.split((torch.arange(self.steps) + 0.5) / self.steps, _BATCH_SIZE):
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
    """Return the torch module of an estimator or of a pipeline whose only active step has one.

    Parameters
    ----------
    estimator : object
        A fitted estimator; a network has ``to_module()``.

    Returns
    -------
    torch.nn.Module or None
        None if the estimator is not a network, or if other steps come before it.
    """
    steps = getattr(estimator, "steps", [("", estimator)])
    before = [step for _, step in steps[:-1] if step not in (None, "passthrough")]
    last = steps[-1][1]
    return None if before or not hasattr(last, "to_module") else last.to_module()


def _score(logits: "torch.Tensor", columns: Sequence[int]) -> "torch.Tensor":
    """Return one logit of each picture, or the difference of two, shape (n,)."""
    first, *others = (logits[:, column] for column in columns)
    return first - others[0] if others else first
