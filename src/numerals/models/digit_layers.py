"""The layers of a digit model, for showing what each of them computes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.models.onnx_nodes import Node, read_graph
from numerals.models.onnx_session import MAX_MODEL_BYTES
from numerals.untrusted import read_bounded

LayerKind = Literal[
    "convolution", "relu", "max_pool", "global_max", "global_mean", "summary", "flatten", "linear"
]

MAX_LAYERS = 100
"""Maximum number of layers of a network; those of numerals have at most 20."""

_TRANSPARENT = {"Cast", "Unsqueeze"}  # operators that keep the numbers as they are
_SIMPLE_LAYERS: dict[str, LayerKind] = {
    "Relu": "relu",
    "Flatten": "flatten",
    "GlobalMaxPool": "global_max",
    "GlobalAveragePool": "global_mean",
}


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of one layer as the file has them.

    Attributes
    ----------
    values : ndarray of int8, float16 or float32
    scale : ndarray of float32, shape (n_outputs,), or None
        Factor of each row (first axis) of `values`.
    """

    values: npt.NDArray[Any]
    scale: npt.NDArray[np.float32] | None = None

    def to_float(self) -> npt.NDArray[np.float32]:
        """Return the weights as float32, multiplied by their scale."""
        values = self.values.astype(np.float32)
        if self.scale is None:
            return values
        return values * self.scale.reshape(-1, *[1] * (values.ndim - 1))


@dataclass(frozen=True, eq=False)
class Layer:
    """One step of a network.

    Attributes
    ----------
    kind : str
        "convolution" (stride 1), "relu", "max_pool" (2x2, stride 2), "summary" (the maximum of each
        map, then the mean of each map), "flatten" (all numbers of the maps, map by map), or
        "linear".
    weight : Weights or None
        Shape (n_maps, n_inputs, height, width) of a convolution, (n_outputs, n_inputs) of a linear
        layer.
    bias : Weights or None
        Shape (n_maps,) or (n_outputs,).
    padding : int
        Pixels of zeros around the input of a convolution.
    """

    kind: LayerKind
    weight: Weights | None = None
    bias: Weights | None = None
    padding: int = 0


@dataclass(frozen=True, eq=False)
class Network:
    """A chain of layers. Its probabilities are the softmax of the last layer's outputs.

    Attributes
    ----------
    layers : tuple of Layer
    input_scale : float
        Factor of the pixels, 0 to 255.
    temperature : float
        Divisor of the last layer's outputs.
    """

    layers: tuple[Layer, ...]
    input_scale: float = 1.0
    temperature: float = 1.0


def read_networks(path: Path) -> list[Network]:
    """Return the networks of a digit model; its probabilities are the mean of theirs.

    Parameters
    ----------
    path : Path
        A digit model; see `numerals.models.model_path`.

    Raises
    ------
    ModelError
        If the file is not a complete ONNX model, or has other operators than these layers.

    Examples
    --------
    >>> from numerals.models import model_path
    >>> networks = read_networks(model_path("latin"))
    >>> len(networks), [layer.kind for layer in networks[0].layers][:3]
    (2, ['convolution', 'relu', 'max_pool'])
    """
    try:
        nodes, weights = read_graph(read_bounded(path, MAX_MODEL_BYTES, ModelError, None))
    except (IndexError, ValueError) as error:
        raise ModelError(
            f"{path}: is not a complete ONNX model ({error}); copy it again"
        ) from error
    try:
        return _Parser(weights).parse(nodes)
    except _OtherDesignError as error:
        raise ModelError(
            f"{path}: cannot show its layers ({error}); use a convolutional network that numerals "
            "trained"
        ) from error


class _OtherDesignError(Exception):
    """The graph has other layers."""


