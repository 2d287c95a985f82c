"""Estimators from a file: what their compiled code takes on trust is looked at before it runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.svm._base import BaseLibSVM

from numerals.errors import ModelError

MAX_JOBS = 1024
"""Threads or processes that a file may ask for."""


def check_state(path: Path, model: Any) -> None:
    """Raise ModelError if an estimator anywhere in `model` has parts that do not fit together.

    Parameters
    ----------
    path : Path
        Where `model` comes from, for the message.
    model : object
        An estimator, with others inside it.
    """
    for part in _parts(model, set()):
        try:
            sound = _is_sound(part)
        except (AttributeError, TypeError, ValueError, IndexError):
            sound = False
        if not sound:
            raise ModelError(
                f"{path}: has a {type(part).__name__} whose parts do not fit together; it is "
                "damaged or forged: open only what numerals train wrote"
            )


def _parts(value: Any, seen: set[int]) -> Iterator[Any]:
    """Yield all objects with attributes inside an object, itself included."""
    if id(value) in seen or isinstance(value, type):
        return
    seen.add(id(value))
    if isinstance(value, dict):
        for part in value.values():
            yield from _parts(part, seen)
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from _parts(part, seen)
    elif isinstance(value, np.ndarray):
        if value.dtype == object:
            yield from _parts(value.ravel().tolist(), seen)
    elif hasattr(value, "__dict__"):
        yield value
        yield from _parts(vars(value), seen)


def _is_sound(part: Any) -> bool:
    jobs = vars(part).get("n_jobs")
    if jobs is not None and not (isinstance(jobs, int) and -MAX_JOBS <= jobs <= MAX_JOBS):
        return False
    if isinstance(part, BaseLibSVM):
        return _is_sound_svm(part)
    if isinstance(part, HistGradientBoostingClassifier) and hasattr(part, "_predictors"):
        return _is_sound_boosting(part)
    return True


def _is_sound_svm(svm: Any) -> bool:
    """Tell whether libsvm, which checks no length, stays within a machine's arrays."""
    if not hasattr(svm, "support_vectors_"):
        return True  # not fitted: a template of others
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


def _is_sound_boosting(boosting: Any) -> bool:
    """Tell whether the trees get the pixels that the classifier was asked about, as they are."""
    n_trees = 1 if len(boosting.classes_) == 2 else len(boosting.classes_)
    return bool(
        boosting._preprocessor is None
        and boosting.n_trees_per_iteration_ == n_trees
        and all(len(stage) == n_trees for stage in boosting._predictors)
        and boosting._bin_mapper.is_categorical_.shape == (boosting.n_features_in_,)
        and not boosting._bin_mapper.is_categorical_.any()
    )
