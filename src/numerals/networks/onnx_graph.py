"""Construction of ONNX graphs, node by node. Needs no PyTorch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSETS = {"": 17, "ai.onnx.ml": 3}
"""Operator set versions by domain; onnxruntime 1.17 and later support them."""

Value = tuple[str, int, Sequence[Any]]
"""Name, element type and shape of a graph's input or output."""

IR_VERSION = 9


class Graph:
    """Collects nodes and weights of a graph, and names the values between them.

    The graph of `model` takes ``images``, uint8 of shape (n, height, width), and returns
    ``probabilities``, float32 of shape (n, n_columns), as `numerals.models` expects. The output of
    the last node must have that name.

    Parameters
    ----------
    prefix : str, default=""
        Prefix of all generated names. A branch needs one, because its names must differ from those
        of the other graphs.

    Examples
    --------
    >>> graph = Graph()
    >>> pixels = graph.add("Cast", "images", to=TensorProto.FLOAT)
    >>> _ = graph.add("ReduceMean", pixels, axes=[2], keepdims=0, output="probabilities")
    >>> [i.name for i in graph.model((8, 8), 8, {}).graph.input]
    ['images']
    """

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node with one output; return the name of the output."""
        output = output or f"{self.prefix}{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def add_many(
        self, kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any
    ) -> None:
        """Add a node with several outputs of given names."""
        self.nodes.append(helper.make_node(kind, list(inputs), list(outputs), **attributes))

    def constant(self, value: npt.ArrayLike) -> str:
        """Store an array in its dtype; return its name."""
        name = f"{self.prefix}weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def single(self, value: npt.ArrayLike) -> str:
        """Store weights as float32; return their name."""
        return self.constant(np.asarray(value).astype(np.float32))

    def half(self, value: npt.ArrayLike) -> str:
        """Store weights as float16; the runtime casts them to float32 when it loads the file."""
        return self.add("Cast", self.constant(np.asarray(value).astype(np.float16)), to=_FLOAT)

    def byte(self, value: npt.ArrayLike) -> str:
        """Store weights as int8 with a scale per row, and biases as float16.

        A row contains the weights of one output. Recurrent layers, which have three dimensions,
        have rows for each direction. The runtime multiplies weights and scales when it loads the
        file.
        """
        array = np.asarray(value, np.float32)
        if array.ndim < 2:
            return self.half(array)
        rows = tuple(range(2 if array.ndim == 3 else 1, array.ndim))
        scale = np.maximum(np.abs(array).max(axis=rows, keepdims=True), 1e-12) / 127
        levels = self.constant(np.rint(array / scale).astype(np.int8))
        return self.add("Mul", self.add("Cast", levels, to=_FLOAT), self.constant(scale))

    def double(self, value: npt.ArrayLike) -> str:
        """Add weights as float64; store them as float32 if that is exact."""
        array = np.asarray(value, np.float64)
        short = array.astype(np.float32)
        if not np.array_equal(short, array):
            return self.constant(array)
        return self.add("Cast", self.constant(short), to=_DOUBLE)

    def model(
        self, image_shape: tuple[int, int], n_columns: int, metadata: Mapping[str, str]
    ) -> onnx.ModelProto:
        """Return the graph as a classification model.

        Parameters
        ----------
        image_shape : tuple of int
            Height and width of the images, pixels.
        n_columns : int
            Number of probabilities.
        metadata : mapping of str to str
            Metadata of the file.
        """
        images = ("images", TensorProto.UINT8, ["n", *image_shape])
        return self.build([images], ("probabilities", _FLOAT, ["n", n_columns]), metadata)

    def branch(self, result: Value) -> onnx.GraphProto:
        """Return the graph as a branch of an ``If`` node; it may use values of the outer graph."""
        end = helper.make_tensor_value_info(*result)
        return helper.make_graph(self.nodes, result[0], [], [end], self.weights)

    def build(
        self, sources: Sequence[Value], result: Value, metadata: Mapping[str, str]
    ) -> onnx.ModelProto:
        """Return the graph as a model with given inputs and output, checked by ONNX."""
        domains = {"", *(node.domain for node in self.nodes)}
        inputs = [helper.make_tensor_value_info(*value) for value in sources]
        end = helper.make_tensor_value_info(*result)
        model = helper.make_model(
            helper.make_graph(self.nodes, "numerals", inputs, [end], self.weights),
            opset_imports=[helper.make_opsetid(name, OPSETS[name]) for name in sorted(domains)],
            ir_version=IR_VERSION,
        )
        helper.set_model_props(model, dict(metadata))
        onnx.checker.check_model(model)
        return model


_FLOAT, _DOUBLE = TensorProto.FLOAT, TensorProto.DOUBLE
