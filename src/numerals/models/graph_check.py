"""Reject ONNX graphs that are unsafe to run, before onnxruntime loads them.

onnxruntime runs loops, and folds constants while it loads a file, without a time limit. This check
therefore rejects loops (``Loop``, ``Scan``, ``SequenceMap``), model-local functions (which can call
each other and double the work at each level), external weights, and graphs far larger than those
that numerals exports. It parses the protocol buffer encoding without a library and reads only field
lengths and operator names.

References
----------
ONNX, ``onnx.proto3``; Protocol Buffers, "Encoding".
"""

from collections.abc import Iterator
from pathlib import Path

from numerals.errors import ModelError
from numerals.models.protobuf import WireType, read_fields

MAX_NODES = 20_000
"""Maximum number of operators in a graph and its subgraphs; numerals exports at most 600."""
MAX_SUBGRAPH_DEPTH = 8
"""Maximum nesting depth of subgraphs."""

_LOOP_OPERATORS = {b"Loop", b"Scan", b"SequenceMap"}
_MAX_FIELDS = 2_000_000  # per file; parsing them takes about a second
# Field numbers in onnx.proto3.
_MODEL_GRAPH, _MODEL_FUNCTIONS = 7, 25
_GRAPH_NODE, _GRAPH_INITIALIZER = 1, 5
_NODE_OP_TYPE, _NODE_ATTRIBUTE = 4, 5
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS = 5, 6, 11
_TENSOR_EXTERNAL_DATA = 13


def check_graph(path: Path, content: bytes) -> None:
    """Check that the graph of an ONNX file is safe to run.

    Parameters
    ----------
    path : Path
        The file, for error messages.
    content : bytes
        The content of the file.

    Raises
    ------
    ModelError
        If the content is not ONNX, or the graph is rejected.
    """
    try:
        _GraphChecker(path, memoryview(content)).check_model()
    except ModelError:
        raise
    except (IndexError, ValueError) as error:
        raise ModelError(
            f"{path}: not an ONNX model that can be run ({error}); copy it again"
        ) from error


class _GraphChecker:
    """Parses one file and counts its fields and operators."""

    def __init__(self, path: Path, content: memoryview) -> None:
        self._path = path
        self._content = content
        self._n_fields = self._n_nodes = 0

    def check_model(self) -> None:
        for number, value in self._fields(self._content):
            if number == _MODEL_FUNCTIONS:
                self._reject("has model-local functions; export it with functions inlined")
            if number == _MODEL_GRAPH:
                self._check_graph(value, 0)

    def _check_graph(self, graph: memoryview, depth: int) -> None:
        if depth > MAX_SUBGRAPH_DEPTH:
            self._reject(f"has subgraphs nested more than {MAX_SUBGRAPH_DEPTH} levels deep")
        for number, value in self._fields(graph):
            if number == _GRAPH_NODE:
                self._check_node(value, depth)
            elif number == _GRAPH_INITIALIZER:
                self._check_tensor(value)

    def _check_node(self, node: memoryview, depth: int) -> None:
        self._n_nodes += 1
        if self._n_nodes > MAX_NODES:
            self._reject(f"has more than {MAX_NODES:,} operators")
        for number, value in self._fields(node):
            if number == _NODE_OP_TYPE and bytes(value) in _LOOP_OPERATORS:
                self._reject(f"has the operator {bytes(value).decode()}, which may never end")
            if number == _NODE_ATTRIBUTE:
                self._check_attribute(value, depth)

    def _check_attribute(self, attribute: memoryview, depth: int) -> None:
        for number, value in self._fields(attribute):
            if number in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
                self._check_graph(value, depth + 1)
            elif number == _ATTRIBUTE_TENSOR:
                self._check_tensor(value)

    def _check_tensor(self, tensor: memoryview) -> None:
        for number, _ in self._fields(tensor):
            if number == _TENSOR_EXTERNAL_DATA:
                self._reject("has external weights; save it as one file")

    def _fields(self, message: memoryview) -> Iterator[tuple[int, memoryview]]:
        """Yield the number and the content of each length-delimited field."""
        for number, wire_type, value in read_fields(message):
            self._n_fields += 1
            if self._n_fields > _MAX_FIELDS:
                self._reject(f"has more than {_MAX_FIELDS:,} fields")
            if wire_type == WireType.LENGTH_DELIMITED and isinstance(value, memoryview):
                yield number, value

    def _reject(self, reason: str) -> None:
        raise ModelError(f"{self._path}: {reason}; numerals does not run such a file")
