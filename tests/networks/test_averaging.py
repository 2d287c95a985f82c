import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
from torch import nn

from numerals.networks.averaging import MovingAverage, between


def moved(network, value):
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(value)
    return network


def test_the_beginning_is_forgotten_and_then_the_decay_holds():
    network = moved(nn.Linear(2, 1), 100.0)
    average = MovingAverage(network, 0.5)
    assert average.network.weight[0, 0] == 100
    average.update(moved(network, 0.0))
    assert average.network.weight[0, 0] == pytest.approx(10)  # 1 / 10 of what was
    for _ in range(20):
        average.update(network)
    before = float(average.network.weight[0, 0])
    average.update(network)
    assert average.network.weight[0, 0] == pytest.approx(before / 2)


def test_counts_and_statistics_come_along():
    network = nn.BatchNorm2d(2)
    average = MovingAverage(network, 0.9)
    network(torch.rand(4, 2, 3, 3))
    average.update(network)
    assert average.network.num_batches_tracked == 1
    assert (average.network.running_mean > 0).all()


def test_a_saved_average_goes_on():
    network = moved(nn.Linear(2, 1), 1.0)
    average = MovingAverage(network, 0.9)
    average.update(moved(network, 3.0))
    other = MovingAverage(nn.Linear(2, 1), 0.9)
    other.load_state_dict(average.state_dict())
    for each in (average, other):
        each.update(network)
    torch.testing.assert_close(other.weights, average.weights)


def test_between_two_networks_neither_is_changed():
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    before = [p.clone() for p in (*first.parameters(), *second.parameters())]
    mixed = between(first, second, 0.25)
    for weight, one, other in zip(
        mixed.parameters(), first.parameters(), second.parameters(), strict=True
    ):
        torch.testing.assert_close(weight, 0.75 * one + 0.25 * other)
    for weight, old in zip((*first.parameters(), *second.parameters()), before, strict=True):
        assert torch.equal(weight, old)
