"""Export trees, forests and gradient boosting to ONNX nodes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from numerals.networks.onnx_graph import Graph

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class _Nodes:
    """One tree: one row per node, the root first.

    `values` has one column per output; the values of inner nodes are ignored.
    """

    feature: Array
    threshold: Array
    left: Array
    right: Array
    is_leaf: Array
    values: Array


def add_trees(graph: Graph, X: str, classifier: Any) -> str:
    """Add the nodes of a fitted tree, forest or gradient boosting.

    Parameters
    ----------
    graph : Graph
    X : str
        Name of the features, float64 of shape (n, n_features).
    classifier : DecisionTreeClassifier, forest or HistGradientBoostingClassifier

    Returns
    -------
    str
        Name of the probabilities, float32 of shape (n, n_classes).
    """
    single = graph.add("Cast", X, to=TensorProto.FLOAT)
    match classifier:
        case HistGradientBoostingClassifier():
            return _add_boosting(graph, single, classifier)
        case RandomForestClassifier() | ExtraTreesClassifier():
            members = classifier.estimators_
        case _:
            members = [classifier]
    trees = [_nodes_of(member.tree_) for member in members]
    total = _add_sum(graph, single, trees, np.zeros(len(classifier.classes_)))
    return graph.add("Div", total, graph.single(len(members)))


def _add_boosting(graph: Graph, X: str, classifier: HistGradientBoostingClassifier) -> str:
    n_outputs = classifier.n_trees_per_iteration_
    trees = [
        _nodes_of_predictor(predictor.nodes, output, n_outputs)
        for iteration in classifier._predictors
        for output, predictor in enumerate(iteration)
    ]
    scores = _add_sum(graph, X, trees, np.ravel(classifier._baseline_prediction))
    if n_outputs == 1:  # two classes with one score: the margin of the second
        scores = graph.add("MatMul", scores, graph.single([[-0.5, 0.5]]))
    return graph.add("Softmax", scores, axis=1)


def _nodes_of(tree: Any) -> _Nodes:
    return _Nodes(
        tree.feature,
        tree.threshold,
        tree.children_left,
        tree.children_right,
        tree.children_left == -1,
        tree.value[:, 0, :],
    )


def _nodes_of_predictor(nodes: Array, output: int, n_outputs: int) -> _Nodes:
    values = np.zeros((len(nodes), n_outputs))
    values[:, output] = nodes["value"]
    return _Nodes(
        nodes["feature_idx"],
        nodes["num_threshold"],
        nodes["left"],
        nodes["right"],
        nodes["is_leaf"] == 1,
        values,
    )


def _add_sum(graph: Graph, X: str, trees: list[_Nodes], base: Array) -> str:
    """Add the sum of the values of the reached leaves, shape (n, n_outputs)."""
    tree_ids = np.repeat(np.arange(len(trees)), [len(tree.feature) for tree in trees])
    node_ids = np.concatenate([np.arange(len(tree.feature)) for tree in trees])
    leaf = np.concatenate([tree.is_leaf for tree in trees]).astype(bool)
    values = np.concatenate([tree.values for tree in trees])
    has_value = (values != 0) & leaf[:, None]
    has_value[leaf & ~has_value.any(axis=1), 0] = True  # ONNX requires a value in each leaf
    counted, targets = np.nonzero(has_value)

    def inner(name: str) -> Array:
        return np.where(leaf, 0, np.concatenate([getattr(tree, name) for tree in trees]))

    return graph.add(
        "TreeEnsembleRegressor",
        X,
        domain="ai.onnx.ml",
        n_targets=len(base),
        base_values=base.astype(np.float32).tolist(),
        nodes_treeids=tree_ids.tolist(),
        nodes_nodeids=node_ids.tolist(),
        nodes_modes=np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
        nodes_featureids=inner("feature").tolist(),
        nodes_values=_round_down(inner("threshold")).tolist(),
        nodes_truenodeids=inner("left").tolist(),
        nodes_falsenodeids=inner("right").tolist(),
        target_treeids=tree_ids[counted].tolist(),
        target_nodeids=node_ids[counted].tolist(),
        target_ids=targets.tolist(),
        target_weights=values[counted, targets].astype(np.float32).tolist(),
    )


def _round_down(thresholds: Array) -> npt.NDArray[np.float32]:
    """Return the largest float32 not above each threshold, so that float32 inputs split equally."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)
