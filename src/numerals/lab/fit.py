"""Fit a method to a data set and record how it was fitted."""

import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ParameterGrid, cross_val_score

from numerals import __version__
from numerals.classifiers import METHODS, make_classifier
from numerals.classifiers.cnn_base import CNNClassifier
from numerals.classifiers.estimator_files import EstimatorModel
from numerals.classifiers.pixel_pipelines import apply_settings
from numerals.errors import DataError, NumeralsError
from numerals.lab.folds import Folds, make_folds
from numerals.records import Digits

N_FOLDS = 3
"""Folds of the cross-validation."""

_LIBRARIES = {"numpy": "numpy", "sklearn": "scikit-learn", "torch": "torch", "numba": "numba"}


def fit_method(
    name: str,
    digits: Digits,
    settings: Mapping[str, Any] = MappingProxyType({}),
    *,
    cv: bool = False,
    limit: int | None = None,
    split: str = "train",
    random_state: int = 0,
    on_progress: Callable[[str], None] | None = None,
) -> EstimatorModel:
    """Fit a method to a data set.

    Parameters
    ----------
    name : str
        A name in `numerals.classifiers.METHODS`.
    digits : Digits
        Labelled.
    settings : mapping of str to value
        As in `make_classifier`. With `cv`, a list or tuple holds the values to choose from.
    cv : bool, default=False
        Choose settings by stratified cross-validation with three folds, from the values in
        `settings` and in the method's own grid. The folds are by writer if the writers are known.
    limit : int, optional
        Fit to the first `limit` images only.
    split : str, default="train"
        Name of the split that `digits` holds; only recorded.
    random_state : int, default=0
        Seed of every step that has one.
    on_progress : callable, optional
        Called with a line of text for each step; networks then also print a line per epoch to
        stderr.

    Returns
    -------
    EstimatorModel
        Its metadata record method, settings, data, duration, machine and versions.

    Raises
    ------
    UnknownNameError
        If the method or a setting is unknown.
    DataError
        If digits have no labels, or the method cannot be fitted to them with these settings.
    """
    report = on_progress or (lambda line: None)
    digits = _labelled_digits(digits, limit)
    fixed, choices = _split_settings(name, settings, cv)
    estimator = make_classifier(name, fixed)
    notes: list[str] = []
    started = time.perf_counter()
    with _translate_sklearn_errors(name, digits, notes):
        folds = make_folds(digits, N_FOLDS) if cv else None
        tried = _cross_validate(estimator, choices, digits, folds, random_state, report)
        best: dict[str, Any] = max(tried, key=lambda t: t["accuracy"], default={"settings": {}})
        estimator = _configure(estimator, best["settings"], random_state)
        if isinstance(estimator, CNNClassifier):
            estimator.set_params(verbose=int(on_progress is not None))
        report(f"fitting {name} to {len(digits):,} images")
        estimator.fit(digits.images, digits.labels)
    for note in notes:
        report(note)
    record = {
        "method": name,
        "settings": _to_json_values(fixed | best["settings"]),
        "data": digits.name,
        "split": split,
        "n_images": len(digits),
        "limit": limit,
        "images_of_class": digits.counts(),
        "random_state": random_state,
        "seconds": round(time.perf_counter() - started, 3),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "versions": _versions(),
        "notes": notes,
    }
    if folds:
        record["cross_validation"] = {
            "n_folds": N_FOLDS,
            "by_writer": folds.by_writer,
            "chosen": best,
            "tried": tried,
        }
    return _make_model(estimator, digits, record)


def _labelled_digits(digits: Digits, limit: int | None) -> Digits:
    """Return the first `limit` digits; raise `DataError` if one has no label."""
    if limit is not None and limit < 1:
        raise DataError(
            f"limit={limit} must be 1 or more; pass the number of images to fit to, or None for all"
        )
    part = digits[:limit]
    n_unlabelled = int((part.labels < 0).sum())
    if n_unlabelled:
        raise DataError(
            f"{digits.name}: {n_unlabelled:,} of {len(part):,} digits have no label to learn from; "
            "drop them, or name a labelled data set"
        )
    return part


