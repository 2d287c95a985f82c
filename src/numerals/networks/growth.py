"""A trained line network -> a wider one that says the same, to go on learning from there."""

from itertools import pairwise

import torch
from torch import nn

from numerals.networks.line_net import LineNet

_STRANGENESS = 0.05
"""How far copies differ, in standard deviations of their layer: alike, they would stay alike."""

Copies = tuple[torch.Tensor, torch.Tensor]
"""For each unit the one it is a copy of, and how many copies, itself included, that one has."""


@torch.no_grad()
def widen(
    network: LineNet,
    widths: tuple[int, int, int, int, int],
    hidden: int,
    generator: torch.Generator,
    *,
    strangeness: float = _STRANGENESS,
) -> LineNet:
    """Return a wider network that computes what the given one does, but for small differences.

    Units are copied, and what they give is shared among the copies.

    Parameters
    ----------
    network : LineNet
    widths : tuple of int
        As `LineNet` takes them; none less than before.
    hidden : int
        The same.
    generator : torch.Generator
        Says which units are copied.
    strangeness : float, default=0.05
        How far the copies' weights differ, in standard deviations of their layer's.

    References
    ----------
    Chen, Goodfellow, Shlens 2016, Net2Net: accelerating learning via knowledge transfer,
    section 2.3.
    """
    full, half, quarter, eighth, columns = widths
    wider = LineNet(network.classify.out_features, widths, hidden, network.dropout.p)
    inputs: Copies = (torch.arange(1), torch.ones(1))
    for old, new, width in zip(
        _blocks(network),
        _blocks(wider),
        (full, half, half, quarter, quarter, eighth, columns),
        strict=True,
    ):
        outputs = _copies(old[0].out_channels, width, generator)
        weight = (old[0].weight[:, inputs[0]] / inputs[1].view(1, -1, 1, 1))[outputs[0]]
        new[0].weight.copy_(_estranged(weight, old[0].out_channels, strangeness, generator))
        for name, values in old[1].state_dict().items():
            new[1].state_dict()[name].copy_(values[outputs[0]] if values.ndim else values)
        inputs = outputs
    states = _copies(network.along.hidden_size, hidden, generator)
    for name, values in network.along.named_parameters():
        gates = values.reshape(3, -1, *values.shape[1:])[:, states[0]]
        if name.startswith("weight"):
            source, count = inputs if name.startswith("weight_ih") else states
            gates = gates[..., source] / count
        getattr(wider.along, name).copy_(gates.flatten(0, 1))
    both = torch.cat([states[0], states[0] + network.along.hidden_size])  # the directions
    wider.classify.weight.copy_(network.classify.weight[:, both] / states[1].repeat(2))
    wider.classify.bias.copy_(network.classify.bias)
    return wider


def _blocks(network: LineNet) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Return each convolution with its batch norm."""
    layers = list(network.features)
    return [
        (layer, norm)
        for layer, norm in pairwise(layers)
        if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
    ]


def _copies(n: int, wanted: int, generator: torch.Generator) -> Copies:
    more = torch.randint(n, (wanted - n,), generator=generator)
    source = torch.cat([torch.arange(n), more])
    return source, torch.bincount(source, minlength=n)[source].float()


def _estranged(
    weight: torch.Tensor, n: int, strangeness: float, generator: torch.Generator
) -> torch.Tensor:
    """Return weights whose outputs beyond the first `n` are no longer copies."""
    noise = torch.randn(weight[n:].shape, generator=generator) * weight.std() * strangeness
    return torch.cat([weight[:n], weight[n:] + noise])
