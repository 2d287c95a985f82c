"""Networks -> one ONNX file, written node by node: no tracing, weights in half precision."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from numerals.networks.digit_net import DigitNet


def write_onnx(
    networks: Sequence[DigitNet], temperature: float, metadata: Mapping[str, str], path: Path
) -> None:
    """Write the mean of the networks' probabilities as one model.

    Batch norms are folded into the convolutions before them; weights are stored as float16 and
    cast when the file is loaded, so that all arithmetic is float32.

    Parameters
    ----------
    networks : sequence of DigitNet
        In evaluation mode.
    temperature : float
        What logits are divided by before the softmax.
    metadata : mapping of str to str
        Goes into the file.
    path : Path
        Where to write; replaced whole or not at all.
    """
    graph = _Graph()
    scaled = graph.add("Cast", "images", to=TensorProto.FLOAT)
    scaled = graph.add("Mul", scaled, graph.constant(np.float32(1 / 255)))
    pixels = graph.add("Unsqueeze", scaled, graph.constant(np.array([1], np.int64)))
    members = [_member(graph, pixels, network, temperature) for network in networks]
    graph.add("Mean", *members, output="probabilities")
    n_classes = networks[0].classify.out_features
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "digits",
            [helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", 28, 28])],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", n_classes])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model)
    partial = path.with_suffix(".partial")
    onnx.save(model, str(partial))
    partial.replace(path)


class _Graph:
    """Collects nodes and weights, and names what flows between them."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, value: npt.ArrayLike) -> str:
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def half(self, tensor: torch.Tensor) -> str:
        stored = self.constant(tensor.detach().numpy().astype(np.float16))
        return self.add("Cast", stored, to=TensorProto.FLOAT)


def _member(graph: _Graph, pixels: str, network: DigitNet, temperature: float) -> str:
    maps = pixels
    layers = list(network.features)
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, nn.Conv2d):
            assert isinstance(following, nn.BatchNorm2d)
            weight, bias = _fold(layer, following)
            padding = [int(layer.padding[0])] * 4
            maps = graph.add("Conv", maps, graph.half(weight), graph.half(bias), pads=padding)
        elif isinstance(layer, nn.ReLU):
            maps = graph.add("Relu", maps)
        elif isinstance(layer, nn.MaxPool2d):
            maps = graph.add("MaxPool", maps, kernel_shape=[2, 2], strides=[2, 2])
    pooled = [graph.add(kind, maps) for kind in ("GlobalMaxPool", "GlobalAveragePool")]
    joined = graph.add("Flatten", graph.add("Concat", *pooled, axis=1))
    matrix = graph.half(network.classify.weight / temperature)
    offset = graph.half(network.classify.bias / temperature)
    logits = graph.add("Gemm", joined, matrix, offset, transB=1)
    return graph.add("Softmax", logits, axis=1)


def _fold(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weight and bias of the convolution that does the work of both."""
    assert norm.running_mean is not None and norm.running_var is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weight = convolution.weight * scale[:, None, None, None]
    return weight, norm.bias - norm.running_mean * scale
