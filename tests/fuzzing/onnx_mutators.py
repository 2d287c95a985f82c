"""Mutators of ONNX files that keep them valid protocol buffers."""

from random import Random

import onnx
from onnx import TensorProto, helper, numpy_helper

OPERATORS = ("Identity", "MatMul", "Transpose", "ReduceSum", "Expand", "Loop", "Scan", "If", "Gemm")
OPERATORS += ("TreeEnsembleClassifier", "SVMClassifier", "Gather", "Tile", "Range", "NoSuch", "")
TEXTS = ("", "null", "[]", '"0123456789"', "[" * 50_000, "[1e999, 0]", "[NaN, 0]", '["\\ud800"]')
TEXTS += ("[" + "9" * 5000 + "]", '["0","0"]', "\x1b[31m", "x" * 100_000, "{}", "latin")
LENGTHS = (0, 1, -1, 2**31, 2**40, 2**63 - 1)


def damage_onnx(rng: Random, content: bytes) -> bytes:
    """Change a node, a weight, an attribute, a shape or a metadata value."""
    model = onnx.load_from_string(content)
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice((_node, _attribute, _weight, _shape, _metadata, _metadata, _more))(rng, model)
    return model.SerializeToString()


def _node(rng: Random, model: onnx.ModelProto) -> None:
    node = rng.choice(model.graph.node)
    kind = rng.randrange(4)
    if kind == 0:
        node.op_type = rng.choice(OPERATORS)
    elif kind == 1:
        node.domain = rng.choice(("", "ai.onnx.ml", "com.microsoft", "x"))
    elif kind == 2 and node.input:
        node.input[0] = rng.choice(rng.choice(model.graph.node).output or ("",))
    else:
        model.graph.node.remove(node)


def _attribute(rng: Random, model: onnx.ModelProto) -> None:
    found = [a for node in model.graph.node for a in node.attribute]
    if not found:
        return
    attribute = rng.choice(found)
    if attribute.ints:
        attribute.ints[rng.randrange(len(attribute.ints))] = rng.choice(LENGTHS)
    elif attribute.floats:
        attribute.floats[rng.randrange(len(attribute.floats))] = rng.choice((1e38, float("nan")))
    else:
        attribute.i = rng.choice(LENGTHS)


def _weight(rng: Random, model: onnx.ModelProto) -> None:
    if not model.graph.initializer:
        return
    weight = rng.choice(model.graph.initializer)
    kind = rng.randrange(4)
    if kind == 0 and weight.dims:
        weight.dims[rng.randrange(len(weight.dims))] = rng.choice(LENGTHS)
    elif kind == 1:
        weight.data_type = rng.randrange(24)
    elif kind == 2:
        weight.raw_data = rng.choice((b"", b"\xff" * 64, weight.raw_data[:-1]))
    else:
        weight.data_location = TensorProto.EXTERNAL
        entry = weight.external_data.add()
        entry.key, entry.value = "location", "/etc/passwd"


def _shape(rng: Random, model: onnx.ModelProto) -> None:
    value = rng.choice((*model.graph.input, *model.graph.output))
    if rng.random() < 0.3:
        value.type.tensor_type.elem_type = rng.randrange(20)
    elif value.type.tensor_type.shape.dim:
        dimension = rng.choice(value.type.tensor_type.shape.dim)
        dimension.dim_value = rng.choice(LENGTHS)


def _metadata(rng: Random, model: onnx.ModelProto) -> None:
    if model.metadata_props:
        rng.choice(model.metadata_props).value = rng.choice(TEXTS)


def _more(rng: Random, model: onnx.ModelProto) -> None:
    """Insert a node before the last one that makes a very large tensor, or does not terminate."""
    last = model.graph.node[-1]
    made = rng.choice(("ConstantOfShape", "Range", "Tile", "Loop", "function"))
    if made == "function":
        f = model.functions.add()
        f.name, f.domain = "f", "own"
        return
    names = [f"more{i}" for i in range(3)]
    for name in names:
        large = numpy_helper.from_array(_large(rng, made), name)
        model.graph.initializer.append(large)
    inputs = {"ConstantOfShape": names[:1], "Tile": names[:2], "Loop": names}.get(made, names)
    node = helper.make_node(made, inputs, ["more"])
    total = helper.make_node("ReduceSum", ["more"], ["total"], keepdims=0)
    result = last.output[0]
    last.output[0] = "before"
    cast = helper.make_node("Cast", ["total"], ["less"], to=TensorProto.FLOAT)
    add = helper.make_node("Add", ["before", "less"], [result])
    model.graph.node.extend([node, total, cast, add])


def _large(rng: Random, made: str):
    import numpy as np

    size = rng.choice((10, 10**6, 10**9, 4 * 10**9, 2**62))
    return np.array(size) if made == "Range" else np.array([size])
