"""Weights averaged over the last steps, or between two networks: better than those of any one."""

import copy
from typing import Any, Generic, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


@torch.no_grad()
def between(network: Network, further: Network, share: float) -> Network:
    """Return a network whose weights lie between those of two, one trained further from the other.

    It keeps most of what the first one knew, and has most of what the second one has learned.

    Parameters
    ----------
    network, further : nn.Module
        Of one design; neither is changed.
    share : float in [0, 1]
        How far it is from the first to the second.

    References
    ----------
    Wortsman et al. 2022, Robust fine-tuning of zero-shot models (arXiv 2109.01903).
    """
    mixed = copy.deepcopy(network)
    for weight, other in zip(mixed.parameters(), further.parameters(), strict=True):
        weight.lerp_(other, share)
    return mixed


class MovingAverage(Generic[Network]):
    """An exponential moving average of a network's weights and batch norm statistics.

    Parameters
    ----------
    network : nn.Module
        Copied as it is.
    decay : float in [0, 1)
        Weight of what was averaged before; less in the first steps, so that the beginning is
        forgotten.

    Attributes
    ----------
    network : nn.Module
        A network that has the averaged weights.

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
        """The averaged weights, by name."""
        return self.network.state_dict()

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Move towards the weights that the network has now."""
        share = 1 - min(self.decay, (1 + self.n_updates) / (10 + self.n_updates))
        self.n_updates += 1
        pairs = list(zip(self.weights.values(), network.state_dict().values(), strict=True))
        real = [pair for pair in pairs if pair[0].is_floating_point()]
        torch._foreach_lerp_([old for old, _ in real], [new for _, new in real], share)
        for count, new in pairs:
            if not count.is_floating_point():
                count.copy_(new)

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` takes."""
        return {"weights": self.weights, "n_updates": self.n_updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        self.network.load_state_dict(state["weights"])
        self.n_updates = state["n_updates"]
