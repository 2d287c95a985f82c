"""Export of digit and line networks to ONNX, without tracing; batch norms are folded."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto
from torch import nn

from numerals.files import atomic_file
from numerals.models.line_model import STRIP_HEIGHT
from numerals.networks.digit_net import DigitNet
from numerals.networks.line_net import LineNet
from numerals.networks.onnx_graph import Graph
from numerals.networks.tutorial_net import TutorialNet

Store = Callable[[npt.NDArray[Any]], str]
"""Stores weights in a graph, and returns the name of the tensor."""


def add_network(graph: Graph, maps: str, network: nn.Module, store: Store) -> str:
    """Add the nodes of a network in evaluation mode to a graph.

    Parameters
    ----------
    graph : Graph
    maps : str
        Name of the images, float32 of shape (n, 1, height, width).
    network : DigitNet, TutorialNet, or nn.Sequential of layers and these
    store : callable
        `Graph.single`, `Graph.half` or `Graph.byte` of this graph.

    Returns
    -------
    str
        Name of the logits, float32 of shape (n, n_classes).

    Raises
    ------
    TypeError
        If a layer has no ONNX nodes here.
    """
    layers = _layers(network)
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        maps = _add_layer(graph, maps, layer, following, store)
    return maps


def _layers(network: nn.Module) -> list[nn.Module]:
    """Return the layers of nested ``nn.Sequential`` modules, in order."""
    if isinstance(network, TutorialNet):
        return _layers(network.layers)
    if isinstance(network, nn.Sequential):
        return [layer for part in network for layer in _layers(part)]
    return [network]


def _add_layer(
    graph: Graph, maps: str, layer: nn.Module, following: nn.Module | None, store: Store
) -> str:
    match layer:
        case DigitNet():
            maps = add_network(graph, maps, layer.features, store)
            pooled = [graph.add(kind, maps) for kind in ("GlobalMaxPool", "GlobalAveragePool")]
            joined = graph.add("Flatten", graph.add("Concat", *pooled, axis=1))
            return _add_layer(graph, joined, layer.classify, None, store)
        case nn.Conv2d():
            weight, bias = _fold(layer, following)
            padding = [int(side) for side in layer.padding] * 2
            return graph.add("Conv", maps, store(_array(weight)), store(_array(bias)), pads=padding)
        case nn.Linear():
            return graph.add(
                "Gemm", maps, store(_array(layer.weight)), store(_array(layer.bias)), transB=1
            )
        case nn.ReLU():
            return graph.add("Relu", maps)
        case nn.MaxPool2d():
            size = layer.kernel_size
            shape = list(size) if isinstance(size, tuple) else [size, size]
            return graph.add("MaxPool", maps, kernel_shape=shape, strides=shape)
        case nn.Flatten():
            return graph.add("Flatten", maps)
        case nn.ZeroPad2d():
            left, right, top, bottom = layer.padding
            pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
            return graph.add("Pad", maps, graph.constant(pads))
        case nn.BatchNorm2d() | nn.Dropout():
            return maps  # folded into the convolution before it; identity in evaluation mode
    raise TypeError(
        f"layer {type(layer).__name__} has no ONNX nodes; expected a layer of DigitNet, LineNet or "
        "TutorialNet"
    )


def _fold(convolution: nn.Conv2d, following: nn.Module | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weight and bias of a convolution with the batch norm after it, if any, folded in."""
    weight, bias = convolution.weight, convolution.bias
    if not isinstance(following, nn.BatchNorm2d):
        return weight, torch.zeros(len(weight)) if bias is None else bias
    assert following.running_mean is not None and following.running_var is not None
    scale = following.weight / torch.sqrt(following.running_var + following.eps)
    shift = following.running_mean if bias is None else following.running_mean - bias
    return weight * scale[:, None, None, None], following.bias - shift * scale


def _array(weights: torch.Tensor) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = weights.detach().numpy()
    return array


def write_digit_onnx(
    networks: Sequence[DigitNet],
    temperature: float,
    metadata: Mapping[str, str],
    path: Path,
    *,
    weight_bits: int = 16,
) -> None:
    """Write digit networks as one model that averages their probabilities.

    Parameters
    ----------
    networks : sequence of DigitNet
        In evaluation mode, for images of 28x28.
    temperature : float
        Divisor of the logits before the softmax.
    metadata : mapping of str to str
        Metadata of the file.
    path : Path
        File to write, atomically.
    weight_bits : {16, 8}, default=16
        Weights are stored as float16, or as int8 with a scale per row.
    """
    graph = Graph()
    store = _weight_store(graph, weight_bits)
    pixels = _add_pixels(graph, "images")
    divisor = graph.constant(np.float32(temperature))
    members = []
    for network in networks:
        logits = add_network(graph, pixels, network, store)
        members.append(graph.add("Softmax", graph.add("Div", logits, divisor), axis=1))
    graph.add("Mean", *members, output="probabilities")
    _write(graph.model((28, 28), networks[0].classify.out_features, metadata), path)


