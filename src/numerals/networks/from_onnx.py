"""Import of digit and line networks from our model files, for fine-tuning.

The export folds batch norms into convolutions. The imported batch norms therefore only add the
biases of the convolutions, and must stay in evaluation mode (`freeze_norms`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from numerals.errors import ModelError
from numerals.networks.digit_net import DigitNet
from numerals.networks.line_net import LineNet

Weights = npt.NDArray[np.float32]

_CONVOLUTIONS_PER_DIGIT_NET = 5


def read_line_nets(path: Path, *, dropout: float = 0.1) -> list[tuple[LineNet, float]]:
    """Return the networks of a line model, each with the temperature of its logits.

    Parameters
    ----------
    path : Path
        A line model, as `numerals.models.load_line_model` takes it.
    dropout : float in [0, 1), default=0.1
        Dropout of the networks; the file does not contain it.

    Raises
    ------
    ModelError
        If the file cannot be read, or has another network design.
    """
    return [_read_line_net(branch, dropout) for branch in _GraphWeights.open(path).branches()]


def _read_line_net(graph: "_GraphWeights", dropout: float) -> tuple[LineNet, float]:
    convolutions = list(graph.pairs("Conv"))
    counts = graph.counts_between("Conv", "MaxPool")
    if len(counts) != 4 or counts[0] != 1 or min(counts) < 1 or counts[3] < 2:
        raise _other_design(graph.path)
    channels = [len(bias) for _, bias in convolutions]
    half, quarter, eighth = (channels[sum(counts[:i])] for i in (1, 2, 3))
    widths = (channels[0], half, quarter, eighth, channels[-1])
    depths = (counts[1], counts[2], counts[3])
    inputs, states, biases = graph.only("GRU")
    (classes,) = graph.only("MatMul")
    (bias,) = graph.only("Add")
    network = LineNet(len(bias), widths, states.shape[2], dropout, depths)
    try:
        _fill_features(network.features, convolutions)
        _fill_gru(network.along, inputs, states, biases)
        _copy(network.classify.weight, classes.T)
        _copy(network.classify.bias, bias)
    except ValueError as error:
        raise _other_design(graph.path) from error
    return network.eval(), graph.temperature()


def read_digit_nets(path: Path) -> tuple[list[DigitNet], float]:
    """Return the networks of a digit model, and their common temperature.

    Raises
    ------
    ModelError
        If the file cannot be read, or has another network design.
    """
    graph = _GraphWeights.open(path)
    convolutions, heads = list(graph.pairs("Conv")), list(graph.pairs("Gemm"))
    n = _CONVOLUTIONS_PER_DIGIT_NET
    if not heads or len(convolutions) != n * len(heads):
        raise _other_design(path)
    networks = []
    for member, (weight, bias) in enumerate(heads):
        own = convolutions[n * member : n * (member + 1)]
        first, second, _, third, _ = (len(each) for _, each in own)
        network = DigitNet(len(bias), (first, second, third))
        try:
            _fill_features(network.features, own)
            _copy(network.classify.weight, weight)
            _copy(network.classify.bias, bias)
        except ValueError as error:
            raise _other_design(path) from error
        networks.append(network.eval())
    return networks, graph.temperature()


def freeze_norms(network: nn.Module) -> nn.Module:
    """Set all batch norms to evaluation mode; return the network.

    Imported batch norms have no statistics of data: see the module's docstring.
    """
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()
    return network


class _GraphWeights:
    """The weights of an ONNX graph, by the operators of the nodes that use them."""

    def __init__(self, path: Path, graph: onnx.GraphProto) -> None:
        self.path, self._nodes = path, list(graph.node)
        self._arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        for node in self._nodes:  # restore float32 weights from those in 16 or 8 bits
            known = self._weights_of(node)
            if node.op_type == "Cast" and known:
                self._arrays[node.output[0]] = known[0].astype(np.float32)
            elif node.op_type == "Mul" and len(known) == 2:  # int8 weights and their scale
                self._arrays[node.output[0]] = known[0] * known[1]

    @classmethod
    def open(cls, path: Path) -> "_GraphWeights":
        """Read the graph of a file.

        Raises
        ------
        ModelError
            If the file is not a complete ONNX model.
        """
        try:
            return cls(path, onnx.load(str(path), load_external_data=False).graph)
        except Exception as error:  # of protobuf, or for truncated arrays
            raise ModelError(
                f"{path}: is not a complete ONNX model ({error}); download or train it again"
            ) from error

    def branches(self) -> "list[_GraphWeights]":
        """Return the first and second branch of the ``If`` node; the graph if it has none."""
        branches = {
            attribute.name: _GraphWeights(self.path, attribute.g)
            for node in self._nodes
            if node.op_type == "If"
            for attribute in node.attribute
        }
        if not branches:
            return [self]
        if set(branches) != {"else_branch", "then_branch"}:
            raise _other_design(self.path)
        return [branches["else_branch"], branches["then_branch"]]

    def counts_between(self, operator: str, separator: str) -> list[int]:
        """Return the numbers of nodes of an operator before, between and after separators."""
        counts = [0]
        for node in self._nodes:
            if node.op_type == separator:
                counts.append(0)
            counts[-1] += node.op_type == operator
        return counts

    def pairs(self, operator: str) -> Iterator[tuple[Weights, Weights]]:
        """Yield weight and bias of each node of an operator, in order."""
        for node in self._nodes:
            if node.op_type == operator:
                weight, bias = self._weights_of(node)
                yield weight, bias

    def only(self, operator: str) -> list[Weights]:
        """Return the weights of the only node of an operator."""
        weights = [self._weights_of(node) for node in self._nodes if node.op_type == operator]
        if len(weights) != 1:
            raise _other_design(self.path)
        return weights[0]

    def temperature(self) -> float:
        """Return the divisor of the logits; 1.0 if there is none."""
        divisors = [self._weights_of(node) for node in self._nodes if node.op_type == "Div"]
        return float(divisors[0][0]) if divisors and divisors[0] else 1.0

    def _weights_of(self, node: Any) -> list[Weights]:
        return [self._arrays[name] for name in node.input if name in self._arrays]


def _fill_features(features: nn.Sequential, folded: Sequence[tuple[Weights, Weights]]) -> None:
    """Set convolutions to folded weights, and the batch norms after them to their biases."""
    layers = list(features)
    convolutions = [i for i, layer in enumerate(layers) if isinstance(layer, nn.Conv2d)]
    for i, (weight, bias) in zip(convolutions, folded, strict=True):
        convolution, norm = layers[i], layers[i + 1]
        assert isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
        _copy(convolution.weight, weight)
        _copy(norm.bias, bias)
        assert norm.running_mean is not None and norm.running_var is not None
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        nn.init.ones_(norm.weight)


def _fill_gru(layer: nn.GRU, inputs: Weights, states: Weights, biases: Weights) -> None:
    for direction, suffix in enumerate(("", "_reverse")):
        input_bias, state_bias = np.split(biases[direction], 2)
        for name, weights in (
            ("weight_ih", inputs[direction]),
            ("weight_hh", states[direction]),
            ("bias_ih", input_bias),
            ("bias_hh", state_bias),
        ):
            _copy(getattr(layer, f"{name}_l0{suffix}"), _reset_gate_first(weights))


def _reset_gate_first(weights: Weights) -> Weights:
    """Reorder gates from ONNX (update, reset, new) to PyTorch (reset, update, new)."""
    update, reset, new = np.split(weights, 3)
    return np.concatenate([reset, update, new])


def _copy(parameter: torch.Tensor, weights: Weights) -> None:
    if tuple(parameter.shape) != weights.shape:
        raise ValueError(f"weights of shape {weights.shape}; expected {tuple(parameter.shape)}")
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.array(weights, np.float32)))


def _other_design(path: Path) -> ModelError:
    return ModelError(
        f"{path}: has another network design than this version trains; train a model with "
        "numerals train --recipe NAME, and activate it with numerals models use"
    )
