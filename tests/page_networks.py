"""Small networks in place of the text detector that the page network starts from."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from numerals.networks.page_net import BODY_OUTPUT

WIDTH, BODY_WIDTH = 8, 24


def write_graph(path: Path, nodes, weights, output: str, *, opset: int = 11) -> Path:
    """Write a graph that goes from ``x`` to `output`."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "height", "width"])
    y = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", "maps", "rows", "columns"])
    arrays = [numpy_helper.from_array(np.asarray(v), name) for name, v in weights.items()]
    graph = helper.make_graph(nodes, "body", [x], [y], arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


def write_body(path: Path, kernels=None, *, seed: int = 0) -> Path:
    """Write two convolutions of stride 2, and a node beyond the value that is used."""
    rng = np.random.default_rng(seed)
    first, second = kernels or (
        rng.normal(0, 0.3, (WIDTH, 3, 3, 3)).astype(np.float32),
        rng.normal(0, 0.2, (BODY_WIDTH, WIDTH, 3, 3)).astype(np.float32),
    )
    conv = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["x", "first"], ["a"], **conv),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "second"], ["c"], **conv),
        helper.make_node("Relu", ["c"], [BODY_OUTPUT]),
        helper.make_node("Tanh", [BODY_OUTPUT], ["beyond"]),
    ]
    return write_graph(path, nodes, {"first": first, "second": second}, "beyond")


def write_darkness_body(path: Path) -> Path:
    """Write a body whose first map is 0 where it is white and about 1 where it is black."""
    first = np.zeros((WIDTH, 3, 3, 3), np.float32)
    second = np.zeros((BODY_WIDTH, WIDTH, 3, 3), np.float32)
    first[0] = -1 / 27
    second[0, 0] = 1 / 9
    return write_body(path, (first, second))
