"""A PyTorch module that computes an ONNX graph, so that a published network can be fine-tuned."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import Tensor, nn

from numerals.errors import ModelError


class OnnxModule(nn.Module):
    """The part of an ONNX graph that computes one value; its kernels are trainable parameters.

    Parameters
    ----------
    path : Path
        ONNX file of a convolutional network with one input, opset 11 or later.
    output : str
        Name of the value to compute.

    Raises
    ------
    ModelError
        If the graph does not have that value, or has unsupported operators.
    """

    def __init__(self, path: Path, output: str) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        self.input = graph.input[0].name
        self.output = output
        self.nodes = _nodes_leading_to(graph, output)
        unknown = sorted({node.op_type for node in self.nodes} - set(_OPERATORS))
        if unknown:
            raise ModelError(
                f"{path}: has operators {', '.join(unknown)}; expected only "
                f"{', '.join(sorted(_OPERATORS))}"
            )
        used = {name for node in self.nodes for name in node.input}
        self.names: dict[str, str] = {}
        for weight in graph.initializer:
            if weight.name not in used:
                continue
            value = torch.from_numpy(numpy_helper.to_array(weight).copy())
            key = f"w{len(self.names)}"
            self.names[weight.name] = key
            if value.ndim == 4 and value.is_floating_point():
                setattr(self, key, nn.Parameter(value))
            else:
                self.register_buffer(key, value)
        self.attributes = [
            {a.name: helper.get_attribute_value(a) for a in node.attribute} for node in self.nodes
        ]

    def forward(self, x: Tensor) -> Tensor:
        """Compute the value for a batch of inputs."""
        values: dict[str, Tensor] = {self.input: x}
        for node, attributes in zip(self.nodes, self.attributes, strict=True):
            inputs = [self._value(values, name) for name in node.input]
            values[node.output[0]] = _OPERATORS[node.op_type](inputs, attributes)
        return values[self.output]

    def _value(self, values: Mapping[str, Tensor], name: str) -> Tensor | None:
        if name in values:
            return values[name]
        return getattr(self, self.names[name]) if name else None

    def weight(self, name: str) -> Tensor:
        """Return the current value of an initializer of the graph, by its name there."""
        value: Tensor = getattr(self, self.names[name])
        return value.detach()


def _nodes_leading_to(graph: onnx.GraphProto, output: str) -> list[onnx.NodeProto]:
    """Return the nodes that a value depends on, in topological order."""
    required, nodes = {output}, []
    for node in reversed(graph.node):
        if required & set(node.output):
            nodes.append(node)
            required |= set(node.input)
    if not nodes:
        raise ModelError(f"the graph computes no value {output!r}; name one of its values")
    return nodes[::-1]


_Attributes = Mapping[str, Any]


def read_padding(attributes: _Attributes) -> list[int]:
    """Return the padding of a convolution or pooling.

    Returns
    -------
    list of int
        Left, right, top, bottom; as ``F.pad`` takes them.

    Raises
    ------
    ModelError
        If the padding is ``SAME_UPPER`` and a stride is greater than 1.
    """
    if attributes.get("auto_pad", b"NOTSET") == b"SAME_UPPER":
        if max(attributes.get("strides", [1])) > 1:
            raise ModelError(
                f"SAME_UPPER padding with strides {list(attributes['strides'])}, expected strides "
                "of 1; export the network with explicit padding"
            )
        height, width = attributes["kernel_shape"]
        top, left = (height - 1) // 2, (width - 1) // 2
        return [left, width - 1 - left, top, height - 1 - top]
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    return [left, right, top, bottom]


def _conv(inputs: Sequence[Any], attributes: _Attributes) -> Tensor:
    left, right, top, bottom = read_padding(attributes)
    x, padding = inputs[0], (top, left)
    if (left, top) != (right, bottom):
        x, padding = F.pad(x, (left, right, top, bottom)), (0, 0)
    bias = inputs[2] if len(inputs) > 2 else None
    dilations, groups = attributes.get("dilations", 1), attributes.get("group", 1)
    strides = attributes.get("strides", 1)
    maps: Tensor = F.conv2d(x, inputs[1], bias, strides, padding, dilations, groups)
    return maps


def _max_pool(inputs: Sequence[Any], attributes: _Attributes) -> Tensor:
    x = F.pad(inputs[0], read_padding(attributes), value=float("-inf"))
    return F.max_pool2d(x, attributes["kernel_shape"], attributes.get("strides", 1))


def _resize(inputs: Sequence[Any], attributes: _Attributes) -> Tensor:
    factor = float(inputs[2][-1])
    resized: Tensor = F.interpolate(inputs[0], scale_factor=factor, mode="nearest")
    return resized


def _hard_sigmoid(inputs: Sequence[Any], attributes: _Attributes) -> Tensor:
    scaled: Tensor = inputs[0] * attributes.get("alpha", 0.2) + attributes.get("beta", 0.5)
    return scaled.clamp(0, 1)


_OPERATORS: dict[str, Callable[[Sequence[Any], _Attributes], Tensor]] = {
    "Identity": lambda inputs, _: inputs[0],
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "Mul": lambda inputs, _: inputs[0] * inputs[1],
    "Div": lambda inputs, _: inputs[0] / inputs[1],
    "Relu": lambda inputs, _: F.relu(inputs[0]),
    "Erf": lambda inputs, _: torch.erf(inputs[0]),
    "Sigmoid": lambda inputs, _: torch.sigmoid(inputs[0]),
    "HardSigmoid": _hard_sigmoid,
    "GlobalAveragePool": lambda inputs, _: inputs[0].mean(dim=(2, 3), keepdim=True),
    "ReduceMean": lambda inputs, a: inputs[0].mean(
        dim=a["axes"], keepdim=bool(a.get("keepdims", 1))
    ),
    "Concat": lambda inputs, a: torch.cat(list(inputs), dim=a["axis"]),
    "Conv": _conv,
    "MaxPool": _max_pool,
    "Resize": _resize,
}
