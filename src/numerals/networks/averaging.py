"""Averages of network weights: over training steps, or between two networks."""

import copy
from typing import Any, Generic, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


@torch.no_grad()
def interpolate_weights(network: Network, finetuned: Network, share: float) -> Network:
    """Return a network with interpolated weights.

    The result keeps most of the accuracy of the first network on its data, and most of what the
    second one gained on new data.

    Parameters
    ----------
    network, finetuned : nn.Module
        Networks of the same design, the second one trained from the first. They are not changed.
    share : float in [0, 1]
        Weight of `finetuned`.

    References
    ----------
    Wortsman et al. 2022, Robust fine-tuning of zero-shot models (arXiv 2109.01903).
    """
    mixed = copy.deepcopy(network)
    for weight, other in zip(mixed.parameters(), finetuned.parameters(), strict=True):
        weight.lerp_(other, share)
    return mixed


class MovingAverage(Generic[Network]):
    """An exponential moving average of a network's weights and batch norm statistics.

    Parameters
    ----------
    network : nn.Module
        Copied.
    decay : float in [0, 1)
        Weight of the previous average. It is lower in the first steps, so that the initial weights
        are forgotten.

    Attributes
    ----------
    network : nn.Module
        A network with the averaged weights.

    References
    ----------
    Polyak, Juditsky 1992, Acceleration of stochastic approximation by averaging.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = copy.deepcopy(network)
        self.network.requires_grad_(False)
        self.decay = decay
        self.n_updates = 0

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        """Averaged weights by name."""
        return self.network.state_dict()

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Update the average with the current weights of a network."""
        share = 1 - min(self.decay, (1 + self.n_updates) / (10 + self.n_updates))
        self.n_updates += 1
        pairs = list(zip(self.weights.values(), network.state_dict().values(), strict=True))
        floats = [pair for pair in pairs if pair[0].is_floating_point()]
        torch._foreach_lerp_([old for old, _ in floats], [new for _, new in floats], share)
        for counter, new in pairs:
            if not counter.is_floating_point():
                counter.copy_(new)

    def state_dict(self) -> dict[str, Any]:
        """Return the state for `load_state_dict`."""
        return {"weights": self.weights, "n_updates": self.n_updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state of `state_dict`."""
        self.network.load_state_dict(state["weights"])
        self.n_updates = state["n_updates"]
