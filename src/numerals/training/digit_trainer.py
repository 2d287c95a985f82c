"""The training loop of digit networks, for recipes and for fine-tuning."""

import time
from collections.abc import Iterable
from pathlib import Path

import torch
import torch.nn.functional as F

from numerals.networks.averaging import MovingAverage
from numerals.networks.digit_net import DigitNet
from numerals.networks.from_onnx import freeze_norms
from numerals.training.checkpoint import restore_checkpoint, save_checkpoint
from numerals.training.digit_pools import DigitBatch
from numerals.training.digit_recipes import Cycle
from numerals.training.schedule import set_one_cycle


class DigitTrainer:
    """Trains a digit network, and resumes from its checkpoint.

    Parameters
    ----------
    network : DigitNet
        On the device on which it is trained.
    path : Path
        The checkpoint; written after every epoch.
    generator : torch.Generator
        Random generator of the batches; its state is part of the checkpoint.
    weight_decay, average_decay : float
        Of AdamW, and of the moving average of the weights.
    is_finetuning : bool, default=False
        Whether the network was read from a model file. Batch norms then stay frozen, momentum is
        constant, and the forward pass runs in float32 instead of bfloat16.

    Attributes
    ----------
    average : MovingAverage
        The averaged network: the result of the training.
    epochs_done : int
    seconds : float
        Training time, including that before the run was stopped.
    """

    def __init__(
        self,
        network: DigitNet,
        path: Path,
        generator: torch.Generator,
        *,
        weight_decay: float,
        average_decay: float,
        is_finetuning: bool = False,
    ) -> None:
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.path, self.generator, self.is_finetuning = path, generator, is_finetuning
        self.device = next(network.parameters()).device
        self.average = MovingAverage(network, average_decay)
        self.optimizer = torch.optim.AdamW(network.parameters(), weight_decay=weight_decay)
        values = restore_checkpoint(path, self._parts(), self.device)
        self.epochs_done: int = values.get("epochs_done", 0)
        self.seconds: float = values.get("seconds", 0.0)
        if values:
            generator.set_state(values["generator"].cpu())

    def train_epoch(
        self, batches: Iterable[DigitBatch], n_batches: int, cycle: Cycle, epoch_of_cycle: int
    ) -> float:
        """Train on the batches of one epoch, and write the checkpoint.

        Parameters
        ----------
        batches : iterable of DigitBatch
        n_batches : int
            Number of batches.
        cycle : Cycle
            Cycle of the learning rate to which the epoch belongs.
        epoch_of_cycle : int
            Number of the epoch in its cycle, from 0.

        Returns
        -------
        float
            Mean loss of the batches.
        """
        started = time.perf_counter()
        self.network.train()
        if self.is_finetuning:
            freeze_norms(self.network)
        total = torch.zeros((), device=self.device)
        for i, (images, labels) in enumerate(batches):
            set_one_cycle(
                self.optimizer,
                [cycle.peak_lr],
                (epoch_of_cycle + i / n_batches) / cycle.epochs,
                cycle.warmup_share,
                cycle_momentum=not self.is_finetuning,
            )
            total += self._take_step(images, labels, cycle.label_smoothing)
        self.epochs_done += 1
        self.seconds += time.perf_counter() - started
        values = {
            "epochs_done": self.epochs_done,
            "seconds": self.seconds,
            "generator": self.generator.get_state(),
        }
        save_checkpoint(self.path, self._parts(), values)
        return total.item() / max(n_batches, 1)

    def _take_step(
        self, images: torch.Tensor, labels: torch.Tensor, label_smoothing: float
    ) -> torch.Tensor:
        half_precision = not self.is_finetuning
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=half_precision):
            logits = self.network(images.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.average.update(self.network)
        return loss.detach()

    def _parts(
        self,
    ) -> dict[str, "torch.nn.Module | MovingAverage[DigitNet] | torch.optim.Optimizer"]:
        return {"network": self.network, "average": self.average, "optimizer": self.optimizer}
