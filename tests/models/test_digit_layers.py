"""The layers of digit models, read without the onnx package."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from numerals.errors import ModelError
from numerals.models import SHIPPED_DIGIT_MODELS, line_model_path, load_model, model_path
from numerals.models.digit_layers import read_networks
from numerals.models.onnx_nodes import read_graph
from numerals.synthesis.font_glyphs import load_font_glyphs


def run(network, image):
    """Return the probabilities of a network, computed with NumPy."""
    maps = image[None].astype(np.float32) * network.input_scale
    for layer in network.layers:
        maps = run_layer(layer, maps)
    logits = maps / network.temperature
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def run_layer(layer, maps):
    if layer.kind == "relu":
        return np.maximum(maps, 0)
    if layer.kind == "max_pool":
        depth, height, width = maps.shape
        return maps.reshape(depth, height // 2, 2, width // 2, 2).max(axis=(2, 4))
    if layer.kind == "summary":
        return np.concatenate([maps.max(axis=(1, 2)), maps.mean(axis=(1, 2))])
    if layer.kind == "flatten":
        return maps.reshape(-1)
    weight, bias = layer.weight.to_float(), layer.bias.to_float()
    if layer.kind == "linear":
        return weight @ maps + bias
    margin = (layer.padding, layer.padding)
    windows = sliding_window_view(np.pad(maps, ((0, 0), margin, margin)), weight.shape[2:], (1, 2))
    return np.einsum("cyxij,ocij->oyx", windows, weight) + bias[:, None, None]


@pytest.mark.parametrize("script", SHIPPED_DIGIT_MODELS)
def test_layers_compute_the_probabilities_of_the_model(script):
    networks, model = read_networks(model_path(script)), load_model(script)
    images = load_font_glyphs()[0][40, :3]
    expected = model.predict_proba(images)
    for image, proba in zip(images, expected, strict=True):
        mean = np.mean([run(network, image) for network in networks], axis=0)
        np.testing.assert_allclose(mean[: len(model.classes)], proba, atol=1e-4)


def test_weights_and_nodes_are_those_that_onnx_reads():
    onnx = pytest.importorskip("onnx", reason="needs numerals[lab]")
    path = model_path("kannada")
    nodes, weights = read_graph(path.read_bytes())
    graph = onnx.load(str(path)).graph
    assert [node.operator for node in nodes] == [node.op_type for node in graph.node]
    assert [list(node.inputs) for node in nodes] == [list(node.input) for node in graph.node]
    for expected in graph.initializer:
        array = onnx.numpy_helper.to_array(expected)
        assert weights[expected.name].dtype == array.dtype
        np.testing.assert_array_equal(weights[expected.name], array)


def test_networks_of_other_designs_are_reported():
    with pytest.raises(ModelError, match="cannot show its layers"):
        read_networks(line_model_path("latin"))


def test_strided_convolutions_are_reported(tmp_path):
    pytest.importorskip("onnx", reason="needs numerals[lab]")
    from numerals.networks.onnx_graph import Graph

    graph = Graph()
    maps = graph.add("Unsqueeze", graph.add("Cast", "images", to=1), graph.constant([1]))
    weight, bias = graph.single(np.ones((4, 1, 3, 3))), graph.single(np.zeros(4))
    maps = graph.add("Conv", maps, weight, bias, strides=[2, 2])
    graph.add("Softmax", maps, axis=1, output="probabilities")
    path = tmp_path / "strided.onnx"
    path.write_bytes(graph.model((28, 28), 4, {}).SerializeToString())
    with pytest.raises(ModelError, match=r"strided.onnx: cannot show its layers \(operator Conv\)"):
        read_networks(path)


@pytest.mark.parametrize("length", [1, 1000, 100_000])
def test_incomplete_files_are_reported(tmp_path, length):
    path = tmp_path / "cut.onnx"
    path.write_bytes(model_path("latin").read_bytes()[:length])
    with pytest.raises(ModelError, match=r"cut.onnx: is not a complete ONNX model"):
        read_networks(path)
