"""Read nodes and weights of an ONNX file without the onnx package, which is in the extra `lab`.

References
----------
ONNX, ``onnx.proto3``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

import numpy as np
import numpy.typing as npt

from numerals.models.protobuf import Value, WireType, read_fields, read_varints

# Field numbers in onnx.proto3.
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER = 1, 5
_NODE_INPUT, _NODE_OUTPUT, _NODE_OPERATOR, _NODE_ATTRIBUTE = 1, 2, 4, 5
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_INTS = 1, 3, 8
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_RAW_DATA = 1, 2, 8, 9

_DTYPES = {1: "<f4", 3: "<i1", 6: "<i4", 7: "<i8", 10: "<f2", 11: "<f8"}  # TensorProto.DataType


@dataclass(frozen=True)
class Node:
    """One operator of a graph.

    Attributes
    ----------
    operator : str
        Such as ``"Conv"``.
    inputs, outputs : tuple of str
        Names of values.
    integers : dict of str to tuple of int
        The attributes that are integers or lists of integers.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    integers: dict[str, tuple[int, ...]] = field(default_factory=dict)


def read_graph(content: bytes) -> tuple[list[Node], dict[str, npt.NDArray[np.generic]]]:
    """Return the nodes of a file's graph, in order, and its weights by name.

    Weights in another form than raw data, and of other types than numbers, are left out.

    Raises
    ------
    IndexError, ValueError
        If the content is not ONNX, or a weight has not the size of its shape.
    """
    nodes: list[Node] = []
    weights: dict[str, npt.NDArray[np.generic]] = {}
    for number, graph in _messages(memoryview(content)):
        if number != _MODEL_GRAPH:
            continue
        for kind, message in _messages(graph):
            if kind == _GRAPH_NODE:
                nodes.append(_read_node(message))
            elif kind == _GRAPH_INITIALIZER:
                name, weight = _read_tensor(message)
                if weight is not None:
                    weights[name] = weight
    return nodes, weights


def _messages(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    for number, wire_type, value in read_fields(message):
        if wire_type == WireType.LENGTH_DELIMITED and isinstance(value, memoryview):
            yield number, value


def _read_node(message: memoryview) -> Node:
    operator, inputs, outputs, integers = "", [], [], {}
    for number, value in _messages(message):
        if number == _NODE_INPUT:
            inputs.append(_text(value))
        elif number == _NODE_OUTPUT:
            outputs.append(_text(value))
        elif number == _NODE_OPERATOR:
            operator = _text(value)
        elif number == _NODE_ATTRIBUTE:
            name, values = _read_attribute(value)
            integers[name] = values
    return Node(operator, tuple(inputs), tuple(outputs), integers)


def _read_attribute(message: memoryview) -> tuple[str, tuple[int, ...]]:
    name, values = "", []
    for number, _, value in read_fields(message):
        if number == _ATTRIBUTE_NAME and isinstance(value, memoryview):
            name = _text(value)
        elif number in (_ATTRIBUTE_INT, _ATTRIBUTE_INTS):
            values.extend(_integers(value))
    return name, tuple(values)


def _read_tensor(message: memoryview) -> tuple[str, npt.NDArray[np.generic] | None]:
    name, shape, dtype, raw = "", [], "", None
    for number, _, value in read_fields(message):
        if number == _TENSOR_DIMS:
            shape.extend(_integers(value))
        elif number == _TENSOR_TYPE and isinstance(value, int):
            dtype = _DTYPES.get(value, "")
        elif number == _TENSOR_NAME and isinstance(value, memoryview):
            name = _text(value)
        elif number == _TENSOR_RAW_DATA and isinstance(value, memoryview):
            raw = value
    if raw is None or not dtype:
        return name, None
    if len(raw) != prod(shape) * np.dtype(dtype).itemsize:
        raise ValueError(f"the weight {name!r} has not the size of its shape")
    return name, np.frombuffer(raw, dtype).reshape(shape)


def _integers(value: Value) -> list[int]:
    """Return the integers of a field, packed or not."""
    return read_varints(value) if isinstance(value, memoryview) else [value]


def _text(value: memoryview) -> str:
    return bytes(value).decode("utf-8", "replace")
