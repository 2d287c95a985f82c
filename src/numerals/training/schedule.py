"""The one-cycle learning-rate schedule of all training runs.

The schedule depends only on the progress of a run, a float in [0, 1]. It has no state to save.

References
----------
Smith and Topin 2018, Super-convergence: very fast training of neural networks using large learning
rates (arXiv 1708.07120).
"""

import math
from collections.abc import Sequence
from typing import Any

import torch

INITIAL_LR_SHARE = 1 / 25
"""Learning rate at the start, as a share of the peak (default of torch's ``OneCycleLR``)."""

FINAL_LR_SHARE = INITIAL_LR_SHARE / 1e4
"""Learning rate at the end, as a share of the peak (default of torch's ``OneCycleLR``)."""

MIN_MOMENTUM, MAX_MOMENTUM = 0.85, 0.95
"""Momentum at the peak of the learning rate, and at both ends (defaults of ``OneCycleLR``)."""


def one_cycle_lr(progress: float, warmup_share: float) -> float:
    """Return the learning rate as a share of its peak.

    It rises along half a cosine to 1 during warm-up, then falls along half a cosine.

    Parameters
    ----------
    progress : float in [0, 1]
        Share of the steps that were taken.
    warmup_share : float in [0, 1)
        Share of the steps in which the learning rate rises.

    Returns
    -------
    float in (0, 1]
    """
    if progress < warmup_share:
        return _cosine(INITIAL_LR_SHARE, 1.0, progress / warmup_share)
    return _cosine(1.0, FINAL_LR_SHARE, _decay_progress(progress, warmup_share))


def one_cycle_momentum(progress: float, warmup_share: float) -> float:
    """Return the momentum, which is lowest where the learning rate is highest.

    Parameters are those of `one_cycle_lr`.
    """
    if progress < warmup_share:
        return _cosine(MAX_MOMENTUM, MIN_MOMENTUM, progress / warmup_share)
    return _cosine(MIN_MOMENTUM, MAX_MOMENTUM, _decay_progress(progress, warmup_share))


def set_one_cycle(
    optimizer: torch.optim.Optimizer,
    peak_lrs: Sequence[float],
    progress: float,
    warmup_share: float,
    *,
    cycle_momentum: bool = False,
) -> None:
    """Set the learning rate, and optionally the momentum, of an Adam-like optimizer.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        If `cycle_momentum`, its groups have ``betas``.
    peak_lrs : sequence of float
        Peak learning rate of each parameter group.
    progress, warmup_share : float
        As in `one_cycle_lr`.
    cycle_momentum : bool, default=False
        Whether to set the first beta to `one_cycle_momentum`.
    """
    group: dict[str, Any]
    for group, peak_lr in zip(optimizer.param_groups, peak_lrs, strict=True):
        group["lr"] = peak_lr * one_cycle_lr(progress, warmup_share)
        if cycle_momentum:
            group["betas"] = (one_cycle_momentum(progress, warmup_share), *group["betas"][1:])


def _decay_progress(progress: float, warmup_share: float) -> float:
    return min((progress - warmup_share) / (1 - warmup_share), 1.0)


def _cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
