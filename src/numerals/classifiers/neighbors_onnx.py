"""Export nearest neighbors to ONNX nodes, with the training images as constants."""

import numpy as np
from onnx import TensorProto

from numerals.classifiers.neighbors import NeighborsClassifier, vote_weights
from numerals.errors import ModelError
from numerals.networks.onnx_graph import Graph


def add_neighbors(graph: Graph, X: str, classifier: NeighborsClassifier) -> str:
    """Add the nodes of a fitted classifier.

    Parameters
    ----------
    graph : Graph
    X : str
        Name of the features, float64 of shape (n, n_features).
    classifier : NeighborsClassifier

    Returns
    -------
    str
        Name of the probabilities, float64 of shape (n, n_classes).

    Raises
    ------
    ModelError
        If its metric is Manhattan, which is not a matrix product.
    """
    if classifier.metric == "manhattan":
        raise ModelError("Manhattan distances cannot be exported to ONNX; use the .skops file")
    images = classifier._images
    products = _add_products(graph, X, images)
    floats = images.astype(np.float64)
    squares = np.einsum("ij,ij->i", floats, floats)
    if classifier.metric == "euclidean":
        scores = graph.add("Sub", products, graph.constant(squares / 2))
    else:
        lengths = np.sqrt(squares)
        inverse = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        scores = graph.add("Mul", products, graph.constant(inverse))
    best = _add_best(graph, scores, classifier.n_neighbors)
    labels = graph.add("Gather", graph.constant(classifier._label_index.astype(np.int64)), best)
    one_hot = graph.constant(np.eye(len(classifier.classes_)))
    votes = graph.add("Gather", one_hot, labels)  # (n, k, n_classes)
    weights = graph.constant(vote_weights(classifier.n_neighbors)[:, None])
    weighted = graph.add("Mul", votes, weights)
    return graph.add("ReduceSum", weighted, graph.constant(np.array([1])), keepdims=0)


def _add_products(
    graph: Graph, X: str, images: "np.ndarray[tuple[int, int], np.dtype[np.generic]]"
) -> str:
    if images.dtype != np.uint8:
        return graph.add("MatMul", X, graph.constant(np.ascontiguousarray(images.T)))
    # As in numerals.search: exact products of 8-bit numbers, with 128 subtracted from one factor.
    shifted = np.ascontiguousarray(np.bitwise_xor(images, np.uint8(128)).view(np.int8).T)
    pixels = graph.add("Cast", X, to=TensorProto.UINT8)
    products = graph.add("MatMulInteger", pixels, graph.constant(shifted))
    total = graph.add("ReduceSum", X, graph.constant(np.array([1])), keepdims=1)
    correction = graph.add("Mul", total, graph.constant(np.float64(128)))
    return graph.add("Add", graph.add("Cast", products, to=TensorProto.DOUBLE), correction)


def _add_best(graph: Graph, scores: str, k: int) -> str:
    """Add the selection of the k largest scores, and return the name of their indices."""
    best = f"best{len(graph.nodes)}"
    graph.add_many(
        "TopK", [scores, graph.constant(np.array([k]))], [f"{best}_scores", best], axis=1
    )
    return best
