"""Optimizers and learning-rate schedules of the convolutional networks, by name."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau

from numerals.errors import UnknownNameError

_Parameters = Iterable[torch.nn.Parameter]

OPTIMIZERS: dict[str, Callable[[_Parameters, float, float, float], torch.optim.Optimizer]] = {
    # Keras's constants of RMSprop.
    "rmsprop": lambda weights, rate, momentum, decay: torch.optim.RMSprop(
        weights, rate, alpha=0.9, eps=1e-8
    ),
    "sgd": lambda weights, rate, momentum, decay: torch.optim.SGD(weights, rate, momentum=momentum),
    "adam": lambda weights, rate, momentum, decay: torch.optim.Adam(weights, rate),
    "adamw": lambda weights, rate, momentum, decay: torch.optim.AdamW(
        weights, rate, weight_decay=decay
    ),
}
"""Name -> factory from weights, learning rate, momentum (SGD) and weight decay (AdamW)."""

SCHEDULES: dict[str, Callable[[torch.optim.Optimizer, int], LRScheduler]] = {
    "constant": lambda optimizer, n_steps: LambdaLR(optimizer, lambda step: 1.0),
    "plateau": lambda optimizer, n_steps: _halve_on_plateau(optimizer),
    "one-cycle": lambda optimizer, n_steps: LambdaLR(
        optimizer, lambda step: one_cycle((step + 0.5) / n_steps)
    ),
}
"""Name -> factory from an optimizer and the number of steps in total."""


def make_optimizer(
    name: str,
    network: torch.nn.Module,
    learning_rate: float,
    *,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
) -> torch.optim.Optimizer:
    """Return an optimizer of a network's weights.

    Parameters
    ----------
    name : str
        A name in `OPTIMIZERS`.
    network : torch.nn.Module
    learning_rate : float
    momentum : float in [0, 1)
        Of SGD; the others ignore it.
    weight_decay : float
        Of AdamW; the others ignore it.

    Raises
    ------
    UnknownNameError
        If the optimizer is unknown.
    ValueError
        If `momentum` is out of range.
    """
    _check_name("optimizer", name, OPTIMIZERS)
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum={momentum} must be in [0, 1); 0.9 is usual, 0 turns it off")
    return OPTIMIZERS[name](network.parameters(), learning_rate, momentum, weight_decay)


def make_schedule(name: str, optimizer: torch.optim.Optimizer, n_steps: int) -> LRScheduler:
    """Return a schedule of the learning rate.

    Parameters
    ----------
    name : str
        A name in `SCHEDULES`.
    optimizer : torch.optim.Optimizer
    n_steps : int
        Number of batches in total.

    Raises
    ------
    UnknownNameError
        If the schedule is unknown.
    """
    _check_name("schedule", name, SCHEDULES)
    return SCHEDULES[name](optimizer, n_steps)


def one_cycle(done: float, rise: float = 0.2, start: float = 0.04) -> float:
    """Return the learning rate of the one-cycle schedule, relative to its maximum.

    Parameters
    ----------
    done : float in [0, 1]
        Share of the steps that are done.
    rise : float in (0, 1), default=0.2
        Share of the steps in which the rate rises from `start` to 1, along a cosine; it then falls
        to 0, along a cosine.
    start : float in [0, 1], default=0.04

    References
    ----------
    Smith, Topin 2019, Super-convergence: very fast training of neural networks using large
    learning rates.
    """
    if done < rise:
        return start + (1 - start) * (1 - math.cos(math.pi * done / rise)) / 2
    return (1 + math.cos(math.pi * min((done - rise) / (1 - rise), 1.0))) / 2


def _halve_on_plateau(optimizer: torch.optim.Optimizer) -> ReduceLROnPlateau:
    # Keras reduces the rate in the third epoch without progress, torch one after `patience`.
    return ReduceLROnPlateau(
        optimizer,
        mode="max",
        factor=0.5,
        patience=2,
        threshold=1e-4,
        threshold_mode="abs",
        min_lr=1e-5,
    )


def _check_name(kind: str, name: Any, known: Iterable[str]) -> None:
    if name not in known:
        raise UnknownNameError(kind, str(name), known)
