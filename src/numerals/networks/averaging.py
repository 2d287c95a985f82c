"""Weights averaged over the last steps: better than those of any one step."""

import copy
from typing import Any, Generic, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


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
