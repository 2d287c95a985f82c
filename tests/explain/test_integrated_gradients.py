"""Integrated gradients are complete, exact for linear networks, and zero without ink."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
from torch import nn

from numerals.explain.integrated_gradients import IntegratedGradients, find_module


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(144, 10),
    )  # fmt: skip


@pytest.mark.parametrize("other", [None, 7])
def test_attributions_sum_to_the_logit_difference(network, other, other_digits):
    image = other_digits.images[4]
    result = IntegratedGradients(network, steps=200).attribute(image, 4, other)
    network.eval()
    with torch.no_grad():
        ends = network(torch.tensor(np.stack([image, 0 * image])[:, None] / 255.0).float())
    scores = ends[:, 4] if other is None else ends[:, 4] - ends[:, other]
    assert result.score == pytest.approx(float(scores[0]), abs=1e-5)
    assert result.baseline_score == pytest.approx(float(scores[1]), abs=1e-5)
    assert abs(result.residual) < 0.005 * np.abs(result.values).sum()
    assert not result.values[image == 0].any()


def test_a_linear_network_gets_weight_times_ink(other_digits):
    network = nn.Sequential(nn.Flatten(), nn.Linear(196, 10))
    image = other_digits.images[0]
    result = IntegratedGradients(network, steps=1).attribute(image, 2)
    weights = network[1].weight[2].detach().numpy().reshape(14, 14)
    np.testing.assert_allclose(result.values, weights * image / 255, atol=1e-6)


def test_the_network_is_not_modified(network, other_digits):
    network.train()
    attributor = IntegratedGradients(network, steps=2)
    attributor.attribute(other_digits.images[0], 0)
    assert network.training
    assert next(network.parameters()).dtype == torch.float32
    assert next(network.parameters()).grad is None


def test_modules_are_found_if_no_step_comes_before_them(network):
    class Network:
        def to_module(self):
            return network

    class Pipeline:
        def __init__(self, first):
            self.steps = [("deskew", first), ("classify", Network())]

    assert find_module(Network()) is network
    assert find_module(Pipeline("passthrough")) is network
    assert find_module(Pipeline(object())) is None
    assert find_module(object()) is None


def test_logits_of_fewer_classes_are_found_by_their_labels(other_digits):
    torch.manual_seed(1)
    network = nn.Sequential(nn.Flatten(), nn.Linear(196, 3))
    image = other_digits.images[0]
    by_label = IntegratedGradients(network, labels=(2, 5, 7), steps=4).attribute(image, 5, 7)
    by_column = IntegratedGradients(network, steps=4).attribute(image, 1, 2)
    np.testing.assert_array_equal(by_label.values, by_column.values)
