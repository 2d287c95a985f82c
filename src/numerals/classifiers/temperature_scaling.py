"""Scores -> probabilities, for classifiers that give none of their own."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

_LOG_RANGE = (-6.0, 6.0)  # of the factor: from nearly uniform to nearly certain


class TemperatureScaledClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier's scores times a factor, through a softmax.

    The factor is that at which the labels of images that were left out of the fit are least
    surprising. It changes no answer.

    Parameters
    ----------
    estimator : estimator
        With `decision_function`: one score a class, or one for two classes.
    cv : int, default=3
        Folds in which images are left out. Classes with fewer images have as many folds as
        images; with a single one the factor stays 1.
    n_jobs : int, optional
        Folds fitted side by side.

    Attributes
    ----------
    estimator_ : estimator
        Fitted on all images.
    factor_ : float
        What scores are multiplied by: the inverse temperature.
    classes_ : ndarray, shape (n_classes,)
    n_features_in_ : int

    References
    ----------
    Guo, Pleiss, Sun, Weinberger 2017, On calibration of modern neural networks, section 4.2.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import RidgeClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> fitted = TemperatureScaledClassifier(RidgeClassifier()).fit(X, y)
    >>> bool(fitted.predict_proba(X[:1]).argmax() == y[0])
    True
    """

    def __init__(self, estimator: Any, cv: int = 3, n_jobs: int | None = None) -> None:
        self.estimator = estimator
        self.cv = cv
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the classifier on all images, and the factor on those left out of each fold.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        y : array-like, shape (n_samples,)
        """
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        self.estimator_ = clone(self.estimator).fit(X, y)
        n_folds = min(self.cv, int(np.bincount(labels).min()))
        self.factor_ = 1.0
        if n_folds > 1:
            self.factor_ = _fit_factor(self._held_out_scores(X, labels, n_folds), labels)
        return self

    def decision_function(self, X: Any) -> npt.NDArray[Any]:
        """Return the scores, scaled: (n_samples, n_classes), or (n_samples,) for two classes."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        scores: npt.NDArray[Any] = self.estimator_.decision_function(X) * self.factor_
        return scores

    def predict_proba(self, X: Any) -> npt.NDArray[Any]:
        """Return the probability of each class, shape (n_samples, n_classes)."""
        proba: npt.NDArray[Any] = softmax(_a_column_each(self.decision_function(X)), axis=1)
        return proba

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likeliest class, shape (n_samples,)."""
        scores = _a_column_each(self.decision_function(X))
        answers: npt.NDArray[Any] = self.classes_[scores.argmax(axis=1)]
        return answers

    def _held_out_scores(
        self, X: npt.NDArray[Any], labels: npt.NDArray[np.intp], n_folds: int
    ) -> npt.NDArray[Any]:
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=0)
        scores = cross_val_predict(
            clone(self.estimator),
            X,
            labels,
            cv=folds,
            method="decision_function",
            n_jobs=self.n_jobs,
        )
        return _a_column_each(np.asarray(scores, np.float64))


def _fit_factor(scores: npt.NDArray[Any], labels: npt.NDArray[np.intp]) -> float:
    """Return the factor with the least log loss."""
    rows = np.arange(len(labels))

    def loss(log_factor: float) -> float:
        return -float(log_softmax(scores * np.exp(log_factor), axis=1)[rows, labels].mean())

    return float(np.exp(minimize_scalar(loss, bounds=_LOG_RANGE, method="bounded").x))


def _a_column_each(scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a score for each class, where two classes have only the difference of theirs."""
    return np.stack([-scores / 2, scores / 2], axis=1) if scores.ndim == 1 else scores
