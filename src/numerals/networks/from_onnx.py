"""Model files of ours -> the networks that wrote them, to be trained further.

What `write_line_onnx` and `write_onnx` folded together stays so: batch norms come back as the
identity plus the convolution's bias, and are to be left in evaluation mode (`freeze_norms`).
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

_DIGIT_CONVOLUTIONS = 5


def read_line_nets(path: Path, *, dropout: float = 0.1) -> list[tuple[LineNet, float]]:
    """Return the networks of a line model, each with the temperature of its logits.

    Parameters
    ----------
    path : Path
        A line model, as `numerals.models.load_line_model` takes it.
    dropout : float in [0, 1), default=0.1
        Of the networks; the file does not say.

    Raises
    ------
    ModelError
        If it was written by another design of network.
    """
    return [_read_line_net(part, dropout) for part in _File.open(path).branches()]


def _read_line_net(file: "_File", dropout: float) -> tuple[LineNet, float]:
    convolutions = list(file.pairs("Conv"))
    scales = file.runs("Conv", "MaxPool")
    if len(scales) != 4 or scales[0] != 1 or min(scales) < 1 or scales[3] < 2:
        raise _other_design(file.path)
    outputs = [len(bias) for _, bias in convolutions]
    half, quarter, eighth = (outputs[sum(scales[:i])] for i in (1, 2, 3))
    widths = (outputs[0], half, quarter, eighth, outputs[-1])
    depths = (scales[1], scales[2], scales[3])
    inputs, states, biases = file.weights("GRU")
    (classes,) = file.weights("MatMul")
    (bias,) = file.weights("Add")
    network = LineNet(len(bias), widths, states.shape[2], dropout, depths)
    try:
        _fill(network.features, convolutions)
        _fill_gru(network.along, inputs, states, biases)
        _copy(network.classify.weight, classes.T)
        _copy(network.classify.bias, bias)
    except ValueError as error:
        raise _other_design(file.path) from error
    return network.eval(), file.temperature()


def read_digit_nets(path: Path) -> tuple[list[DigitNet], float]:
    """Return the networks of a digit model, and their temperature.

    Raises
    ------
    ModelError
        If it was written by another design of network.
    """
    file = _File.open(path)
    convolutions, last = list(file.pairs("Conv")), list(file.pairs("Gemm"))
    if not last or len(convolutions) != _DIGIT_CONVOLUTIONS * len(last):
        raise _other_design(path)
    networks = []
    for member, (weight, bias) in enumerate(last):
        own = convolutions[_DIGIT_CONVOLUTIONS * member :][:_DIGIT_CONVOLUTIONS]
        first, second, _, third, _ = (len(each) for _, each in own)
        network = DigitNet(len(bias), (first, second, third))
        try:
            _fill(network.features, own)
            _copy(network.classify.weight, weight)
            _copy(network.classify.bias, bias)
        except ValueError as error:
            raise _other_design(path) from error
        networks.append(network.eval())
    return networks, file.temperature()


def freeze_norms(network: nn.Module) -> nn.Module:
    """Keep batch norms as they are while the rest trains: they carry no statistics of data."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()
    return network


class _File:
    """The weights of an ONNX graph, by the nodes that use them."""

    def __init__(self, path: Path, graph: onnx.GraphProto) -> None:
        self.path, self._nodes = path, list(graph.node)
        self._arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        for node in self._nodes:  # short weights are brought to single precision first
            known = [self._arrays[name] for name in node.input if name in self._arrays]
            if node.op_type == "Cast" and known:
                self._arrays[node.output[0]] = known[0].astype(np.float32)
            elif node.op_type == "Mul" and len(known) == 2:  # 8 bits and their scale
                self._arrays[node.output[0]] = known[0] * known[1]

    @classmethod
    def open(cls, path: Path) -> "_File":
        try:
            return cls(path, onnx.load(str(path), load_external_data=False).graph)
        except Exception as error:  # protobuf's own errors, and arrays that are cut short
            raise ModelError(f"{path}: cannot be taken apart ({error})") from error

    def branches(self) -> "list[_File]":
        """Return the first and the second branch of a graph that has two, or the graph itself."""
        found = {
            attribute.name: _File(self.path, attribute.g)
            for node in self._nodes
            if node.op_type == "If"
            for attribute in node.attribute
        }
        if not found:
            return [self]
        if set(found) != {"else_branch", "then_branch"}:
            raise _other_design(self.path)
        return [found["else_branch"], found["then_branch"]]

    def runs(self, kind: str, end: str) -> list[int]:
        """Return how many nodes of a kind stand before, between and after those that end a run."""
        runs = [0]
        for node in self._nodes:
            if node.op_type == end:
                runs.append(0)
            runs[-1] += node.op_type == kind
        return runs

    def pairs(self, kind: str) -> Iterator[tuple[Weights, Weights]]:
        """Yield weight and bias of each node of a kind, in order."""
        for node in self._nodes:
            if node.op_type == kind:
                weight, bias = self._of(node)
                yield weight, bias

    def weights(self, kind: str) -> list[Weights]:
        """Return the weights of the one node of a kind."""
        found = [self._of(node) for node in self._nodes if node.op_type == kind]
        if len(found) != 1:
            raise _other_design(self.path)
        return found[0]

    def temperature(self) -> float:
        """Return what logits are divided by."""
        found = [self._of(node) for node in self._nodes if node.op_type == "Div"]
        return float(found[0][0]) if found and found[0] else 1.0

    def _of(self, node: Any) -> list[Weights]:
        return [self._arrays[name] for name in node.input if name in self._arrays]


def _fill(features: nn.Sequential, folded: Sequence[tuple[Weights, Weights]]) -> None:
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
    for way, suffix in enumerate(("", "_reverse")):
        both = np.split(biases[way], 2)
        for kind, weights in (
            ("weight_ih", inputs[way]),
            ("weight_hh", states[way]),
            ("bias_ih", both[0]),
            ("bias_hh", both[1]),
        ):
            _copy(getattr(layer, f"{kind}_l0{suffix}"), _reset_gate_first(weights))


def _reset_gate_first(weights: Weights) -> Weights:
    """Order gates as PyTorch does: reset, update, new; ONNX has the update gate first."""
    update, reset, new = np.split(weights, 3)
    return np.concatenate([reset, update, new])


def _copy(parameter: torch.Tensor, weights: Weights) -> None:
    if tuple(parameter.shape) != weights.shape:
        raise ValueError(f"weights of shape {weights.shape}; expected {tuple(parameter.shape)}")
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.array(weights, np.float32)))


def _other_design(path: Path) -> ModelError:
    return ModelError(
        f"{path}: made by another design of network than this version trains; make a model by "
        "its recipe (numerals train --recipe NAME), and put that to use first"
    )
