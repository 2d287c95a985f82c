"""A multilayer perceptron: a network of fully connected layers on pixels."""

from typing import Any, Self

from sklearn.neural_network import MLPClassifier

from numerals.classifiers.method_entry import Method
from numerals.classifiers.pixel_pipelines import pixel_pipeline
from numerals.classifiers.training_history import History

_TRAINING_STATE = ("_optimizer", "_best_coefs", "_best_intercepts")


class PixelMLPClassifier(MLPClassifier):  # type: ignore[misc]
    """scikit-learn's `MLPClassifier` with a history of its epochs.

    After `fit` it keeps no state of the training, which would quadruple the size of its file.
    Parameters and other attributes are those of `MLPClassifier`.

    Attributes
    ----------
    history_ : History
        A list with one row per epoch: ``epoch``, ``loss``, ``validation_accuracy`` with
        `early_stopping`, and ``learning_rate`` if it is constant. ``history_.plot()`` draws
        learning curves. Empty for ``solver="lbfgs"``.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> fitted = PixelMLPClassifier(max_iter=300, random_state=0).fit(X, y)
    >>> fitted.score(X, y) > 0.9
    True
    >>> len(fitted.history_) == fitted.n_iter_
    True
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        y : array-like, shape (n_samples,)

        Raises
        ------
        ValueError
            If there are fewer than two classes.
        """
        super().fit(X, y)
        if len(self.classes_) < 2:  # predict_proba would have two columns
            raise ValueError("the data have only one class; pass two classes or more")
        self.history_ = History(self._make_history())
        for name in _TRAINING_STATE:
            self.__dict__.pop(name, None)
        return self

    def _make_history(self) -> list[dict[str, float]]:
        losses = getattr(self, "loss_curve_", [])
        rows = [{"epoch": epoch, "loss": float(loss)} for epoch, loss in enumerate(losses, start=1)]
        accuracies = getattr(self, "validation_scores_", None) or []
        for row, accuracy in zip(rows, accuracies, strict=False):
            row["validation_accuracy"] = float(accuracy)
        if self.solver == "adam" or self.learning_rate == "constant":
            for row in rows:
                row["learning_rate"] = float(self.learning_rate_init)
        return rows


MLP_METHODS = {
    "mlp": Method(
        lambda: pixel_pipeline(
            # `numerals train mlp --data qmnist --limit 3000 --cv --set alpha=0.001,0.01,0.1 --set
            # hidden_layer_sizes=128,256` chose size and alpha. Training ends when the loss has not
            # fallen by `tol` in three epochs.
            PixelMLPClassifier(
                (256,),
                alpha=0.1,
                max_iter=100,
                tol=1e-3,
                n_iter_no_change=3,
                random_state=0,
            )
        ),
        "multilayer perceptron: one hidden layer of 256 units, fully connected",
        {"hidden_layer_sizes": (128, 256, 512), "alpha": (0.01, 0.1)},
        has_epochs=True,
    ),
}
"""Name -> method."""
