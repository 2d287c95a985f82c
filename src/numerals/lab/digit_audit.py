"""Audit labelled digits: suspicious labels, duplicates within and across splits, outliers."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.evaluation.model_evaluation import TrackProgress, evaluate_model
from numerals.lab.data_audit import DataAudit, LabelFinding, Outlier, count_duplicates
from numerals.lab.joined_splits import JoinedSplits, join_splits
from numerals.lab.out_of_sample import DEFAULT_METHOD, N_FOLDS, cross_validated_proba
from numerals.lab.picture_comparison import duplicate_groups
from numerals.metrics.label_errors import find_label_errors
from numerals.models import Model
from numerals.records import Digits
from numerals.search.near_duplicates import find_neighborhoods

DEFAULT_TOP = 100
"""Default number of labels, of duplicate groups and of outliers to list."""


@dataclass(frozen=True, eq=False)
class Predictor:
    """How the digits are predicted: by cross-validation, or by an existing model.

    Attributes
    ----------
    method : str, default="cnn"
        Method that is fitted in the cross-validation; a name in `numerals.classifiers.METHODS`.
    settings : mapping of str to value
        Settings of the method, as in `numerals.classifiers.make_classifier`.
    n_folds : int, default=5
    random_state : int, default=0
        Seed of the folds and of the method.
    model : Model, optional
        Used instead of a cross-validation. It should not have been trained on the digits.
    """

    method: str = DEFAULT_METHOD
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    n_folds: int = N_FOLDS
    random_state: int = 0
    model: Model | None = None

    def describe(self) -> str:
        """Return how the digits are predicted, as a phrase."""
        if self.model is not None:
            return f"existing model {self.model.metadata.get('name', '')}".rstrip()
        return f"{self.n_folds}-fold cross-validation of {self.method}"

    def predict(
        self, digits: Digits, track: TrackProgress | None
    ) -> tuple[npt.NDArray[np.float32], Digits]:
        """Return the probabilities, and the digits with columns of these as labels."""
        if self.model is not None:
            evaluation = evaluate_model(self.model, digits, track=track)
            return evaluation.proba, evaluation.digits
        proba = cross_validated_proba(
            digits,
            self.method,
            self.settings,
            n_folds=self.n_folds,
            random_state=self.random_state,
            track=track,
        )
        return proba, digits


def audit_digits(
    digits: Digits | Mapping[str, Digits],
    predictor: Predictor | None = None,
    *,
    top: int = DEFAULT_TOP,
    files: Mapping[str, Sequence[str]] = MappingProxyType({}),
    track: TrackProgress | None = None,
) -> DataAudit:
    """Rank label errors, duplicates and outliers of labelled digits.

    Parameters
    ----------
    digits : Digits or mapping of str to Digits
        One split, or several by name, with images of the same size. Unlabelled digits are only
        searched for duplicates and outliers.
    predictor : Predictor, optional
        By default, five-fold cross-validation of a small network.
    top : int, default=100
        Maximum number of labels, of duplicate groups and of outliers to list; the counts refer to
        all digits.
    files : mapping of str to sequence of str
        Names of the files of the digits, by split, if each has its own.
    track : callable, optional
        Displays progress, as ``cli.console.with_progress`` does.

    Returns
    -------
    DataAudit

    Raises
    ------
    DataError
        If no digit has a label, the splits do not match, or, for a cross-validation, fewer than
        two classes have two digits.
    UnknownNameError
        If the method or a setting is unknown.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> pictures, y = load_digits(return_X_y=True)
    >>> y[7] = 1  # a seven
    >>> digits = Digits((pictures.reshape(-1, 8, 8) * 15).astype(np.uint8), y.astype(np.int64))
    >>> audit = audit_digits(digits, Predictor("cosine"), top=20)
    >>> {finding.picture.index: finding.suggestion for finding in audit.labels}[7]
    '7'
    """
    started = time.perf_counter()
    predictor = predictor or Predictor()
    joined = join_splits(digits, files)
    labels = _audit_labels(joined, predictor, top, track)
    neighborhoods = find_neighborhoods(joined.digits.images, track=track)
    groups = duplicate_groups(joined.digits.images, neighborhoods, joined.picture_at)
    return DataAudit(
        name=joined.digits.name,
        kind="digits",
        sizes=joined.sizes,
        predictions=predictor.describe(),
        agreement=labels.agreement,
        n_labels=labels.n_labels,
        n_suspects=labels.n_suspects,
        labels=labels.findings,
        n_duplicates=count_duplicates(groups),
        duplicates=tuple(groups[:top]),
        outliers=_rank_outliers(joined, neighborhoods.mean_distances, top),
        seconds=time.perf_counter() - started,
        notes=labels.notes,
    )


@dataclass(frozen=True)
class _LabelAudit:
    findings: tuple[LabelFinding, ...]
    n_labels: int
    n_suspects: int
    agreement: float
    notes: tuple[str, ...]


def _audit_labels(
    joined: JoinedSplits, predictor: Predictor, top: int, track: TrackProgress | None
) -> _LabelAudit:
    numbers, notes = _digits_to_predict(joined.digits, predictor)
    proba, predicted = predictor.predict(joined.digits[numbers], track)
    errors = find_label_errors(proba, predicted.labels)
    findings = []
    for row in errors.order[:top].tolist():
        suggestion = errors.suggestions[row]
        findings.append(
            LabelFinding(
                joined.picture_at(int(numbers[row])),
                predicted.classes[suggestion],
                float(proba[row, predicted.labels[row]]),
                float(proba[row, suggestion]),
                bool(errors.is_suspect[row]),
            )
        )
    agreement = float((proba.argmax(axis=1) == predicted.labels).mean())
    n_suspects = int(errors.is_suspect.sum())
    return _LabelAudit(tuple(findings), len(numbers), n_suspects, agreement, tuple(notes))


def _digits_to_predict(
    digits: Digits, predictor: Predictor
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the indices of the digits whose label can be audited, and notes on the others."""
    is_labelled = digits.labels >= 0
    if not is_labelled.any():
        raise DataError(
            f"{digits.name}: none of {len(digits):,} digits has a label to audit; choose data with"
            " labels, or name their column (--label-column)"
        )
    counts = np.bincount(digits.labels[is_labelled], minlength=len(digits.classes))
    usable = is_labelled.copy()
    if predictor.model is None:  # each fold needs digits of the class to fit to
        usable[is_labelled] = counts[digits.labels[is_labelled]] > 1
    n_classes = len(np.unique(digits.labels[usable]))
    if predictor.model is None and n_classes < 2:
        raise DataError(
            f"{digits.name}: {n_classes} class with two or more digits, so that no label can be"
            " compared with another class; choose data with two classes or more"
        )
    notes = []
    if not is_labelled.all():
        notes.append(f"digits without a label: {int((~is_labelled).sum()):,}")
    if n_single := int((is_labelled & ~usable).sum()):
        notes.append(
            f"labels that are not audited, because no other digit has the same: {n_single}"
        )
    if predictor.model is not None and (data := _training_data(predictor.model)):
        notes.append(
            f"the model was trained on: {data}; errors in labels that it was trained on are missed"
        )
    return np.flatnonzero(usable), notes


def _training_data(model: Model) -> str:
    """Return the description of a model's training data; empty if it has none."""
    try:
        record = json.loads(model.metadata.get("training", "{}"))
    except ValueError:
        return ""
    data = record.get("data", "") if isinstance(record, dict) else ""
    split = record.get("split", "") if isinstance(record, dict) else ""
    return f"{data} {split}".strip() if isinstance(data, str) else ""


def _rank_outliers(
    joined: JoinedSplits, distances: npt.NDArray[np.float64], top: int
) -> tuple[Outlier, ...]:
    typical = float(np.median(distances)) or 1.0
    order = np.argsort(-distances, kind="stable")[:top].tolist()
    return tuple(Outlier(joined.picture_at(i), float(distances[i]) / typical) for i in order)
