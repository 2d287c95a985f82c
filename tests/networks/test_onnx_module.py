"""Evaluation of ONNX graphs in PyTorch, compared with onnxruntime."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
onnx = pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

from onnx import helper

from numerals.errors import ModelError
from numerals.models.runtime import load_onnxruntime
from numerals.networks.onnx_module import OnnxModule
from page_networks import write_body, write_graph

RNG = np.random.default_rng(0)


def weight(*shape):
    return RNG.normal(0, 1, shape).astype(np.float32)


def conv(shape, *, bias=False, **attributes):
    """Return the node of a convolution of 3 maps, and its weights."""
    weights = {"k": weight(*shape)} | ({"b": weight(shape[0])} if bias else {})
    attributes = {"kernel_shape": list(shape[2:]), "strides": [1, 1]} | attributes
    return "Conv", list(weights), weights, attributes


SCALES = np.array([1, 1, 2, 2], np.float32)
FACTOR = weight(1, 3, 1, 1)
OPERATORS = {
    "padding": conv((4, 3, 3, 3), bias=True, pads=[1, 1, 1, 1]),
    "uneven padding, stride 2": conv((4, 3, 3, 3), pads=[0, 1, 2, 1], strides=[2, 2]),
    "SAME_UPPER of an even side": conv((4, 3, 2, 2), auto_pad="SAME_UPPER"),
    "SAME_UPPER of an odd side": conv((4, 3, 5, 3), auto_pad="SAME_UPPER"),
    "groups": conv((3, 1, 3, 3), group=3, pads=[1, 1, 1, 1]),
    "dilation": conv((4, 3, 3, 3), dilations=[2, 2], pads=[2, 2, 2, 2]),
    "MaxPool": ("MaxPool", [], {}, {"kernel_shape": [2, 2], "strides": [2, 2]}),
    "MaxPool SAME_UPPER": (
        "MaxPool",
        [],
        {},
        {"kernel_shape": [2, 2], "strides": [1, 1], "auto_pad": "SAME_UPPER"},
    ),
    "Resize": (
        "Resize",
        ["r", "s"],
        {"r": np.zeros(0, np.float32), "s": SCALES},
        {"mode": "nearest"},
    ),
    "HardSigmoid": ("HardSigmoid", [], {}, {"alpha": 0.3, "beta": 0.4}),
    "Add": ("Add", ["f"], {"f": FACTOR}, {}),
    "Mul": ("Mul", ["f"], {"f": FACTOR}, {}),
    "Div": ("Div", ["f"], {"f": FACTOR}, {}),
    "Concat": ("Concat", ["x"], {}, {"axis": 1}),
    "ReduceMean": ("ReduceMean", [], {}, {"axes": [2, 3], "keepdims": 1}),
    **{name: (name, [], {}, {}) for name in ("Identity", "Relu", "Erf", "Sigmoid")},
    "GlobalAveragePool": ("GlobalAveragePool", [], {}, {}),
}


def run(path, x):
    return load_onnxruntime().InferenceSession(path.read_bytes()).run(None, {"x": x})[0]


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_operators_give_the_values_of_onnxruntime(tmp_path, operator):
    kind, inputs, weights, attributes = operator
    node = helper.make_node(kind, ["x", *inputs], ["y"], **attributes)
    path = write_graph(tmp_path / "one.onnx", [node], weights, "y")
    x = weight(2, 3, 9, 12)
    with torch.no_grad():
        value = OnnxModule(path, "y")(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(value, run(path, x), atol=1e-5)


def test_a_graph_with_branches_is_computed_up_to_the_named_value(tmp_path):
    (_, _, weights, attributes) = conv((3, 3, 3, 3), pads=[1, 1, 1, 1])
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"], **attributes),
        helper.make_node("GlobalAveragePool", ["a"], ["mean"]),
        helper.make_node("Mul", ["a", "mean"], ["y"]),
    ]
    path = write_graph(tmp_path / "part.onnx", nodes, weights, "y")
    x = weight(1, 3, 8, 8)
    with torch.no_grad():
        value = OnnxModule(path, "y")(torch.from_numpy(x)).numpy()
        before = OnnxModule(path, "a")(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(value, run(path, x), atol=1e-5)
    np.testing.assert_allclose(before * before.mean(axis=(2, 3), keepdims=True), value, atol=1e-5)


def test_kernels_are_trainable_parameters(tmp_path):
    module = OnnxModule(write_body(tmp_path / "body.onnx"), "b")
    assert [tuple(p.shape) for p in module.parameters()] == [(8, 3, 3, 3)]
    module(torch.rand(1, 3, 8, 8)).sum().backward()
    [kernel] = module.parameters()
    assert kernel.grad.abs().sum() > 0
    with torch.no_grad():
        kernel.zero_()
    assert not module.weight("first").any()
    assert not module(torch.rand(1, 3, 8, 8)).any()


def test_an_unsupported_operator_is_an_error(tmp_path):
    body = write_body(tmp_path / "body.onnx")
    with pytest.raises(ModelError, match=r"body\.onnx: has operators Tanh"):
        OnnxModule(body, "beyond")


def test_a_missing_value_is_an_error(tmp_path):
    with pytest.raises(ModelError, match="no value 'other'"):
        OnnxModule(write_body(tmp_path / "body.onnx"), "other")
