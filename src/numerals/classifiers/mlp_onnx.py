"""Export multilayer perceptrons to ONNX nodes."""

from numerals.classifiers.linear_onnx import add_affine, split_score
from numerals.classifiers.mlp import PixelMLPClassifier
from numerals.networks.onnx_graph import Graph

_ACTIVATIONS = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid"}


def add_mlp(graph: Graph, X: str, classifier: PixelMLPClassifier) -> str:
    """Add the nodes of a fitted classifier.

    Parameters
    ----------
    graph : Graph
    X : str
        Name of the features, float64 of shape (n, n_features).
    classifier : PixelMLPClassifier

    Returns
    -------
    str
        Name of the probabilities, float64 of shape (n, n_classes).
    """
    *hidden, output = zip(classifier.coefs_, classifier.intercepts_, strict=True)
    for weights, offsets in hidden:
        X = add_affine(graph, X, weights.T, offsets)
        if classifier.activation != "identity":
            X = graph.add(_ACTIVATIONS[classifier.activation], X)
    scores = add_affine(graph, X, output[0].T, output[1])
    if len(classifier.classes_) == 2:
        scores = split_score(graph, scores)
    return graph.add("Softmax", scores, axis=1)
