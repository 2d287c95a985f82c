"""Convolutional networks as estimators: a well-known tutorial's, and the shipped digit network's.

Importing this module does not import PyTorch; fitting and predicting do.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from numerals.classifiers.cnn_base import CNNClassifier
from numerals.classifiers.method_entry import Method

if TYPE_CHECKING:
    from torch import nn

    from numerals.classifiers.cnn_distortion import Distortion
    from numerals.classifiers.cnn_training import Scheme


class TutorialCNNClassifier(CNNClassifier):
    """The network of a well-known tutorial, with its training schedule.

    Each batch is rotated by up to 10 degrees, zoomed and shifted by up to a tenth. Training uses
    32-bit floats.

    Parameters
    ----------
    epochs : int, default=30
    batch_size : int, default=86
    optimizer : {"rmsprop", "sgd", "adam", "adamw"}, default="rmsprop"
    learning_rate : float, optional
        The initial learning rate; by default 0.001, with SGD 0.03.
    momentum : float in [0, 1), default=0.9
        Of SGD; the other optimizers ignore it.
    schedule : {"plateau", "one-cycle", "constant"}, default="plateau"
        ``"plateau"`` halves the learning rate, down to 0.00001, after three epochs without progress
        of the validation accuracy. ``"one-cycle"`` raises it from 4 % to `learning_rate` and lowers
        it to 0. ``"constant"`` keeps it.
    augment : bool, default=True
        Whether images are rotated, zoomed and shifted. Images smaller than 8x8 are not.
    image_shape : tuple of int, optional
        Height and width of the images in the rows of X. By default images are square, or one row
        of pixels if that is impossible.
    validation_fraction : float in [0, 1), default=0.1
        Share of held-out images. With 0 the schedule follows the training accuracy.
    n_iter_no_change : int, optional
        Stop after so many epochs without a better validation accuracy, and use the weights of the
        best epoch. By default all epochs run, and the last weights are used.
    checkpoint : str, optional
        File that is written after every epoch. If it exists, `fit` resumes from it; the settings
        and the data must be the same.
    n_jobs : int, optional
        Number of threads; -1 for all cores. By default torch's setting, which is all cores.
    random_state : int, RandomState or None, default=None
        Seed of weights, held-out images, order, augmentation and dropout. An int gives the same
        network in every fit on the same machine with the same `n_jobs`.
    verbose : int, default=0
        1 prints one line per epoch to stderr.

    References
    ----------
    Yassine Ghouzam 2017, Introduction to CNN Keras - 0.997 (top 6%),
    https://www.kaggle.com/code/yassineghouzam/introduction-to-cnn-keras-0-997-top-6

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> fitted = TutorialCNNClassifier(epochs=6, random_state=0).fit(X, y)
    >>> fitted.score(X, y) > 0.8
    True
    """

    _min_side = 4
    _learning_rates: ClassVar = {"rmsprop": 0.001, "sgd": 0.03, "adam": 0.001, "adamw": 0.001}

    def __init__(
        self,
        epochs: int = 30,
        batch_size: int = 86,
        optimizer: str = "rmsprop",
        learning_rate: float | None = None,
        momentum: float = 0.9,
        schedule: str = "plateau",
        augment: bool = True,
        image_shape: tuple[int, int] | None = None,
        validation_fraction: float = 0.1,
        n_iter_no_change: int | None = None,
        checkpoint: str | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.schedule = schedule
        self.augment = augment
        self.image_shape = image_shape
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.checkpoint = checkpoint
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _make_network(self, n_classes: int, image_shape: tuple[int, int]) -> "nn.Module":
        from numerals.networks.tutorial_net import TutorialNet

        return TutorialNet(n_classes, image_shape)

    def _make_distortion(self, *, is_picture: bool) -> "Distortion":
        from numerals.classifiers.cnn_distortion import tutorial_distortion

        return tutorial_distortion(augment=self.augment and is_picture)

    def _make_scheme(
        self, network: "nn.Module", n_steps: int, distortion: "Distortion"
    ) -> "Scheme":
        from numerals.classifiers.cnn_training import Scheme

        return Scheme(network, *self._optimizer(network, n_steps), distortion)


class DigitCNNClassifier(CNNClassifier):
    """A small all-convolutional network with the architecture of the shipped digit models.

    The network has batch norm, and its weights are averaged over the last steps. Each batch is
    rotated, scaled, sheared, shifted and elastically distorted. The first epochs use smaller
    images. Training uses bfloat16 on processors with AVX-512 BF16.

    Parameters
    ----------
    epochs : int, default=7
    batch_size : int, default=128
        Smaller for fewer than 4,000 images, so that an epoch has 32 batches.
    optimizer : {"adamw", "adam", "rmsprop", "sgd"}, default="adamw"
    learning_rate : float, optional
        The maximum of the schedule; by default 0.02 for AdamW, 0.005 for Adam, 0.01 for
        RMSprop and 0.1 for SGD.
    momentum : float in [0, 1), default=0.9
        Of SGD; the other optimizers ignore it.
    schedule : {"one-cycle", "plateau", "constant"}, default="one-cycle"
        ``"one-cycle"`` raises the learning rate from 4 % to `learning_rate` and lowers it to 0.
        ``"plateau"`` halves it, down to 0.00001, after three epochs without progress of the
        validation accuracy, or of the training accuracy without held-out images. ``"constant"``
        keeps it.
    widths : sequence of int, default=(16, 48, 96)
        Channels before the first pooling, between the two, and after the second.
    dropout : float in [0, 1), default=0
        Dropout rate of the pooled features.
    weight_decay : float, default=0.02
        Of AdamW; the other optimizers ignore it.
    label_smoothing : float in [0, 1), default=0.05
        Share of the target probability that is distributed over all classes.
    average_decay : float in [0, 1), default=0.99
        Decay of the exponential moving average of the weights.
    augment : float, default=0.5
        Strength of the distortions, relative to those of the shipped models; 0 for none. Images
        smaller than 8x8 are not distorted.
    coarse : float in [0, 1], default=0.6
        Share of the epochs, from the first on, that use images of 5/7 the side, which takes half
        the time. Images smaller than 22x22 are not reduced.
    image_shape : tuple of int, optional
        Height and width of the images in the rows of X. By default images are square, or one row
        of pixels if that is impossible.
    validation_fraction : float in [0, 1), default=0
        Share of held-out images, on which the accuracy is measured after every epoch.
    n_iter_no_change : int, optional
        Stop after so many epochs without a better validation accuracy, and use the weights of the
        best epoch. By default all epochs run, and the last weights are used.
    checkpoint : str, optional
        File that is written after every epoch. If it exists, `fit` resumes from it; the settings
        and the data must be the same.
    n_jobs : int, optional
        Number of threads; -1 for all cores. By default torch's setting, which is all cores.
    random_state : int, RandomState or None, default=None
        Seed of weights, held-out images, order, augmentation and dropout. An int gives the same
        network in every fit on the same machine with the same `n_jobs`.
    verbose : int, default=0
        1 prints one line per epoch to stderr.

    References
    ----------
    Loshchilov, Hutter 2019, Decoupled weight decay regularization.
    Smith, Topin 2019, Super-convergence: very fast training of neural networks using large
    learning rates.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> fitted = DigitCNNClassifier(epochs=4, random_state=0).fit(X, y)
    >>> fitted.score(X, y) > 0.9
    True
    """

    _min_side = 16
    _learning_rates: ClassVar = {"adamw": 0.02, "adam": 0.005, "rmsprop": 0.01, "sgd": 0.1}
    _min_batches = 32

    def __init__(
        self,
        epochs: int = 7,
        batch_size: int = 128,
        optimizer: str = "adamw",
        learning_rate: float | None = None,
        momentum: float = 0.9,
        schedule: str = "one-cycle",
        widths: Sequence[int] = (16, 48, 96),
        dropout: float = 0.0,
        weight_decay: float = 0.02,
        label_smoothing: float = 0.05,
        average_decay: float = 0.99,
        augment: float = 0.5,
        coarse: float = 0.6,
        image_shape: tuple[int, int] | None = None,
        validation_fraction: float = 0.0,
        n_iter_no_change: int | None = None,
        checkpoint: str | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.schedule = schedule
        self.widths = widths
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.label_smoothing = label_smoothing
        self.average_decay = average_decay
        self.augment = augment
        self.coarse = coarse
        self.image_shape = image_shape
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.checkpoint = checkpoint
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _make_network(self, n_classes: int, image_shape: tuple[int, int]) -> "nn.Module":
        from numerals.networks.digit_net import DigitNet

        first, second, third = self.widths
        return DigitNet(n_classes, (first, second, third), self.dropout)

    def _make_distortion(self, *, is_picture: bool) -> "Distortion":
        from numerals.classifiers.cnn_distortion import digit_distortion

        return digit_distortion(self.augment if is_picture else 0.0, self.coarse)

    def _make_scheme(
        self, network: "nn.Module", n_steps: int, distortion: "Distortion"
    ) -> "Scheme":
        import torch

        from numerals.classifiers.cnn_training import Scheme
        from numerals.networks.averaging import MovingAverage

        return Scheme(
            network,
            *self._optimizer(network, n_steps, self.weight_decay),
            distortion,
            label_smoothing=self.label_smoothing,
            average=MovingAverage(network, self.average_decay),
            bfloat16=torch.cpu._is_avx512_bf16_supported(),
        )


CNN_METHODS = {
    "cnn-tutorial": Method(
        lambda: TutorialCNNClassifier(random_state=0),
        "a well-known tutorial's convolutional network (887,530 parameters; PyTorch)",
        has_epochs=True,
    ),
    "cnn": Method(
        lambda: DigitCNNClassifier(random_state=0),
        "a small convolutional network, as in the shipped digit models (PyTorch)",
        {"epochs": (8, 24), "augment": (0.3, 0.6, 1.0)},
        has_epochs=True,
    ),
}
"""Name -> method."""
