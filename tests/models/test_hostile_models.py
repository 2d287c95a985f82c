"""ONNX files that loop, exhaust memory, fail when run, or have invalid metadata are refused."""

import json
import time

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper

from numerals.errors import ModelError
from numerals.models import line_model_path, load_line_model, load_model, onnx_session
from numerals.models.graph_check import check_graph

DIGITS = json.dumps(list("0123456789"))


def write(path, nodes=(), last="p", out=("n", 10), kind=TensorProto.FLOAT, weights=(), **metadata):
    """Write a model whose output is the value `last`; the value p is a probability of 0.1 each."""
    base = [
        helper.make_node("Cast", ["images"], ["x"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["q"]),
        helper.make_node("Softmax", ["q"], ["p"]),
        *nodes,
        helper.make_node("Identity", [last], ["probabilities"]),
    ]
    values = {"w": np.zeros((784, 10), np.float32), **dict(weights)}
    graph = helper.make_graph(
        base,
        "g",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", 28, 28])],
        [helper.make_tensor_value_info("probabilities", kind, out)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    known = {"format": "numerals-digit-1", "classes": DIGITS, "script": "latin"}
    helper.set_model_props(model, known | metadata)
    path.write_bytes(model.SerializeToString())
    return path


def run(path):
    return load_model(path).predict_proba(np.zeros((2, 28, 28), np.uint8))


def test_base_model_of_these_tests_runs(tmp_path):
    assert run(write(tmp_path / "m.onnx")).shape == (2, 10)


def test_loop_in_a_subgraph_is_refused(tmp_path):
    inner = helper.make_graph([helper.make_node("Loop", ["", "c"], ["v"])], "b", [], [])
    branch = helper.make_node("If", ["c"], ["z"], then_branch=inner, else_branch=inner)
    with pytest.raises(ModelError, match="operator Loop, which may never end"):
        load_model(write(tmp_path / "m.onnx", [branch], weights=[("c", np.array(True))]))


def test_local_functions_and_external_weights_are_refused(tmp_path):
    model = onnx.load(write(tmp_path / "m.onnx"))
    function = model.functions.add()
    function.name = "f"
    (tmp_path / "f.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match="model-local functions"):
        load_model(tmp_path / "f.onnx")
    del model.functions[:]
    model.graph.initializer[0].external_data.add().key = "location"
    (tmp_path / "e.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match="external weights"):
        load_model(tmp_path / "e.onnx")


@pytest.mark.parametrize("content", [b"", b"\x3a\xff\xff\xff\xff\x0f", b"\xff" * 99, b"\x3b"])
def test_invalid_protocol_buffers_are_refused(tmp_path, content):
    (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"m\.onnx"):
        load_model(tmp_path / "m.onnx")


def test_deeply_nested_subgraphs_are_refused(tmp_path):
    graph = b""
    for _ in range(20):  # a graph with a node with an attribute with that graph
        for key in (b"\x32", b"\x2a", b"\x0a"):
            graph = key + bytes([len(graph) & 127 | 128, len(graph) >> 7]) + graph
    whole = b"\x3a" + bytes([len(graph) & 127 | 128, len(graph) >> 7]) + graph
    with pytest.raises(ModelError, match="nested more than 8 levels deep"):
        check_graph(tmp_path, whole)


@pytest.mark.parametrize(
    ("kind", "weights"),
    [
        ("ConstantOfShape", [("a", np.array([3_000_000_000]))]),
        ("Tile", [("a", np.zeros(10**6, np.float32)), ("b", np.array([10**5]))]),
        ("Range", [("a", np.array(0)), ("b", np.array(10**12)), ("c", np.array(1))]),
    ],
)
def test_memory_is_bounded(tmp_path, kind, weights):
    nodes = [
        helper.make_node(kind, [name for name, _ in weights], ["much"]),
        helper.make_node("ReduceSum", ["much"], ["sum"], keepdims=0),
        helper.make_node("Cast", ["sum"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["p", "float"], ["r"]),
    ]
    with pytest.raises(ModelError, match=r"when it runs|can be run"):
        run(write(tmp_path / "m.onnx", nodes, "r", weights=weights))


def test_time_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_session, "MAX_SECONDS", 0.0)
    monkeypatch.setattr(onnx_session, "MAX_SECONDS_PER_PICTURE", 0.0)
    square = [helper.make_node("MatMul", [f"s{i}", "s0"], [f"s{i + 1}"]) for i in range(200)]
    nodes = [
        helper.make_node("Gemm", ["f", "t"], ["s"]),
        helper.make_node("MatMul", ["u", "s"], ["s0"]),
        *square,
        helper.make_node("ReduceMean", ["s200"], ["mean"], keepdims=0),
        helper.make_node("Add", ["p", "mean"], ["r"]),
    ]
    weights = [("t", np.ones((784, 700), np.float32)), ("u", np.ones((700, 2), np.float32))]
    with pytest.raises(ModelError, match=r"fails when it runs|can be run"):
        run(write(tmp_path / "m.onnx", nodes, "r", weights=weights))


@pytest.mark.parametrize(
    ("node", "arguments"),
    [
        (helper.make_node("Concat", ["p", "p"], ["r"], axis=0), {}),
        (helper.make_node("Cast", ["p"], ["r"], to=TensorProto.INT64), {"kind": TensorProto.INT64}),
        (
            helper.make_node("Cast", ["p"], ["r"], to=TensorProto.STRING),
            {"kind": TensorProto.STRING},
        ),
        (helper.make_node("Log", ["q"], ["r"]), {}),  # minus infinity
        (helper.make_node("Div", ["q", "q"], ["r"]), {}),  # 0 / 0
        (helper.make_node("ReduceSum", ["p"], ["r"], keepdims=0), {"out": ()}),
        (
            helper.make_node("Reshape", ["p", "odd"], ["r"]),
            {"weights": [("odd", np.array([-1, 7]))]},
        ),
    ],
)
def test_invalid_outputs_are_refused(tmp_path, node, arguments):
    with pytest.raises(ModelError, match=r"m\.onnx"):
        run(write(tmp_path / "m.onnx", [node], "r", **arguments))


@pytest.mark.parametrize(
    "metadata",
    [
        {"classes": "[" * 100_000},
        {"classes": "null"},
        {"classes": "[]"},
        {"classes": json.dumps(["1"] * 10)},
        {"classes": json.dumps([f"\x1b[31m{i}" for i in range(10)])},
        {"classes": '["\\ud800", "1", "2", "3", "4", "5", "6", "7", "8", "9"]'},
        {"classes": f"[{'9' * 5000}]"},
        {"script": "\x1b[31m"},
        {"script": ""},
    ],
    ids=lambda metadata: repr(metadata)[:30],
)
def test_invalid_metadata_is_refused(tmp_path, metadata):
    with pytest.raises(ModelError, match=r"m\.onnx"):
        load_model(write(tmp_path / "m.onnx", **metadata))


@pytest.mark.parametrize("calibration", ["[1e999, 0]", "[NaN, 0]", "[1]", "{}", "[" * 50_000])
def test_invalid_calibrations_are_refused(tmp_path, calibration):
    model = load_line_model(line_model_path("bangla"))
    content = onnx.load(model._session.path)
    helper.set_model_props(content, model.metadata | {"number_calibration": calibration})
    (tmp_path / "m.onnx").write_bytes(content.SerializeToString())
    with pytest.raises(ModelError, match=r"m\.onnx"):
        load_line_model(tmp_path / "m.onnx")


def test_skops_file_error_shows_the_export_command(tmp_path):
    (tmp_path / "m.skops").write_bytes(b"PK")
    with pytest.raises(ModelError, match=r"numerals export .*m\.skops --out m\.onnx"):
        load_model(tmp_path / "m.skops")


def exceeds_limit(seconds, *, computing):
    """Wait or compute for some seconds; return whether a time limit of a tenth was exceeded."""
    calls = []
    with onnx_session._time_limit(seconds / 10, lambda: calls.append(True)):
        end = time.monotonic() + seconds
        while computing and time.monotonic() < end:
            pass
        time.sleep(max(end - time.monotonic(), 0))
    return bool(calls)


def test_time_limit_counts_processor_time(monkeypatch):
    monkeypatch.setattr(onnx_session, "_MAX_WALL_TIME_RATIO", 100.0)
    assert exceeds_limit(0.5, computing=True) and not exceeds_limit(0.5, computing=False)


def test_time_limit_bounds_wall_time_too(monkeypatch):
    monkeypatch.setattr(onnx_session, "_MAX_WALL_TIME_RATIO", 2.0)
    assert exceeds_limit(0.5, computing=False)
