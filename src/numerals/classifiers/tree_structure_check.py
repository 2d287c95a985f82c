"""Check the node indices of trees from a file, which scikit-learn does not validate."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.pipeline import Pipeline
from sklearn.tree._tree import Tree

from numerals.errors import ModelError

Indices = npt.NDArray[np.int64]


def check_trees(path: Path, model: Any) -> None:
    """Check that every tree in a model refers only to its own nodes and features.

    Parameters
    ----------
    path : Path
        The file of `model`, for the message.
    model : object
        An estimator, which may contain others.

    Raises
    ------
    ModelError
        If a tree has an index out of range, or a cycle.
    """
    for tree, n_features in _trees(model, None, set()):
        is_valid = _is_valid_tree if isinstance(tree, Tree) else _is_valid_predictor
        if not is_valid(tree, n_features):
            raise ModelError(
                f"{path}: has a tree that refers to missing nodes or pixels, so it is damaged or "
                "forged; open only files of numerals train"
            )


def _trees(value: Any, n_features: int | None, seen: set[int]) -> Iterator[tuple[Any, int]]:
    """Yield the trees in an object, each with the number of features of its input.

    This is the number of the outermost classifier: scikit-learn checks X against it, and does not
    check the members of an ensemble.
    """
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Tree | TreePredictor):
        yield value, n_features or 0
    elif isinstance(value, dict):
        for item in value.values():
            yield from _trees(item, n_features, seen)
    elif isinstance(value, list | tuple | set):
        for item in value:
            yield from _trees(item, n_features, seen)
    elif isinstance(value, np.ndarray):
        if value.dtype == object:
            yield from _trees(value.ravel().tolist(), n_features, seen)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        if n_features is None and not isinstance(value, Pipeline):
            n_features = getattr(value, "n_features_in_", None)
        yield from _trees(vars(value), n_features, seen)


def _is_valid_tree(tree: Any, n_features: int) -> bool:
    left, right = tree.children_left, tree.children_right
    inner = left != -1
    return bool(
        tree.node_count > 0
        and tree.n_features == n_features
        and _are_later_nodes(np.flatnonzero(inner), left[inner], right[inner], tree.node_count)
        and _are_within(tree.feature[inner], n_features)
    )


def _is_valid_predictor(predictor: Any, n_features: int) -> bool:
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    children = nodes["left"][inner].astype(np.int64), nodes["right"][inner].astype(np.int64)
    return bool(
        len(nodes) > 0
        and not nodes["is_categorical"].any()
        and _are_later_nodes(np.flatnonzero(inner), *children, len(nodes))
        and _are_within(nodes["feature_idx"][inner], n_features)
    )


def _are_later_nodes(parents: Indices, left: Indices, right: Indices, n_nodes: int) -> bool:
    """Return whether all children are nodes after their parents, which excludes cycles."""
    later = (left > parents).all() and (right > parents).all()
    return bool(later and (left < n_nodes).all() and (right < n_nodes).all())


def _are_within(features: Indices, n_features: int) -> bool:
    return bool((features >= 0).all() and (features < n_features).all())
