"""The training loop of line networks, for recipes and for fine-tuning."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from numerals.errors import TrainingError
from numerals.networks.averaging import MovingAverage
from numerals.networks.from_onnx import freeze_norms
from numerals.networks.line_net import LineNet
from numerals.training.checkpoint import restore_checkpoint, save_checkpoint
from numerals.training.line_loss import count_columns, line_losses, pad_strips
from numerals.training.line_samples import LineSample, line_batches
from numerals.training.schedule import set_one_cycle

LINE_MAX_GRADIENT_NORM = 2.0
"""Gradients with a larger norm are scaled down to it."""

MIN_BRIGHTNESS, MAX_BRIGHTNESS = 0.75, 1.25
"""Range of the random factor by which each strip is multiplied."""


@dataclass(frozen=True)
class LineTraining:
    """Settings of a training loop.

    Attributes
    ----------
    epochs : int
    learning_rate : float
        Peak learning rate.
    warmup_share : float in [0, 1)
        Share of the training in which the learning rate rises.
    weight_decay, average_decay : float
        Of AdamW, and of the moving average of the weights.
    batch_size : int
        Lines.
    freezes_norms : bool
        Whether batch norms stay as they are, as in networks that were read from a model file.
    max_doubtful_loss : callable
        Maps the number of an epoch, from 0, to the loss per character above which lines with
        doubtful labels are left out.
    """

    epochs: int
    learning_rate: float
    warmup_share: float
    weight_decay: float
    average_decay: float
    batch_size: int
    freezes_norms: bool
    max_doubtful_loss: Callable[[int], float]


class LineTrainer:
    """Trains a line network, and resumes from its checkpoint.

    Parameters
    ----------
    network : LineNet
        On the device on which it is trained.
    characters : str
        Characters of the model, the blank excluded.
    settings : LineTraining
    path : Path
        The checkpoint; written after every epoch.

    Attributes
    ----------
    average : MovingAverage
        The averaged network: the result of the training.
    epochs_done : int
    seconds : float
        Training time, including that before the run was stopped.
    """

    def __init__(
        self, network: LineNet, characters: str, settings: LineTraining, path: Path
    ) -> None:
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.characters, self.settings, self.path = characters, settings, path
        self.device = next(network.parameters()).device
        self.optimizer = torch.optim.AdamW(network.parameters(), weight_decay=settings.weight_decay)
        self.average = MovingAverage(network, settings.average_decay)
        values = restore_checkpoint(path, self._parts(), self.device)
        self.epochs_done: int = values.get("epochs_done", 0)
        self.seconds: float = values.get("seconds", 0.0)
        for layer in (*network.modules(), *self.average.network.modules()):
            if isinstance(layer, nn.GRU):
                layer.flatten_parameters()  # copying and moving scatters them in memory

    @property
    def is_done(self) -> bool:
        """Whether all epochs are done."""
        return self.epochs_done >= self.settings.epochs

    def train_epoch(self, samples: Sequence[LineSample], rng: np.random.Generator) -> float:
        """Train on all samples once, and write the checkpoint.

        Parameters
        ----------
        samples : sequence of LineSample
        rng : Generator
            For the order of the samples.

        Returns
        -------
        float
            Mean loss of the samples.

        Raises
        ------
        TrainingError
            If the loss is not finite.
        """
        started, settings = time.perf_counter(), self.settings
        self.network.train()
        if settings.freezes_norms:
            freeze_norms(self.network)
        total, n_seen = 0.0, 0
        for batch in line_batches(samples, settings.batch_size, rng):
            set_one_cycle(
                self.optimizer,
                [settings.learning_rate],
                (self.epochs_done + n_seen / len(samples)) / settings.epochs,
                settings.warmup_share,
            )
            total += self._take_step(batch) * len(batch)
            n_seen += len(batch)
        self.epochs_done += 1
        self.seconds += time.perf_counter() - started
        values = {"epochs_done": self.epochs_done, "seconds": self.seconds}
        save_checkpoint(self.path, self._parts(), values)
        return total / n_seen

    def _take_step(self, batch: Sequence[LineSample]) -> float:
        loss = self._loss(batch)
        if not loss.isfinite():  # the statistics of batch norms are lost too
            raise TrainingError(
                f"{self.path.stem} diverged in epoch {self.epochs_done + 1}; {self.path} contains "
                "the epoch before it: run the command again, with a lower learning rate if it "
                "diverges again"
            )
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), LINE_MAX_GRADIENT_NORM)
        if norm.isfinite():  # bfloat16 overflows very rarely
            self.optimizer.step()
            self.average.update(self.network)
        return loss.item()

    def _loss(self, batch: Sequence[LineSample]) -> torch.Tensor:
        strips, widths = pad_strips(batch, self.device)
        spread = MAX_BRIGHTNESS - MIN_BRIGHTNESS
        brightness = MIN_BRIGHTNESS + spread * torch.rand(len(batch), 1, 1, 1)
        strips = (strips * brightness.to(self.device)).clamp(0, 1)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            logits = self.network(strips)
        columns = count_columns(widths, strips, logits)
        losses = line_losses(logits.float(), columns, batch, self.characters)
        doubtful = torch.tensor([sample.is_doubtful for sample in batch], device=self.device)
        max_loss = self.settings.max_doubtful_loss(self.epochs_done)
        return losses.masked_fill(doubtful & (losses.detach() > max_loss), 0.0).mean()

    def _parts(self) -> dict[str, Any]:
        return {"network": self.network, "average": self.average, "optimizer": self.optimizer}
