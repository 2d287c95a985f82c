"""Export linear classifiers and support vector machines to ONNX nodes."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from numerals.classifiers.svm import PairwiseSVC, pairs_of_classes
from numerals.classifiers.temperature_scaling import TemperatureScaledClassifier
from numerals.errors import ModelError
from numerals.networks.onnx_graph import Graph


def add_linear(graph: Graph, X: str, classifier: Any) -> str:
    """Add the nodes of a fitted classifier.

    Parameters
    ----------
    graph : Graph
    X : str
        Name of the features, float64 of shape (n, n_features).
    classifier : LogisticRegression, OneVsRestClassifier or TemperatureScaledClassifier

    Returns
    -------
    str
        Name of the probabilities, float64 of shape (n, n_classes).

    Raises
    ------
    ModelError
        If it wraps an unsupported classifier, or has a kernel other than the Gaussian.
    """
    match classifier:
        case LogisticRegression():
            return graph.add("Softmax", _add_scores(graph, X, classifier), axis=1)
        case OneVsRestClassifier():
            return _add_one_vs_rest(graph, X, classifier)
        case TemperatureScaledClassifier():
            scores = _add_scores(graph, X, classifier.estimator_)
            scaled = graph.add("Mul", scores, graph.double(classifier.factor_))
            return graph.add("Softmax", scaled, axis=1)
    raise _unsupported(classifier)


def _add_one_vs_rest(graph: Graph, X: str, classifier: OneVsRestClassifier) -> str:
    members = classifier.estimators_
    if not all(isinstance(member, LogisticRegression) for member in members):
        raise _unsupported(members[0])
    weights = np.concatenate([member.coef_ for member in members])
    offsets = np.concatenate([member.intercept_ for member in members])
    scores = add_affine(graph, X, weights, offsets)
    if len(members) == 1:  # two classes
        return graph.add("Softmax", split_score(graph, scores), axis=1)
    proba = graph.add("Sigmoid", scores)
    total = graph.add("ReduceSum", proba, graph.constant(np.array([1])), keepdims=1)
    return graph.add("Div", proba, graph.add("Max", total, graph.constant(np.float64(1e-300))))


def _add_scores(graph: Graph, X: str, classifier: Any) -> str:
    """Add the decision function: one score per class."""
    match classifier:
        case LogisticRegression() | RidgeClassifier() | LinearSVC():
            scores = add_affine(graph, X, classifier.coef_, classifier.intercept_)
        case PairwiseSVC(kernel="rbf"):
            pairs = _add_pair_scores(graph, X, classifier)
            if len(classifier.classes_) > 2:
                return _add_margins(graph, pairs, len(classifier.classes_))
            scores = graph.add("Neg", pairs)
        case _:
            raise _unsupported(classifier)
    return split_score(graph, scores) if len(classifier.classes_) == 2 else scores


def add_affine(graph: Graph, X: str, weights: Any, offsets: Any) -> str:
    """Add ``X @ weights.T + offsets``; `weights` has the shape (n_outputs, n_features)."""
    product = graph.add("MatMul", X, graph.double(np.atleast_2d(weights).T))
    return graph.add("Add", product, graph.double(np.atleast_1d(offsets)))


def split_score(graph: Graph, scores: str) -> str:
    """Add two scores whose difference is the single score of two classes, shape (n, 1)."""
    return graph.add("MatMul", scores, graph.double(np.array([[-0.5, 0.5]])))


def _add_pair_scores(graph: Graph, X: str, svc: PairwiseSVC) -> str:
    """Add the score of each pair of classes, positive for the first class.

    References
    ----------
    Chang, Lin 2011, LIBSVM: a library for support vector machines, sections 4 and 7.
    """
    vectors = np.asarray(svc.support_vectors_)
    norms = graph.double((vectors.astype(np.float64) ** 2).sum(axis=1))
    squared = graph.add("Mul", X, X)
    squared = graph.add("ReduceSum", squared, graph.constant(np.array([1])), keepdims=1)
    product = graph.add("MatMul", X, graph.double(vectors.T))
    twice = graph.add("Mul", product, graph.double(2.0))
    distance = graph.add("Sub", graph.add("Add", squared, norms), twice)
    kernel = graph.add("Exp", graph.add("Mul", distance, graph.double(-svc._gamma)))
    weighted = graph.add("MatMul", kernel, graph.double(_pair_weights(svc)))
    return graph.add("Add", weighted, graph.double(svc._intercept_))


def _pair_weights(svc: PairwiseSVC) -> np.ndarray:
    """Return the weight of each support vector in each pair, shape (n_vectors, n_pairs)."""
    n_classes = len(svc.classes_)
    owner = np.repeat(np.arange(n_classes), svc.n_support_)
    columns = []
    for first in range(n_classes):
        for second in range(first + 1, n_classes):
            # A vector has one row of weights for each class other than its own.
            column = np.where(owner == first, svc._dual_coef_[second - 1], 0.0)
            columns.append(np.where(owner == second, svc._dual_coef_[first], column))
    return np.stack(columns, axis=1)


def _add_margins(graph: Graph, pairs: str, n_classes: int) -> str:
    """Add one score per class: its smallest margin over any other class."""
    columns, sign = pairs_of_classes(n_classes)
    of_class = graph.add("Gather", pairs, graph.constant(columns), axis=1)  # (n, classes, others)
    margins = graph.add("Mul", of_class, graph.double(sign))
    return graph.add("ReduceMin", margins, axes=[2], keepdims=0)


def _unsupported(classifier: Any) -> ModelError:
    return ModelError(
        f"{type(classifier).__name__} with these settings cannot be exported to ONNX; use the "
        ".skops file"
    )
