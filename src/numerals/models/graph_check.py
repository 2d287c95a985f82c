"""An ONNX file's graph, looked at before onnxruntime gets it: what may never end is refused.

onnxruntime runs loops, and folds constants while it loads, for as long as a file says. So
``Loop`` and ``Scan`` are refused, functions of the file's own (which may contain each other,
doubling at each level), weights in other files, and graphs that are far larger than ours. The
file is walked as protocol buffers are laid out, without a library: only lengths and the names of
operators are looked at.

References
----------
ONNX, ``onnx.proto3``; Protocol Buffers, "Encoding".
"""

from collections.abc import Iterator
from pathlib import Path

from numerals.errors import ModelError

MAX_NODES = 20_000
"""Operators in a graph, with those of its branches; the largest that numerals makes has 600."""
MAX_DEPTH = 8
"""Branches inside each other."""

_ENDLESS = {b"Loop", b"Scan", b"SequenceMap"}
_MAX_FIELDS = 2_000_000  # looked at in a file, in all: a second
# Numbers of fields in onnx.proto3.
_MODEL_GRAPH, _MODEL_FUNCTIONS = 7, 25
_GRAPH_NODE, _GRAPH_INITIALIZER = 1, 5
_NODE_OP_TYPE, _NODE_ATTRIBUTE = 4, 5
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS = 5, 6, 11
_TENSOR_EXTERNAL_DATA = 13


def check_graph(path: Path, content: bytes) -> None:
    """Raise ModelError if an ONNX file has what numerals does not run.

    Parameters
    ----------
    path : Path
        Where it comes from, for messages.
    content : bytes
        The file.
    """
    try:
        _Walk(path, memoryview(content)).check_model()
    except ModelError:
        raise
    except (IndexError, ValueError) as error:
        raise ModelError(
            f"{path}: not an ONNX model that can be run ({error}); copy it again"
        ) from error


class _Walk:
    """Goes through a file once, and counts what it meets."""

    def __init__(self, path: Path, content: memoryview) -> None:
        self._path = path
        self._content = content
        self._n_fields = self._n_nodes = 0

    def check_model(self) -> None:
        for number, value in self._fields(self._content):
            if number == _MODEL_FUNCTIONS:
                self._refuse("has functions of its own; export it with functions inlined")
            if number == _MODEL_GRAPH:
                self._check_graph(value, 0)

    def _check_graph(self, graph: memoryview, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._refuse(f"has more than {MAX_DEPTH} branches inside each other")
        for number, value in self._fields(graph):
            if number == _GRAPH_NODE:
                self._check_node(value, depth)
            elif number == _GRAPH_INITIALIZER:
                self._check_tensor(value)

    def _check_node(self, node: memoryview, depth: int) -> None:
        self._n_nodes += 1
        if self._n_nodes > MAX_NODES:
            self._refuse(f"has more than {MAX_NODES:,} operators")
        for number, value in self._fields(node):
            if number == _NODE_OP_TYPE and bytes(value) in _ENDLESS:
                self._refuse(f"has the operator {bytes(value).decode()}, which may never end")
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
                self._refuse("keeps weights in other files; save it as one file")

    def _fields(self, message: memoryview) -> Iterator[tuple[int, memoryview]]:
        """Yield number and content of each field that has a length; others are skipped."""
        position = 0
        while position < len(message):
            self._n_fields += 1
            if self._n_fields > _MAX_FIELDS:
                self._refuse("has too many parts to be a model of ours")
            key, position = _varint(message, position)
            kind = key & 7
            if kind == 0:
                _, position = _varint(message, position)
            elif kind in (1, 5):
                position += 8 if kind == 1 else 4
            elif kind == 2:
                length, position = _varint(message, position)
                if position + length > len(message):
                    raise ValueError("a part is cut short")
                yield key >> 3, message[position : position + length]
                position += length
            else:
                raise ValueError(f"a field of the kind {kind}")

    def _refuse(self, why: str) -> None:
        raise ModelError(f"{self._path}: {why}; numerals does not run such a file")


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Return the number at a position, and where what follows it begins."""
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("a number has more than 64 bits")