def _split_settings(
    name: str, settings: Mapping[str, Any], cv: bool
) -> tuple[dict[str, Any], dict[str, Sequence[Any]]]:
    """Return the fixed settings, and the grid of settings that cross-validation chooses from."""
    if not cv:
        return dict(settings), {}
    make_classifier(name, {})  # raises if the method is unknown
    several = {key: value for key, value in settings.items() if isinstance(value, list | tuple)}
    fixed = {key: value for key, value in settings.items() if key not in several}
    own = {key: values for key, values in METHODS[name].grid.items() if key not in fixed}
    if not own | several:
        raise DataError(
            f"{name}: nothing to choose by cross-validation; give a setting several values, such "
            "as --set epochs=2,4"
        )
    return fixed, own | several


@contextmanager
def _translate_sklearn_errors(name: str, digits: Digits, notes: list[str]) -> Iterator[None]:
    """Raise scikit-learn's errors as `DataError`; append a note for a convergence warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        try:
            yield
        except (TypeError, ValueError) as error:
            if isinstance(error, NumeralsError):
                raise
            raise DataError(f"{name} cannot be fitted to {digits.name}: {error}") from error
    others = [w for w in caught if not issubclass(w.category, ConvergenceWarning)]
    if len(others) < len(caught):
        notes.append("stopped before it converged; raise max_iter to continue")
    for warning in others:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def _cross_validate(
    estimator: Any,
    choices: Mapping[str, Sequence[Any]],
    digits: Digits,
    folds: Folds | None,
    random_state: int,
    report: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Return settings, mean accuracy and its standard deviation for each point of the grid."""
    if folds is None:
        return []
    report(folds.description)
    grid = list(ParameterGrid(dict(choices)))
    tried = []
    for number, settings in enumerate(grid, 1):
        configured = _configure(estimator, settings, random_state)
        scores = cross_val_score(
            configured, digits.images, digits.labels, cv=folds.splits, error_score="raise"
        )
        accuracy, std = round(float(scores.mean()), 5), round(float(scores.std()), 5)
        tried.append({"settings": _to_json_values(settings), "accuracy": accuracy, "std": std})
        values = " ".join(f"{key}={value}" for key, value in settings.items())
        report(f"{number} of {len(grid)}: {values}: {100 * accuracy:.2f} %")
    return tried


def _configure(estimator: Any, settings: Mapping[str, Any], random_state: int) -> Any:
    """Return an unfitted copy with these settings and the seed."""
    copy = apply_settings(clone(estimator), settings)
    names = [name for name in copy.get_params() if name.split("__")[-1] == "random_state"]
    return copy.set_params(**dict.fromkeys(names, random_state))


def _to_json_values(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with values that JSON cannot hold converted to str."""
    json_types = (bool, int, float, str, list, tuple, type(None))
    return {
        key: value if isinstance(value, json_types) else str(value)
        for key, value in settings.items()
    }


def _versions() -> dict[str, str]:
    """Return the versions of the libraries that are loaded."""
    loaded = [name for module, name in _LIBRARIES.items() if module in sys.modules]
    return {"numerals": __version__} | {name: version(name) for name in loaded}


def _make_model(estimator: Any, digits: Digits, record: Mapping[str, Any]) -> EstimatorModel:
    metadata = {
        "name": str(record["method"]),
        "version": __version__,
        "classes": json.dumps(digits.classes, ensure_ascii=False),
        "script": digits.script,
        "preprocessing": f"digits as in {digits.name}: ink bright, grey levels 0 to 255",
        "training": json.dumps(record, ensure_ascii=False),
    }
    return EstimatorModel(estimator, digits.classes, digits.script, digits.image_shape, metadata)
