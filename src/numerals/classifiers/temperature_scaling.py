"""Temperature scaling: probabilities for classifiers that have only a decision function."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

_LOG_FACTOR_RANGE = (-6.0, 6.0)  # search range: from nearly uniform to nearly one-hot


class TemperatureScaledClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """Softmax of a classifier's scores times a calibrated factor.

    The factor minimizes the log loss of images held out by cross-validation. It does not change
    the predicted classes.

    Parameters
    ----------
    estimator : estimator
        Classifier with `decision_function`: one score per class, or one score for two classes.
    cv : int, default=3
        Number of folds; at most the number of images of the smallest class. With one image in a
        class the factor is 1.
    n_jobs : int, optional
        Number of folds fitted in parallel.

    Attributes
    ----------
    estimator_ : estimator
        Fitted on all images.
    factor_ : float
        Inverse temperature: the factor of the scores.
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
        """Fit the classifier on all images, and the factor on the held-out images of each fold.

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
        proba: npt.NDArray[Any] = softmax(_to_columns(self.decision_function(X)), axis=1)
        return proba

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the most probable class, shape (n_samples,)."""
        scores = _to_columns(self.decision_function(X))
        predictions: npt.NDArray[Any] = self.classes_[scores.argmax(axis=1)]
        return predictions

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
        return _to_columns(np.asarray(scores, np.float64))


def _fit_factor(scores: npt.NDArray[Any], labels: npt.NDArray[np.intp]) -> float:
    """Return the factor that minimizes the log loss."""
    rows = np.arange(len(labels))

    def loss(log_factor: float) -> float:
        return -float(log_softmax(scores * np.exp(log_factor), axis=1)[rows, labels].mean())

    return float(np.exp(minimize_scalar(loss, bounds=_LOG_FACTOR_RANGE, method="bounded").x))


def _to_columns(scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return one score per class; two classes may have only the difference of their scores."""
    return np.stack([-scores / 2, scores / 2], axis=1) if scores.ndim == 1 else scores
