"""Base class of the convolutional networks.

PyTorch is imported by `fit`, `predict_proba` and `to_module`; a fitted estimator holds NumPy
arrays.
"""

import sys
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from numerals.classifiers.pixel_transformers import find_image_shape, flatten_images
from numerals.classifiers.training_history import History

if TYPE_CHECKING:
    import torch
    from torch import nn
    from torch.optim.lr_scheduler import LRScheduler

    from numerals.classifiers.cnn_checkpoint import Checkpoint
    from numerals.classifiers.cnn_distortion import Distortion
    from numerals.classifiers.cnn_training import Plan, Scheme

_MIN_PICTURE_SIDE = 8  # pixels: smaller images are not distorted
_RESUMABLE_CHANGES = ("checkpoint", "n_jobs", "verbose")  # parameters not tied to a checkpoint


class CNNClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the networks; a subclass defines its parameters, its network and its scheme.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
    image_shape_ : tuple of int
        Height and width of the images in the rows of X.
    scale_ : float
        Divisor of the pixels: 255 if X was uint8, else the largest absolute value in it.
    weights_ : dict of str to ndarray
        The state of the network.
    history_ : History
        A list with one row per epoch; ``history_.plot()`` draws learning curves.
    n_iter_ : int
        Number of epochs.
    n_features_in_ : int
    """

    @abstractmethod
    def _make_network(self, n_classes: int, image_shape: tuple[int, int]) -> "nn.Module":
        """Return the network with random weights."""

    @abstractmethod
    def _make_distortion(self, *, is_picture: bool) -> "Distortion":
        """Return the distortion of training images, which may be none if they are not pictures."""

    @abstractmethod
    def _make_scheme(
        self, network: "nn.Module", n_steps: int, distortion: "Distortion"
    ) -> "Scheme":
        """Return the training scheme for `n_steps` batches in total."""

    _min_side: int  # pixels: smaller images are padded
    _learning_rates: ClassVar[Mapping[str, float]]  # default of each optimizer
    _min_batches = 1  # minimum number of batches per epoch

    def fit(self, X: Any, y: Any) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like, shape (n_samples, height * width) or (n_samples, height, width)
            Pixels: uint8, or floats, which are divided by their largest absolute value.
        y : array-like, shape (n_samples,)

        Raises
        ------
        ValueError
            If a parameter is out of range, or does not match `X`.
        ModelError
            If `checkpoint` is a file with other settings or data, or not a checkpoint.
        """
        import torch

        from numerals.classifiers.cnn_training import train, use_threads

        X, image_shape = flatten_images(X)
        X, y = validate_data(self, X, y, dtype=[np.float32, np.uint8], ensure_min_samples=2)
        check_classification_targets(y)
        plan = self._plan()
        self.classes_, labels = np.unique(y, return_inverse=True)
        self.image_shape_ = find_image_shape(X.shape[1], self.image_shape or image_shape)
        self.scale_ = 255.0 if X.dtype == np.uint8 else float(np.abs(X).max()) or 1.0
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        n_steps = plan.epochs * plan.n_batches(len(X))

        def make_scheme() -> "Scheme":
            network = self._padded_network().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
            distortion = self._make_distortion(is_picture=_is_picture(self.image_shape_))
            return self._make_scheme(network, n_steps, distortion)

        with use_threads(self.n_jobs):
            self.weights_, rows = train(
                make_scheme,
                self._to_images(X),
                _to_tensor(labels),
                plan,
                seed=seed,
                checkpoint=self._checkpoint(X, labels),
                on_epoch=self._print_epoch,
            )
        self.history_ = History(rows)
        self.n_iter_ = len(rows)
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float32]:
        """Return the probability of each class, shape (n_samples, n_classes)."""
        from numerals.classifiers.cnn_training import use_threads
        from numerals.networks.inference import predict_logits

        network = self.to_module()
        X = flatten_images(X)[0]
        X = validate_data(self, X, dtype=[np.float32, np.uint8], reset=False)
        with use_threads(self.n_jobs):
            proba = predict_logits(network, self._to_images(X)).softmax(dim=1)
        array: npt.NDArray[np.float32] = proba.numpy()
        return array

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the most probable class, shape (n_samples,)."""
        proba = self.predict_proba(X)
        predictions: npt.NDArray[Any] = self.classes_[proba.argmax(axis=1)]
        return predictions

    def augment_images(
        self, images: npt.NDArray[np.uint8], n_versions: int = 1, *, random_state: int = 0
    ) -> npt.NDArray[np.uint8]:
        """Return images as the network is trained on them: distorted at random.

        Every epoch of `fit` distorts the images anew. The classifier need not be fitted.

        Parameters
        ----------
        images : ndarray of uint8, shape (n_images, height, width)
        n_versions : int, default=1
            Number of distorted versions of each image.
        random_state : int, default=0

        Returns
        -------
        ndarray of uint8, shape (n_images, n_versions, height, width)
            Equal to the images if `augment` is 0 or False.
        """
        import torch

        n_images, height, width = images.shape
        distort = self._make_distortion(is_picture=_is_picture((height, width)))
        repeated = np.repeat(images, n_versions, axis=0)[:, None]
        unit = _to_tensor(np.multiply(repeated, 1 / 255, dtype=np.float32))
        # At the end of the training images have their full size.
        distorted = distort(unit, 1.0, torch.Generator().manual_seed(random_state))
        pixels = (255 * distorted).round().clamp(0, 255).to(torch.uint8).numpy()
        return np.asarray(pixels.reshape(n_images, n_versions, height, width))

    def to_module(self) -> "nn.Module":
        """Return the trained network, in evaluation mode, with a copy of the weights.

        Returns
        -------
        torch.nn.Module
            Maps float32 images in [0, 1], shape (n, 1, height, width), to logits, shape
            (n, n_classes), whose columns follow `classes_`.
        """
        import torch

        check_is_fitted(self)
        with torch.device("meta"):  # no initialization: the weights are replaced
            network = self._padded_network()
        weights = {name: torch.tensor(array) for name, array in self.weights_.items()}
        network.load_state_dict(weights, assign=True)
        return network.requires_grad_(False).eval()

    def _optimizer(
        self, network: "nn.Module", n_steps: int, weight_decay: float = 0.0
    ) -> "tuple[torch.optim.Optimizer, LRScheduler]":
        """Return the optimizer and its schedule for `n_steps` batches in total."""
        from numerals.classifiers.cnn_optimizers import make_optimizer, make_schedule

        rate = self.learning_rate
        if rate is None:  # make_optimizer reports an unknown name
            rate = self._learning_rates.get(self.optimizer, 0.001)
        optimizer = make_optimizer(
            self.optimizer, network, rate, momentum=self.momentum, weight_decay=weight_decay
        )
        return optimizer, make_schedule(self.schedule, optimizer, n_steps)

    def _padded_network(self) -> "nn.Module":
        from torch import nn

        missing = [max(0, self._min_side - side) for side in self.image_shape_]
        (top, bottom), (left, right) = [(n // 2, n - n // 2) for n in missing]
        height, width = (max(self._min_side, side) for side in self.image_shape_)
        network = self._make_network(len(self.classes_), (height, width))
        return nn.Sequential(nn.ZeroPad2d((left, right, top, bottom)), network)

    def _to_images(self, X: npt.NDArray[Any]) -> "torch.Tensor":
        images = np.multiply(X, 1 / self.scale_, dtype=np.float32)
        return _to_tensor(images.reshape(-1, 1, *self.image_shape_))

    def _plan(self) -> "Plan":
        from numerals.classifiers.cnn_training import Plan

        if self.learning_rate is not None and not self.learning_rate > 0:
            raise ValueError(
                f"learning_rate={self.learning_rate} must be above 0; change it, or use the default"
            )
        return Plan(
            self.epochs,
            self.batch_size,
            self._min_batches,
            self.validation_fraction,
            self.n_iter_no_change,
        )

    def _checkpoint(self, X: npt.NDArray[Any], labels: npt.NDArray[Any]) -> "Checkpoint | None":
        from numerals.classifiers.cnn_checkpoint import Checkpoint, fingerprint

        if self.checkpoint is None:
            return None
        settings = {
            name: str(value)
            for name, value in self.get_params().items()
            if name not in _RESUMABLE_CHANGES
        }
        identity = {"network": type(self).__name__} | settings
        return Checkpoint(Path(self.checkpoint), identity | {"data": fingerprint(X, labels)})

    def _print_epoch(self, row: dict[str, float]) -> None:
        if not self.verbose:
            return
        parts = [
            f"epoch {row['epoch']:3d}/{self.epochs}",
            f"loss {row['loss']:.4f}",
            f"accuracy {100 * row['accuracy']:.2f} %",
            f"{row['seconds']:.1f} s",
        ]
        if "validation_accuracy" in row:
            parts.insert(3, f"validation {100 * row['validation_accuracy']:.2f} %")
        print("  ".join(parts), file=sys.stderr, flush=True)


def _is_picture(image_shape: tuple[int, int]) -> bool:
    """Return whether images are large enough to be distorted, unlike a few tabular features."""
    return min(image_shape) >= _MIN_PICTURE_SIDE


def _to_tensor(array: npt.NDArray[Any]) -> "torch.Tensor":
    import torch

    return torch.from_numpy(array)