def write_line_onnx(
    networks: Sequence[tuple[LineNet, float]],
    metadata: Mapping[str, str],
    path: Path,
    *,
    weight_bits: int = 16,
) -> None:
    """Write one or two line networks as one model.

    Parameters
    ----------
    networks : sequence of (LineNet, float)
        In evaluation mode, each with the temperature of its logits.
    metadata : mapping of str to str
        Metadata of the file.
    path : Path
        File to write, atomically.
    weight_bits : {16, 8}, default=16
        Weights are stored as float16, or as int8 with a scale per row.
    """
    graph = Graph()
    pixels = _add_pixels(graph, "strips")
    strips = ("strips", TensorProto.UINT8, ["n", STRIP_HEIGHT, "width"])
    n_classes = networks[0][0].classify.out_features
    result = ("log_probabilities", TensorProto.FLOAT, ["n", "columns", n_classes])
    if len(networks) == 1:
        _add_line_net(graph, pixels, *networks[0], weight_bits, result[0])
        _write(graph.build([strips], result, metadata), path)
        return
    # A run computes one of two branches: the reader runs the second network on few lines.
    branches = []
    for prefix, network in zip(("first_", "second_"), networks, strict=True):
        branch, output = Graph(prefix), prefix + result[0]
        _add_line_net(branch, pixels, *network, weight_bits, output)
        branches.append(branch.branch((output, *result[1:])))
    graph.add("If", "second", output=result[0], else_branch=branches[0], then_branch=branches[1])
    _write(graph.build([strips, ("second", TensorProto.BOOL, [])], result, metadata), path)


def _add_line_net(
    graph: Graph, pixels: str, network: LineNet, temperature: float, weight_bits: int, output: str
) -> None:
    """Add a line network; its output are the log-probabilities of each column."""
    store = _weight_store(graph, weight_bits)
    maps = add_network(graph, pixels, network.features, store)
    flat = graph.add("Squeeze", maps, graph.constant(np.array([2], np.int64)))
    columns = graph.add("Transpose", flat, perm=[2, 0, 1])  # recurrent layers take time first
    joined = _add_gru(graph, columns, network.along, store)
    logits = graph.add("MatMul", joined, graph.half(_array(network.classify.weight.T)))
    logits = graph.add("Add", logits, graph.half(_array(network.classify.bias)))
    scaled = graph.add("Div", logits, graph.constant(np.float32(temperature)))
    graph.add("LogSoftmax", scaled, axis=2, output=output)


def _weight_store(graph: Graph, weight_bits: int) -> Store:
    return {16: graph.half, 8: graph.byte}[weight_bits]


def _add_gru(graph: Graph, columns: str, layer: nn.GRU, store: Store) -> str:
    """Add a bidirectional layer of gated recurrent units.

    Maps shape (n_columns, n, n_features) to (n, n_columns, 2 * hidden_size).
    """
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    both = [
        [_update_gate_first(_array(getattr(layer, f"{kind}_l0{way}"))) for way in ("", "_reverse")]
        for kind in kinds
    ]
    inputs, states, *biases = (np.stack(weights) for weights in both)
    outputs = f"{graph.prefix}gru{len(graph.nodes)}"
    graph.add_many(
        "GRU",
        [columns, store(inputs), store(states), graph.half(np.concatenate(biases, 1))],
        [outputs],
        direction="bidirectional",
        hidden_size=layer.hidden_size,
        linear_before_reset=1,  # as PyTorch does
    )
    by_line = graph.add("Transpose", outputs, perm=[2, 0, 1, 3])
    return graph.add("Reshape", by_line, graph.constant(np.array([0, 0, -1], np.int64)))


def _update_gate_first(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Reorder gates from PyTorch (reset, update, new) to ONNX (update, reset, new)."""
    reset, update, new = np.split(weights, 3)
    return np.concatenate([update, reset, new])


def _add_pixels(graph: Graph, images: str) -> str:
    """Convert gray levels, uint8 of shape (n, height, width), to float maps in [0, 1]."""
    levels = graph.add("Cast", images, to=TensorProto.FLOAT)
    shares = graph.add("Mul", levels, graph.constant(np.float32(1 / 255)))
    return graph.add("Unsqueeze", shares, graph.constant(np.array([1], np.int64)))


def _write(model: onnx.ModelProto, path: Path) -> None:
    with atomic_file(path) as partial:
        onnx.save(model, str(partial), format="protobuf")
