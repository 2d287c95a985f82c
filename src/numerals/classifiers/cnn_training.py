"""Training of the convolutional networks: schemes, and a loop that resumes from checkpoints."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from numerals.classifiers.cnn_checkpoint import Checkpoint
from numerals.classifiers.cnn_distortion import Distortion
from numerals.networks.averaging import MovingAverage
from numerals.networks.inference import predict_logits

Weights = dict[str, torch.Tensor]
Rows = list[dict[str, float]]


@dataclass
class Scheme:
    """A network with its optimizer, learning-rate schedule and augmentation."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: LRScheduler
    augment: Distortion
    label_smoothing: float = 0.0
    average: MovingAverage[nn.Module] | None = None
    bfloat16: bool = False

    @property
    def weights(self) -> Weights:
        """The weights for inference: the averaged weights, if there is an average."""
        return self.average.weights if self.average else self.network.state_dict()

    def step(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[float, int]:
        """Update the weights with a batch; return its mean loss and number of correct answers."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            logits = self.network(images.contiguous(memory_format=torch.channels_last)).float()
        loss = F.cross_entropy(logits, labels, label_smoothing=self.label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        if not isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step()
        if self.average:
            self.average.update(self.network)
        return loss.item(), int((logits.argmax(1) == labels).sum())

    def parts(self) -> dict[str, Any]:
        """Return the objects with a state, by name."""
        parts = {"network": self.network, "optimizer": self.optimizer, "schedule": self.schedule}
        return parts | ({"average": self.average} if self.average else {})


@dataclass(frozen=True)
class Plan:
    """Number and size of the batches, and the stopping rule.

    Attributes
    ----------
    epochs, batch_size : int
    min_batches : int
        Minimum number of batches per epoch, as long as each has 16 images or more.
    validation_fraction : float in [0, 1)
        Share of held-out images, on which the accuracy is measured after every epoch.
    n_iter_no_change : int, optional
        Stop after so many epochs without a better validation accuracy, and use the weights of the
        best epoch.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

    epochs: int
    batch_size: int
    min_batches: int = 1
    validation_fraction: float = 0.0
    n_iter_no_change: int | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "n_iter_no_change"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name}={value} must be 1 or more")
        if not 0 <= self.validation_fraction < 1:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} must be in [0, 1); pass the share "
                "of held-out images, such as 0.1"
            )
        if self.n_iter_no_change and not self.validation_fraction:
            raise ValueError(
                f"n_iter_no_change={self.n_iter_no_change} needs held-out images, but "
                "validation_fraction is 0; set it too, to 0.1 for instance"
            )

    def split(self, n_images: int) -> tuple[int, int]:
        """Return the number of training images and of held-out images."""
        n_held_out = 0
        if self.validation_fraction:
            n_held_out = min(max(1, round(self.validation_fraction * n_images)), n_images - 2)
        return n_images - n_held_out, n_held_out

    def n_batches(self, n_images: int) -> int:
        """Return the number of batches per epoch; they have nearly equal sizes."""
        n_training, _ = self.split(n_images)
        return max(1, round(n_training / self.batch_size), min(self.min_batches, n_training // 16))


def train(
    make_scheme: Callable[[], Scheme],
    images: torch.Tensor,
    labels: torch.Tensor,
    plan: Plan,
    *,
    seed: int,
    checkpoint: Checkpoint | None = None,
    on_epoch: Callable[[dict[str, float]], None] = lambda row: None,
) -> tuple[dict[str, npt.NDArray[Any]], Rows]:
    """Train a network, or resume from a checkpoint.

    Parameters
    ----------
    make_scheme : callable
        Called after torch's generator is seeded.
    images : torch.Tensor of float32, shape (n, 1, height, width)
    labels : torch.Tensor of int64, shape (n,)
    plan : Plan
    seed : int
        Seed of initial weights, held-out images, order, augmentation and dropout; ignored if a
        checkpoint exists. The state of torch's global generator is restored.
    checkpoint : Checkpoint, optional
        Read if its file exists, and written after every epoch.
    on_epoch : callable
        Called with each new row of the history.

    Returns
    -------
    weights : dict of str to ndarray
        The network's state.
    history : list of dict
        One row per epoch: ``epoch``, ``loss``, ``accuracy`` (of the augmented training images,
        before each update), ``validation_accuracy`` if images were held out, ``learning_rate``,
        ``seconds``.
    """
    saved = checkpoint.load() if checkpoint else None
    seed = saved["seed"] if saved else seed
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        run = _Run(make_scheme(), plan, images, labels, seed)
        if saved:
            run.restore(saved)
        while not run.is_over():
            run.epoch()
            if checkpoint:
                checkpoint.save(run.state())
            on_epoch(run.history[-1])
    weights = run.best if run.best is not None else run.scheme.weights
    return {name: tensor.numpy().copy() for name, tensor in weights.items()}, run.history


class _Run:
    """The mutable state of a training."""

    def __init__(
        self, scheme: Scheme, plan: Plan, images: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> None:
        self.scheme, self.plan, self.images, self.labels = scheme, plan, images, labels
        self.seed = seed
        self.generator = torch.Generator().manual_seed(seed)
        self.history: Rows = []
        self.best: Weights | None = None
        order = torch.randperm(len(labels), generator=self.generator)
        self.training, self.held_out = order.tensor_split([plan.split(len(labels))[0]])

    def epoch(self) -> None:
        started = time.perf_counter()
        learning_rate = self.scheme.optimizer.param_groups[0]["lr"]
        loss, accuracy = self._train_epoch()
        row = {"epoch": len(self.history) + 1, "loss": loss, "accuracy": accuracy}
        if len(self.held_out):
            accuracy = row["validation_accuracy"] = self._validate()
        if isinstance(self.scheme.schedule, ReduceLROnPlateau):
            self.scheme.schedule.step(accuracy)
        seconds = round(time.perf_counter() - started, 3)
        self.history.append(row | {"learning_rate": learning_rate, "seconds": seconds})
        if self.plan.n_iter_no_change and self._epochs_since_best() == 0:
            self.best = {name: w.clone() for name, w in self.scheme.weights.items()}

    def _train_epoch(self) -> tuple[float, float]:
        """Train on all batches; return the mean loss and the accuracy."""
        self.scheme.network.train()
        progress = len(self.history) / self.plan.epochs
        shuffled = self.training[torch.randperm(len(self.training), generator=self.generator)]
        total_loss, n_correct = 0.0, 0
        for batch in shuffled.tensor_split(self.plan.n_batches(len(self.labels))):
            images = self.scheme.augment(self.images[batch], progress, self.generator)
            loss, correct = self.scheme.step(images, self.labels[batch])
            total_loss += loss * len(batch)
            n_correct += correct
        return total_loss / len(shuffled), n_correct / len(shuffled)

    def _validate(self) -> float:
        network = self.scheme.average.network if self.scheme.average else self.scheme.network
        logits = predict_logits(network, self.images[self.held_out])
        return float((logits.argmax(1) == self.labels[self.held_out]).float().mean())

    def _epochs_since_best(self) -> int:
        accuracies = [row["validation_accuracy"] for row in self.history]
        return len(accuracies) - 1 - int(np.argmax(accuracies))

    def is_over(self) -> bool:
        patience = self.plan.n_iter_no_change
        stagnates = bool(patience and self.history and self._epochs_since_best() >= patience)
        return stagnates or len(self.history) >= self.plan.epochs

    def state(self) -> dict[str, Any]:
        state = {name: part.state_dict() for name, part in self.scheme.parts().items()}
        return state | {
            "seed": self.seed,
            "history": self.history,
            "best": self.best,
            "generator": self.generator.get_state(),
            "dropout_generator": torch.get_rng_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        for name, part in self.scheme.parts().items():
            part.load_state_dict(state[name])
        self.history, self.best = state["history"], state["best"]
        self.generator.set_state(state["generator"])
        torch.set_rng_state(state["dropout_generator"])


@contextmanager
def use_threads(n_jobs: int | None) -> Iterator[None]:
    """Set torch's number of threads in a context; -1 for all cores, None for torch's setting."""
    before = torch.get_num_threads()
    if n_jobs is not None:
        torch.set_num_threads(n_jobs if n_jobs > 0 else torch.multiprocessing.cpu_count())
    try:
        yield
    finally:
        torch.set_num_threads(before)
