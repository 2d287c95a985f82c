"""Export of networks to ONNX: the graph computes what the network does."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
onnx = pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")
from torch import nn

from numerals.models.runtime import load_onnxruntime
from numerals.networks.digit_net import MIN_SIDE, DigitNet
from numerals.networks.onnx_graph import Graph
from numerals.networks.to_onnx import add_network
from numerals.networks.tutorial_net import TutorialNet


def update_norms(network, shape):
    """Return the network in evaluation mode, after updating the statistics of its batch norms."""
    network.train()
    with torch.no_grad():
        network(torch.rand(16, 1, *shape))
    return network.eval()


def run(network, images, precision="single"):
    graph = Graph()
    pixels = graph.add("Cast", "images", to=onnx.TensorProto.FLOAT)
    pixels = graph.add("Unsqueeze", pixels, graph.constant(np.array([1], np.int64)))
    logits = add_network(graph, pixels, network, getattr(graph, precision))
    graph.add("Identity", logits, output="probabilities")
    model = graph.model(images.shape[1:], 3, {"name": "trial"})
    session = load_onnxruntime().InferenceSession(model.SerializeToString())
    return session.run(None, {"images": images})[0]


@pytest.mark.parametrize("precision", ["single", "half", "byte"])
@pytest.mark.parametrize(
    "make, shape",
    [
        (lambda: DigitNet(3, (4, 4, 8)), (28, 28)),
        (lambda: DigitNet(3, (4, 4, 8)), (MIN_SIDE, 20)),
        (lambda: TutorialNet(3, (8, 12)), (8, 12)),
        (lambda: nn.Sequential(nn.ZeroPad2d((1, 2, 3, 4)), TutorialNet(3, (12, 8))), (5, 5)),
    ],
)
def test_the_graph_has_the_logits_of_the_network(make, shape, precision):
    torch.manual_seed(0)
    network = update_norms(make(), shape)
    images = np.random.default_rng(0).integers(0, 2, (6, *shape)).astype(np.uint8)
    with torch.no_grad():
        expected = network(torch.from_numpy(images[:, None].astype(np.float32))).numpy()
    atol = {"single": 1e-5, "half": 3e-3, "byte": 3e-2}[precision]
    np.testing.assert_allclose(run(network, images, precision), expected, atol=atol)


def test_a_layer_without_onnx_nodes_is_an_error():
    with pytest.raises(TypeError, match="Tanh"):
        add_network(Graph(), "images", nn.Tanh(), Graph().single)


def test_the_digit_net_takes_images_of_the_minimum_size_only():
    images = torch.rand(2, 1, MIN_SIDE, MIN_SIDE)
    assert DigitNet(10, (2, 2, 2)).eval()(images).shape == (2, 10)
    with pytest.raises(RuntimeError):
        DigitNet(10, (2, 2, 2)).eval()(images[:, :, 1:])


def test_the_tutorial_net_has_the_layers_of_the_tutorial():
    network = TutorialNet(10)
    assert sum(p.numel() for p in network.parameters()) == 887_530
    kinds = [type(layer).__name__ for layer in network.layers]
    pair = ["Conv2d", "ReLU", "Conv2d", "ReLU", "MaxPool2d", "Dropout"]
    assert kinds == [*pair, *pair, "Flatten", "Linear", "ReLU", "Dropout", "Linear"]
    assert [m.p for m in network.layers if isinstance(m, nn.Dropout)] == [0.25, 0.25, 0.5]
    assert network(torch.rand(2, 1, 28, 28)).shape == (2, 10)