class _Parser:
    """Follows the values of a graph from the images to the probabilities."""

    def __init__(self, weights: dict[str, npt.NDArray[Any]]) -> None:
        self._weights = {name: Weights(values) for name, values in weights.items()}
        self._values: dict[str, Network] = {"images": Network(())}
        self._ends: dict[str, list[Network]] = {}

    def parse(self, nodes: list[Node]) -> list[Network]:
        for node in nodes:
            if not node.inputs or not node.outputs:
                raise _OtherDesignError(f"a node {node.operator} has no input or output")
            self._add(node)
        if "probabilities" not in self._ends:
            raise _OtherDesignError("no probabilities")
        return self._ends["probabilities"]

    def _add(self, node: Node) -> None:
        first, output = node.inputs[0], node.outputs[0]
        if node.operator == "Softmax":
            self._ends[output] = [self._value(first)]
        elif node.operator == "Mean":
            self._ends[output] = [n for name in node.inputs for n in self._ends.get(name, [])]
        elif first in self._weights:
            self._weights[output] = self._constant(node)
        else:
            self._values[output] = self._next(self._value(first), node)

    def _value(self, name: str) -> Network:
        if name not in self._values:
            raise _OtherDesignError(f"unknown value {name}")
        return self._values[name]

    def _constant(self, node: Node) -> Weights:
        """Return weights that a node casts or multiplies by a scale."""
        known = self._weights[node.inputs[0]]
        if node.operator == "Cast":
            return known
        if node.operator == "Mul" and known.scale is None:
            scale = self._parameter(node, 1).values
            if scale.size == len(known.values):
                return replace(known, scale=scale.reshape(-1).astype(np.float32))
        raise _OtherDesignError(f"{node.operator} of weights")

    def _parameter(self, node: Node, place: int) -> Weights:
        if place >= len(node.inputs) or node.inputs[place] not in self._weights:
            raise _OtherDesignError(f"{node.operator} without its weights")
        return self._weights[node.inputs[place]]

    def _next(self, network: Network, node: Node) -> Network:
        """Return a network with the layer of a node at its end."""
        is_flat = bool(network.layers) and network.layers[-1].kind == "summary"
        if node.operator in _TRANSPARENT or (node.operator == "Flatten" and is_flat):
            return network
        if node.operator in ("Mul", "Div"):
            factor = self._parameter(node, 1).values
            if factor.size == 1 and node.operator == "Div":
                return replace(network, temperature=network.temperature * float(factor.item()))
            if factor.size == 1 and not network.layers:
                return replace(network, input_scale=network.input_scale * float(factor.item()))
        if node.operator == "Concat":
            return self._summary(network, node)
        layer = self._layer(node)
        if len(network.layers) == MAX_LAYERS:
            raise _OtherDesignError(f"more than {MAX_LAYERS} layers")
        return replace(network, layers=(*network.layers, layer))

    def _summary(self, network: Network, node: Node) -> Network:
        """Merge the maximum and the mean of the same maps into one layer."""
        parts = [self._value(name).layers for name in node.inputs]
        kinds = [layers[-1].kind for layers in parts if layers]
        if kinds != ["global_max", "global_mean"] or parts[0][:-1] != parts[1][:-1]:
            raise _OtherDesignError("Concat")
        return replace(network, layers=(*parts[0][:-1], Layer("summary")))

    def _layer(self, node: Node) -> Layer:
        if node.operator in _SIMPLE_LAYERS:
            return Layer(_SIMPLE_LAYERS[node.operator])
        if node.operator == "MaxPool" and _is_halving(node):
            return Layer("max_pool")
        if node.operator == "Conv" and (padding := _padding(node)) is not None:
            weight, bias = self._parameter(node, 1), self._parameter(node, 2)
            if weight.values.ndim == 4:
                return Layer("convolution", weight, bias, padding)
        if node.operator == "Gemm" and node.integers.get("transB") == (1,):
            return Layer("linear", self._parameter(node, 1), self._parameter(node, 2))
        raise _OtherDesignError(f"operator {node.operator}")


def _is_halving(node: Node) -> bool:
    integers = node.integers
    return (
        integers.get("kernel_shape") == (2, 2)
        and integers.get("strides") == (2, 2)
        and not any(integers.get("pads", ()))
    )


def _padding(node: Node) -> int | None:
    """Return the padding of a convolution; None unless it is the same on all sides, stride 1."""
    others = [v for name in ("strides", "dilations", "group") for v in node.integers.get(name, ())]
    pads = set(node.integers.get("pads", (0,)))
    return pads.pop() if len(pads) == 1 and all(value == 1 for value in others) else None
