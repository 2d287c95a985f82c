"""The recipe of the page network: composed and real samples on disk, steps, checkpoints, ONNX."""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from numerals import __version__
from numerals.models.page_model import FORMAT
from numerals.networks.page_net import PageNet, find_body
from numerals.networks.page_onnx import write_page_onnx
from numerals.synthesis.page_camera import SAMPLE_SIDE
from numerals.synthesis.page_targets import STRIDE
from numerals.training.checkpoint import save_checkpoint
from numerals.training.hardware import best_device, describe_machine
from numerals.training.page_loss import page_loss
from numerals.training.page_shards import compose_samples
from numerals.training.run_directory import claim_run_folder

_Rng = np.random.Generator
_LOG_EVERY, _SAVE_EVERY = 50, 200  # steps

Report = Callable[[str], None]


@dataclass(frozen=True)
class PageRecipe:
    """What a run can change."""

    shards: int = 18  # of 500 samples
    steps: int = 5200
    batch: int = 4
    crop: int = 384  # pixels; a sample is cropped anew each time it is met
    body_rate: float = 4e-4  # peak learning rate of what was pretrained
    head_rate: float = 3e-3
    rise: int = 100  # steps
    weight_decay: float = 1e-3
    average_decay: float = 0.998
    n_held_out: int = 96
    random_state: int = 0


@dataclass(frozen=True, eq=False)
class PageSamples:
    """Samples on disk: images, shape (n, 512, 512, 3), and maps, shape (n, 7, 128, 128); uint8."""

    images: Sequence[npt.NDArray[np.uint8]]
    maps: Sequence[npt.NDArray[np.uint8]]

    @classmethod
    def open(cls, stems: Sequence[Path]) -> "PageSamples":
        """Open ``STEM-im.npy`` and ``STEM-tg.npy`` without reading them into memory."""
        return cls(
            [np.load(f"{stem}-im.npy", mmap_mode="r", allow_pickle=False) for stem in stems],
            [np.load(f"{stem}-tg.npy", mmap_mode="r", allow_pickle=False) for stem in stems],
        )

    def __len__(self) -> int:
        return sum(len(shard) for shard in self.images)

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        for images, maps in zip(self.images, self.maps, strict=True):
            if index < len(images):
                return images[index], maps[index]
            index -= len(images)
        raise IndexError(index)


def make_page_model(
    recipe: PageRecipe,
    folder: Path,
    out: Path,
    *,
    report: Report = lambda line: None,
) -> dict[str, str]:
    """Compose samples, train and write a page model; go on with a run that was stopped.

    Parameters
    ----------
    recipe : PageRecipe
    folder : Path
        Where the samples and the checkpoint are kept.
    out : Path
        The ONNX file.
    report : callable
        Called with a line of progress now and then.

    Returns
    -------
    dict of str to str
        The metadata that the file carries.
    """
    claim_run_folder(folder, recipe)
    stems = compose_samples(
        folder / "samples",
        recipe.shards,
        on_shard=lambda done: report(f"composed {done} of {recipe.shards} shards"),
    )
    run = PageRun(recipe, PageSamples.open(stems), folder)
    run.train(report)
    metadata = run.metadata() | {"figures": json.dumps(run.measure())}
    write_page_onnx(run.result(), out, metadata)
    return metadata


