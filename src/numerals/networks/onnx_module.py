"""A PyTorch module that computes an ONNX graph: a published network to be trained further."""

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
    """The part of an ONNX graph that leads to one value; its weights are parameters.

    Parameters
    ----------
    path : Path
        A convolutional network of one input, opset 11 or later.
    output : str
        Name of the value to compute.

    Raises
    ------
    ModelError
        If the graph lacks that value, or has an operator that this module does not know.
    """

    def __init__(self, path: Path, output: str) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        self.input = graph.input[0].name
        self.output = output
        self.nodes = _nodes_leading_to(graph, output)
        unknown = sorted({node.op_type for node in self.nodes} - set(_OPERATORS))
        if unknown:
            raise ModelError(f"{path}: has operators {', '.join(unknown)}, which are not supported")
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
        """Compute the value for a batch."""
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
        """Return an initializer of the graph as it is now."""
        value: Tensor = getattr(self, self.names[name])
        return value.detach()


def _nodes_leading_to(graph: onnx.GraphProto, output: str) -> list[onnx.NodeProto]:
    wanted, nodes = {output}, []
    for node in reversed(graph.node):
        if wanted & set(node.output):
            nodes.append(node)
            wanted |= set(node.input)
    if not nodes:
        raise ModelError(f"the graph computes no value {output!r}")
    return nodes[::-1]


_Attributes = Mapping[str, Any]


def same_padding(attributes: _Attributes) -> list[int]:
    """Return the padding left, right, top, bottom of a convolution or pooling of stride 1."""
    if attributes.get("auto_pad", b"NOTSET") == b"SAME_UPPER":
        if max(attributes.get("strides", [1])) > 1:
            raise ModelError("SAME_UPPER padding with a stride of more than 1 is not supported")
        height, width = attributes["kernel_shape"]
        top, left = (height - 1) // 2, (width - 1) // 2
        return [left, width - 1 - left, top, height - 1 - top]
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    return [left, right, top, bottom]


def _conv(inputs: Sequence[Any], attributes: _Attributes) -> Tensor:
    left, right, top, bottom = same_padding(attributes)
    x, padding = inputs[0], (top, left)
    if (left, top) != (right, bottom):
        x, padding = F.pad(x, (left, right, top, bottom)), (0, 0)
    bias = inputs[2] if len(inputs) > 2 else None
    dilations, groups = attributes.get("dilations", 1), attributes.get("group", 1)
    strides = attributes.get("strides", 1)
    found: Tensor = F.conv2d(x, inputs[1], bias, strides, padding, dilations, groups)
    return found


def _max_pool(inputs: Sequence[Any], attributes: _Attributes) -> Tensor:
    x = F.pad(inputs[0], same_padding(attributes), value=float("-inf"))
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
