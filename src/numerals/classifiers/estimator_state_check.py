"""Check the state of estimators from a file, which their compiled code does not validate."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.svm._base import BaseLibSVM

from numerals.errors import ModelError

MAX_JOBS = 1024
"""Maximum number of threads or processes that a file may set."""


def check_state(path: Path, model: Any) -> None:
    """Check that every estimator in a model has a consistent state.

    Parameters
    ----------
    path : Path
        The file of `model`, for the message.
    model : object
        An estimator, which may contain others.

    Raises
    ------
    ModelError
        If the state of an estimator is inconsistent.
    """
    for instance in _instances(model, set()):
        try:
            is_consistent = _is_consistent(instance)
        except (AttributeError, TypeError, ValueError, IndexError):
            is_consistent = False
        if not is_consistent:
            raise ModelError(
                f"{path}: has a {type(instance).__name__} with an inconsistent state, so it is "
                "damaged or forged; open only files of numerals train"
            )


def _instances(value: Any, seen: set[int]) -> Iterator[Any]:
    """Yield an object and all objects with attributes inside it."""
    if id(value) in seen or isinstance(value, type):
        return
    seen.add(id(value))
    if isinstance(value, dict):
        for item in value.values():
            yield from _instances(item, seen)
    elif isinstance(value, list | tuple | set):
        for item in value:
            yield from _instances(item, seen)
    elif isinstance(value, np.ndarray):
        if value.dtype == object:
            yield from _instances(value.ravel().tolist(), seen)
    elif hasattr(value, "__dict__"):
        yield value
        yield from _instances(vars(value), seen)


def _is_consistent(instance: Any) -> bool:
    jobs = vars(instance).get("n_jobs")
    if jobs is not None and not (isinstance(jobs, int) and -MAX_JOBS <= jobs <= MAX_JOBS):
        return False
    if isinstance(instance, BaseLibSVM):
        return _is_consistent_svm(instance)
    if isinstance(instance, HistGradientBoostingClassifier) and hasattr(instance, "_predictors"):
        return _is_consistent_boosting(instance)
    return True


def _is_consistent_svm(svm: Any) -> bool:
    """Return whether all array lengths match, since libsvm reads the arrays without checks."""
    if not hasattr(svm, "support_vectors_"):
        return True  # unfitted: the template of a meta-estimator
    n_vectors, n_features = svm.support_vectors_.shape
    n_classes = len(svm.classes_)
    n_pairs = n_classes * (n_classes - 1) // 2
    counts = np.asarray(svm._n_support)
    return bool(
        n_classes >= 2
        and n_features == svm.n_features_in_
        and svm.shape_fit_[1] == n_features
        and not callable(svm.kernel)
        and svm.kernel != "precomputed"
        and not svm._sparse
        and svm._impl == "c_svc"
        and svm.support_.shape == (n_vectors,)
        and counts.shape == (n_classes,)
        and counts.min() >= 0
        and int(counts.sum(dtype=np.int64)) == n_vectors
        and svm._dual_coef_.shape == svm.dual_coef_.shape == (n_classes - 1, n_vectors)
        and svm._intercept_.shape == svm.intercept_.shape == (n_pairs,)
        and len(svm._probA) == len(svm._probB) == 0
        and np.isfinite(svm.support_vectors_).all()
    )


def _is_consistent_boosting(boosting: Any) -> bool:
    """Return whether the trees match the classes and get the pixels without preprocessing."""
    n_trees = 1 if len(boosting.classes_) == 2 else len(boosting.classes_)
    return bool(
        boosting._preprocessor is None
        and boosting.n_trees_per_iteration_ == n_trees
        and all(len(stage) == n_trees for stage in boosting._predictors)
        and boosting._bin_mapper.is_categorical_.shape == (boosting.n_features_in_,)
        and not boosting._bin_mapper.is_categorical_.any()
    )
