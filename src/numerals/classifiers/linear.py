"""Linear classifiers: logistic regression, ridge, lasso and elastic net on pixels."""

from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier

from numerals.classifiers.method_entry import Method
from numerals.classifiers.pixel_pipelines import pixel_pipeline
from numerals.classifiers.temperature_scaling import TemperatureScaledClassifier

_C = {"C": (0.01, 0.1, 1.0)}

LINEAR_METHODS = {
    "logistic": Method(
        lambda: pixel_pipeline(LogisticRegression(C=0.1, max_iter=300)),
        "logistic regression, all classes at once (multinomial)",
        _C,
    ),
    "logistic-ovr": Method(
        lambda: pixel_pipeline(OneVsRestClassifier(LogisticRegression(C=0.1, max_iter=300))),
        "logistic regression, each class against the rest",
        _C,
    ),
    "ridge": Method(
        lambda: pixel_pipeline(TemperatureScaledClassifier(RidgeClassifier(alpha=10.0))),
        "least squares with an L2 penalty, calibrated",
        {"alpha": (1.0, 10.0, 100.0)},
    ),
    "lasso": Method(
        lambda: pixel_pipeline(_sparse_logistic(l1_ratio=1.0)),
        "logistic regression with an L1 penalty: few pixels have weights",
        _C,
    ),
    "elastic-net": Method(
        lambda: pixel_pipeline(_sparse_logistic(l1_ratio=0.5)),
        "logistic regression with L1 and L2 penalties",
        _C | {"l1_ratio": (0.2, 0.5, 0.8)},
    ),
}
"""Name -> method."""


def _sparse_logistic(l1_ratio: float) -> LogisticRegression:
    # A smaller tolerance takes 20 times as long, and changes no prediction on pixels.
    return LogisticRegression(
        C=1.0, l1_ratio=l1_ratio, solver="saga", tol=0.02, max_iter=100, random_state=0
    )
