import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from numerals.networks.growth import widen
from numerals.networks.line_net import LineNet

WIDER = (6, 8, 13, 24, 20)


def a_trained_net():
    torch.manual_seed(0)
    network = LineNet(5, (4, 8, 8, 16, 12), hidden=6)
    for _ in range(3):
        network(torch.rand(8, 1, 40, 64))  # batch norms see something
    return network.eval()


def test_a_wider_network_says_the_same():
    network, strips = a_trained_net(), torch.rand(3, 1, 40, 80)
    wider = widen(network, WIDER, 11, torch.Generator().manual_seed(1), strangeness=0).eval()
    with torch.inference_mode():
        torch.testing.assert_close(wider(strips), network(strips), rtol=0, atol=1e-5)
    assert wider.along.hidden_size == 11
    assert wider.features[-3].out_channels == 20


def test_copies_differ_so_that_they_can_learn_different_things():
    network, strips = a_trained_net(), torch.rand(3, 1, 40, 80)
    wider = widen(network, WIDER, 11, torch.Generator().manual_seed(1)).eval()
    with torch.inference_mode():
        difference = (wider(strips) - network(strips)).abs().max()
    assert 0 < difference < 0.1
    first = wider.features[0].weight
    assert len(torch.unique(first.flatten(1), dim=0)) == len(first)
