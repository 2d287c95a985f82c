"""Averages of network weights."""

import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
from torch import nn

from numerals.networks.averaging import MovingAverage, interpolate_weights


def fill(network, value):
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(value)
    return network


def test_the_initial_weights_are_forgotten_before_the_decay_applies():
    network = fill(nn.Linear(2, 1), 100.0)
    average = MovingAverage(network, 0.5)
    assert average.network.weight[0, 0] == 100
    average.update(fill(network, 0.0))
    assert average.network.weight[0, 0] == pytest.approx(10)  # a tenth of the initial weight
    for _ in range(20):
        average.update(network)
    before = float(average.network.weight[0, 0])
    average.update(network)
    assert average.network.weight[0, 0] == pytest.approx(before / 2)


def test_batch_norm_counters_and_statistics_are_updated():
    network = nn.BatchNorm2d(2)
    average = MovingAverage(network, 0.9)
    network(torch.rand(4, 2, 3, 3))
    average.update(network)
    assert average.network.num_batches_tracked == 1
    assert (average.network.running_mean > 0).all()


def test_a_restored_average_continues_as_the_saved_one():
    network = fill(nn.Linear(2, 1), 1.0)
    average = MovingAverage(network, 0.9)
    average.update(fill(network, 3.0))
    other = MovingAverage(nn.Linear(2, 1), 0.9)
    other.load_state_dict(average.state_dict())
    for each in (average, other):
        each.update(network)
    torch.testing.assert_close(other.weights, average.weights)


def test_interpolation_does_not_change_the_networks():
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    before = [p.clone() for p in (*first.parameters(), *second.parameters())]
    mixed = interpolate_weights(first, second, 0.25)
    for weight, one, other in zip(
        mixed.parameters(), first.parameters(), second.parameters(), strict=True
    ):
        torch.testing.assert_close(weight, 0.75 * one + 0.25 * other)
    for weight, old in zip((*first.parameters(), *second.parameters()), before, strict=True):
        assert torch.equal(weight, old)
