"""The training loop of the page network."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerals.models.page_model import MAP_STRIDE
from numerals.networks.averaging import MovingAverage
from numerals.networks.page_net import PageNet, find_body
from numerals.synthesis.page_camera import SAMPLE_SIDE
from numerals.training.checkpoint import restore_checkpoint, save_checkpoint
from numerals.training.hardware import best_device
from numerals.training.page_loss import page_loss
from numerals.training.page_recipe import PageRecipe
from numerals.training.page_shards import PageSamples
from numerals.training.schedule import set_one_cycle

PAGE_MAX_GRADIENT_NORM = 5.0
"""Gradients with a larger norm are scaled down to it."""

_STEPS_PER_REPORT, _STEPS_PER_CHECKPOINT = 50, 200

_Rng = np.random.Generator


class PageTrainer:
    """Trains a page network, and resumes from ``checkpoint.pt`` in the run directory.

    Parameters
    ----------
    recipe : PageRecipe
    samples : PageSamples
        The last `PageRecipe.n_held_out` are not trained on.
    folder : Path
        Directory of the run.
    body : Path, optional
        ONNX file of the pretrained body; by default that of `find_body`.

    Attributes
    ----------
    average : MovingAverage
        The averaged network: the result of the training.
    step : int
        Number of steps that are done.
    seconds : float
        Training time, including that before the run was stopped.
    """

    def __init__(
        self, recipe: PageRecipe, samples: PageSamples, folder: Path, body: Path | None = None
    ) -> None:
        self.recipe, self.samples = recipe, samples
        self.path = folder / "checkpoint.pt"
        self.device = best_device()
        torch.manual_seed(recipe.random_state)
        self.network = PageNet(body or find_body()).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": list(self.network.body.parameters())},
                {"params": list(self.network.head.parameters())},
            ],
            weight_decay=recipe.weight_decay,
        )
        self.average = MovingAverage(self.network, recipe.average_decay)
        values = restore_checkpoint(self.path, self._parts(), self.device)
        self.step: int = values.get("step", 0)
        self.seconds: float = values.get("seconds", 0.0)

    def train(self, report: Callable[[str], None]) -> None:
        """Take the remaining steps.

        Parameters
        ----------
        report : callable
            Called with a line of text every 50 steps: the mean loss, and the mean of its terms.
        """
        recipe = self.recipe
        losses: list[tuple[float, ...]] = []
        n_train = len(self.samples) - recipe.n_held_out
        indices = _endless_permutations(n_train, recipe.random_state, self.step)
        started = time.perf_counter() - self.seconds
        while self.step < recipe.steps:
            rng = np.random.default_rng((recipe.random_state, self.step))
            images, maps = self._make_batch(rng, [next(indices) for _ in range(recipe.batch_size)])
            losses.append(self._take_step(images, maps))
            self.step += 1
            self.seconds = time.perf_counter() - started
            if self.step % _STEPS_PER_REPORT == 0:
                means = " ".join(f"{v:.3f}" for v in np.mean(losses[-_STEPS_PER_REPORT:], axis=0))
                report(f"step {self.step} of {recipe.steps}, {self.seconds:.0f} s: {means}")
            if self.step % _STEPS_PER_CHECKPOINT == 0 or self.step == recipe.steps:
                values = {"step": self.step, "seconds": self.seconds}
                save_checkpoint(self.path, self._parts(), values)

    def evaluate(self) -> dict[str, float]:
        """Return ``precision``, ``recall`` and ``iou`` of written cores on held-out samples."""
        network = self.average.network.eval()
        hits = false_alarms = misses = 0.0
        n = len(self.samples)
        for i in range(n - self.recipe.n_held_out, n):
            image, maps = self.samples[i]
            batch = torch.from_numpy(np.asarray(image, np.float32) / 127.5 - 1).permute(2, 0, 1)
            with torch.no_grad():
                predicted = network(batch[None].to(self.device))[0, 0].cpu().numpy() > 0
            core, is_known = maps[0] > 0, maps[3] > 0
            hits += float((predicted & core & is_known).sum())
            false_alarms += float((predicted & ~core & is_known).sum())
            misses += float((~predicted & core & is_known).sum())
        return {
            "precision": hits / max(hits + false_alarms, 1),
            "recall": hits / max(hits + misses, 1),
            "iou": hits / max(hits + false_alarms + misses, 1),
        }

    def _take_step(self, images: torch.Tensor, maps: torch.Tensor) -> tuple[float, ...]:
        """Take one step; return the loss and its terms."""
        recipe = self.recipe
        set_one_cycle(
            self.optimizer,
            [recipe.body_lr, recipe.head_lr],
            self.step / recipe.steps,
            recipe.warmup_steps / recipe.steps,
        )
        with torch.autocast(self.device.type, torch.bfloat16):
            logits = self.network(images)
        loss = page_loss(logits, maps)
        self.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), PAGE_MAX_GRADIENT_NORM)
        self.optimizer.step()
        self.average.update(self.network)
        return (float(loss.total.detach()), *loss.terms)

    def _make_batch(self, rng: _Rng, indices: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return random crops of samples, some with other contrast, and their maps."""
        size = self.recipe.crop_size
        images, maps = [], []
        for i in indices:
            image, targets = self.samples[i]
            max_offset = (SAMPLE_SIDE - size) // MAP_STRIDE
            y, x = (int(v) * MAP_STRIDE for v in rng.integers(0, max_offset + 1, 2))
            crop = np.asarray(image[y : y + size, x : x + size], np.float32)
            if rng.random() < 0.3:
                crop = np.clip(crop * rng.uniform(0.6, 1.2) + rng.uniform(-20, 40), 0, 255)
            images.append(crop)
            rows, columns = (slice(v // MAP_STRIDE, (v + size) // MAP_STRIDE) for v in (y, x))
            maps.append(np.asarray(targets[:, rows, columns]))
        batch = torch.from_numpy(np.stack(images).astype(np.float32)).permute(0, 3, 1, 2)
        batch = (batch / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        return batch.to(self.device), torch.from_numpy(np.stack(maps)).to(self.device)

    def _parts(self) -> dict[str, Any]:
        return {"network": self.network, "average": self.average, "optimizer": self.optimizer}


def _endless_permutations(n: int, seed: int, first: int) -> Iterator[int]:
    """Yield indices below `n` without end: permutation after permutation, all different.

    Parameters
    ----------
    n, seed : int
    first : int
        Number of the first permutation; a resumed run continues with another one.
    """
    number = first
    while True:
        yield from np.random.default_rng((seed, n, number)).permutation(n).tolist()
        number += 1