class PageRun:
    """A run that is stopped and resumed at will: its folder holds ``checkpoint.pt``."""

    def __init__(
        self, recipe: PageRecipe, samples: PageSamples, folder: Path, body: Path | None = None
    ) -> None:
        self.recipe, self.samples, self.folder = recipe, samples, folder
        self.body = body or find_body()
        self.device = best_device()
        torch.manual_seed(recipe.random_state)
        network = PageNet(self.body)
        self.network = network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        pretrained, head = list(network.body.parameters()), list(network.head.parameters())
        self.optimizer = torch.optim.AdamW(
            [
                {"params": pretrained, "peak": recipe.body_rate},
                {"params": head, "peak": recipe.head_rate},
            ],
            weight_decay=recipe.weight_decay,
        )
        self.average = {k: v.clone() for k, v in network.state_dict().items()}
        self.step, self.seconds = 0, 0.0
        path = folder / "checkpoint.pt"
        if path.exists():
            self._restore(torch.load(path, weights_only=True))

    def train(self, report: Report) -> None:
        """Take the steps that are left."""
        recipe = self.recipe
        terms: list[tuple[float, ...]] = []
        order = _shuffled(len(self.samples) - recipe.n_held_out, recipe.random_state, self.step)
        started = time.perf_counter() - self.seconds
        while self.step < recipe.steps:
            rng = np.random.default_rng((recipe.random_state, self.step))
            images, maps = self._batch(rng, [next(order) for _ in range(recipe.batch)])
            terms.append(self._take_step(images, maps))
            self.step += 1
            self.seconds = time.perf_counter() - started
            if self.step % _LOG_EVERY == 0:
                means = " ".join(f"{v:.3f}" for v in np.mean(terms[-_LOG_EVERY:], axis=0))
                report(f"step {self.step} of {recipe.steps}, {self.seconds:.0f} s: {means}")
            if self.step % _SAVE_EVERY == 0 or self.step == recipe.steps:
                self._save()

    def _take_step(self, images: torch.Tensor, maps: torch.Tensor) -> tuple[float, ...]:
        recipe = self.recipe
        rise = min(1, (self.step + 1) / recipe.rise)
        fall = 0.5 + 0.5 * math.cos(math.pi * self.step / recipe.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * rise * fall
        with torch.autocast(self.device.type, torch.bfloat16):
            logits = self.network(images)
        loss = page_loss(logits, maps)
        self.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        decay = min(recipe.average_decay, 1 - 1 / (1 + self.step / 10))
        with torch.no_grad():
            for key, value in self.network.state_dict().items():
                if value.is_floating_point():
                    self.average[key].lerp_(value, 1 - decay)
        return (float(loss.total.detach()), *loss.terms)

    def _batch(self, rng: _Rng, indices: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        crop = self.recipe.crop
        images, maps = [], []
        for i in indices:
            image, targets = self.samples[i]
            y, x = (int(v) * STRIDE for v in rng.integers(0, (SAMPLE_SIDE - crop) // STRIDE + 1, 2))
            image = np.asarray(image[y : y + crop, x : x + crop], np.float32)
            if rng.random() < 0.3:
                image = np.clip(image * rng.uniform(0.6, 1.2) + rng.uniform(-20, 40), 0, 255)
            images.append(image)
            rows, columns = (slice(v // STRIDE, (v + crop) // STRIDE) for v in (y, x))
            maps.append(np.asarray(targets[:, rows, columns]))
        batch = torch.from_numpy(np.stack(images).astype(np.float32)).permute(0, 3, 1, 2)
        batch = (batch / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        return batch.to(self.device), torch.from_numpy(np.stack(maps)).to(self.device)

    def measure(self) -> dict[str, float]:
        """Return precision, recall and intersection over union of cores on what was held out."""
        network = self.result().to(self.device)
        hits = wrong = missed = 0.0
        n = len(self.samples)
        for i in range(n - self.recipe.n_held_out, n):
            image, maps = self.samples[i]
            batch = torch.from_numpy(np.asarray(image, np.float32) / 127.5 - 1).permute(2, 0, 1)
            with torch.no_grad():
                found = network(batch[None].to(self.device))[0, 0].cpu().numpy() > 0
            core, known = maps[0] > 0, maps[3] > 0
            hits += float((found & core & known).sum())
            wrong += float((found & ~core & known).sum())
            missed += float((~found & core & known).sum())
        return {
            "precision": hits / max(hits + wrong, 1),
            "recall": hits / max(hits + missed, 1),
            "iou": hits / max(hits + wrong + missed, 1),
        }

    def result(self) -> PageNet:
        """Return the averaged network."""
        network = PageNet(self.body)
        network.load_state_dict(self.average)
        return network.eval()

    def metadata(self) -> dict[str, str]:
        """Return what the model file says of its training."""
        return {
            "format": FORMAT,
            "name": "page",
            "version": __version__,
            "training": json.dumps(asdict(self.recipe)),
            "n_samples": str(len(self.samples)),
            "seconds": str(round(self.seconds)),
            "machine": describe_machine(),
        }

    def _save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        save_checkpoint(state, self.folder / "checkpoint.pt")

    def _restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average = state["average"]
        self.step, self.seconds = state["step"], state["seconds"]


def _shuffled(n: int, seed: int, skip: int) -> Iterator[int]:
    """Yield indices forever, each once a pass; passes differ."""
    generation = skip
    while True:
        yield from np.random.default_rng((seed, n, generation)).permutation(n).tolist()
        generation += 1
