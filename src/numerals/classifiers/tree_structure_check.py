"""Trees from a file: their indices are looked at before scikit-learn follows them unchecked."""

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
    """Raise ModelError if a tree anywhere in `model` leads out of its nodes or its features.

    Parameters
    ----------
    path : Path
        Where `model` comes from, for the message.
    model : object
        An estimator, with others inside it.
    """
    for tree, n_features in _trees(model, None, set()):
        if not (_is_sound if isinstance(tree, Tree) else _is_sound_predictor)(tree, n_features):
            raise ModelError(
                f"{path}: has a tree that leads to nodes or pixels that there are not; it is "
                "damaged or forged: open only what numerals train wrote"
            )


def _trees(value: Any, n_features: int | None, seen: set[int]) -> Iterator[tuple[Any, int]]:
    """Yield the trees in an object, each with the number of features that it will be given.

    That is what the outermost classifier says: scikit-learn holds X to it, and members to nothing.
    """
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Tree | TreePredictor):
        yield value, n_features or 0
    elif isinstance(value, dict):
        for part in value.values():
            yield from _trees(part, n_features, seen)
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from _trees(part, n_features, seen)
    elif isinstance(value, np.ndarray):
        if value.dtype == object:
            yield from _trees(value.ravel().tolist(), n_features, seen)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        if n_features is None and not isinstance(value, Pipeline):
            n_features = getattr(value, "n_features_in_", None)
        yield from _trees(vars(value), n_features, seen)


def _is_sound(tree: Any, n_features: int) -> bool:
    left, right = tree.children_left, tree.children_right
    inner = left != -1
    return bool(
        tree.node_count > 0
        and tree.n_features == n_features
        and _lead_on(np.flatnonzero(inner), left[inner], right[inner], tree.node_count)
        and _within(tree.feature[inner], n_features)
    )


def _is_sound_predictor(predictor: Any, n_features: int) -> bool:
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    children = nodes["left"][inner].astype(np.int64), nodes["right"][inner].astype(np.int64)
    return bool(
        len(nodes) > 0
        and not nodes["is_categorical"].any()
        and _lead_on(np.flatnonzero(inner), *children, len(nodes))
        and _within(nodes["feature_idx"][inner], n_features)
    )


def _lead_on(parents: Indices, left: Indices, right: Indices, n_nodes: int) -> bool:
    """Tell whether all children are nodes that come after their parents: there is no circle."""
    later = (left > parents).all() and (right > parents).all()
    return bool(later and (left < n_nodes).all() and (right < n_nodes).all())


def _within(features: Indices, n_features: int) -> bool:
    return bool((features >= 0).all() and (features < n_features).all())
