"""Running a line recipe: composed and real lines -> a network that reads whole lines.

A run folder holds a checkpoint: a run that was stopped goes on where it was.
"""

import json
import math
import os
import platform
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

from numerals import __version__
from numerals.data.line_sets import Lines
from numerals.data.strings import STRING_SETS
from numerals.errors import DataError, TrainingError
from numerals.models.line_model import FORMAT, load_line_model
from numerals.models.offered import shipped_path
from numerals.networks.averaging import MovingAverage
from numerals.networks.from_onnx import freeze_norms, read_line_net
from numerals.networks.graph import write_line_onnx
from numerals.networks.growth import widen
from numerals.networks.line_net import LineNet
from numerals.training.line_calibration import HeldOut, fit_numbers, fit_temperature
from numerals.training.line_loss import count_columns, line_losses, to_batch
from numerals.training.line_pools import (
    Sample,
    batches,
    compose_later,
    compose_portion,
    epoch_samples,
    give_way,
    real_lines,
    split_real,
)
from numerals.training.line_recipes import LineRecipe, Stage
from numerals.training.run_folder import claim_run_folder

N_VALIDATION = 2000
"""Composed lines of writers and fonts that were held out."""

_TRUSTING = 3  # epochs; afterwards doubtful labels that surprise much are left out
_LARGEST_GRADIENT = 2.0

Report = dict[str, Any]
"""What an epoch tells: ``epoch``, ``loss``, ``seconds``, and exact lines in % of each set."""


def make_line_model(
    recipe: LineRecipe,
    folder: Path,
    out: Path,
    *,
    on_epoch: Callable[[Report], None] = lambda report: None,
) -> dict[str, str]:
    """Train, calibrate and write a line model; go on with a run that was stopped.

    Parameters
    ----------
    recipe : LineRecipe
    folder : Path
        Where the checkpoint and the log are kept.
    out : Path
        The ONNX file.
    on_epoch : callable
        Told after every epoch.

    Returns
    -------
    dict of str to str
        The metadata that the file carries.
    """
    claim_run_folder(folder, recipe)
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=give_way) as pool:
        try:
            validation = pool.submit(compose_portion, recipe, "validation", 0, N_VALIDATION)
            run = _Run(recipe, folder, pool, validation)
            while run.done < recipe.epochs:
                on_epoch(run.epoch())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    network = run.average.network.eval()
    assert isinstance(network, LineNet)
    composed = run.validation()["composed"]
    temperature = fit_temperature(network, composed, recipe.characters)
    figures = {k: v for k, v in run.measure().items() if k.endswith("_exact")}
    metadata = _metadata(recipe, run.seconds, temperature, figures)
    write_line_onnx(network, temperature, metadata, out, weight_bits=recipe.weight_bits)
    real = [HeldOut(samples, STRING_SETS[name].wrong) for name, samples in run.held_out.items()]
    calibration = fit_numbers(load_line_model(out), [*real, HeldOut(composed)])
    metadata["number_calibration"] = json.dumps([round(x, 4) for x in calibration])
    write_line_onnx(network, temperature, metadata, out, weight_bits=recipe.weight_bits)
    return metadata


def read_greedily(network: nn.Module, samples: Sequence[Sample], characters: str) -> list[str]:
    """Return the likeliest character of each column, repetitions and blanks taken out."""
    texts = [""] * len(samples)
    order = sorted(range(len(samples)), key=lambda i: samples[i].image.shape[1])
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        strips, widths = to_batch([samples[i] for i in chosen])
        with torch.inference_mode():
            best = network(strips.contiguous(memory_format=torch.channels_last)).argmax(dim=2)
        columns = count_columns(widths, strips, best)
        for i, row, n in zip(chosen, best.tolist(), columns.tolist(), strict=True):
            kept = [label for label, _ in groupby(row[:n])]
            texts[i] = "".join(characters[label] for label in kept if label < len(characters))
    return texts


class _Run:
    """All that changes while a line network is trained."""

    def __init__(
        self,
        recipe: LineRecipe,
        folder: Path,
        pool: ProcessPoolExecutor,
        composed_validation: "Future[Lines]",
    ) -> None:
        self.recipe, self.path, self.log = recipe, folder / "line.pt", folder / "log.jsonl"
        self.pool, self._composed = pool, composed_validation
        parts = {
            name: split_real(real_lines(pool, name, "train"), recipe) for name in recipe.strings
        }
        self.real = {name: kept for name, (kept, _) in parts.items()}
        self.held_out = {name: held_out for name, (_, held_out) in parts.items()}
        self._real_validation = {
            name: real_lines(pool, name, "validation") for name in recipe.strings
        }
        torch.manual_seed(recipe.random_state)
        self.done, self.seconds = 0, 0.0
        saved = torch.load(self.path, weights_only=True) if self.path.exists() else None
        if saved is not None:
            self.done, self.seconds = saved["done"], saved["seconds"]
        stage, _ = recipe.stage(max(self.done - 1, 0))
        self._begin(_first_network(recipe, stage), stage)
        if saved is not None:
            self._restore(saved)
        self.next = self._compose(self.done)

    def _begin(self, network: LineNet, stage: Stage) -> None:
        """Be at the beginning of a stage, with this network."""
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), stage.learning_rate, weight_decay=self.recipe.weight_decay
        )
        self.schedule = LambdaLR(self.optimizer, partial(_rate, stage))
        self.average = MovingAverage(self.network, self.recipe.average_decay)

    def _grow(self, stage: Stage) -> None:
        """Begin a stage as the last one ended, made as wide as it says."""
        generator = torch.Generator().manual_seed(self.recipe.random_state)
        network = self.average.network
        assert isinstance(network, LineNet)
        self._begin(widen(network, stage.widths, stage.hidden, generator), stage)

    def _compose(self, epoch: int) -> list[Future[Lines]]:
        """Have an epoch's lines composed, if there is such an epoch."""
        if epoch >= self.recipe.epochs:
            return []
        stage, _ = self.recipe.stage(epoch)
        return compose_later(self.pool, self.recipe, epoch, stage)

    def epoch(self) -> Report:
        started = time.perf_counter()
        recipe, rng = self.recipe, np.random.default_rng([self.recipe.random_state, self.done])
        stage, epoch_of_stage = recipe.stage(self.done)
        if epoch_of_stage == 0 and self.done > 0:
            self._grow(stage)
        samples = epoch_samples(recipe, self.next, self.real, rng)
        self.next = self._compose(self.done + 1)
        self.network.train()
        if recipe.start:
            freeze_norms(self.network)
        total, seen = 0.0, 0
        for batch in batches(samples, recipe.batch, rng):
            total += self._step(batch) * len(batch)
            seen += len(batch)
            self.schedule.last_epoch = epoch_of_stage * 1000 + 1000 * seen // len(samples) - 1
            self.schedule.step()
        self.done += 1
        self.seconds += time.perf_counter() - started
        self._save()
        report = {"epoch": self.done, "loss": round(total / seen, 4)}
        report |= self.measure() | {"seconds": round(self.seconds)}
        with self.log.open("a") as log:
            log.write(json.dumps(report) + "\n")
        return report

    def _step(self, batch: Sequence[Sample]) -> float:
        strips, widths = to_batch(batch)
        strength = 0.75 + 0.5 * torch.rand(len(batch), 1, 1, 1)
        strips = (strips * strength).clamp(0, 1).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.network(strips)
        columns = count_columns(widths, strips, logits)
        losses = line_losses(logits.float(), columns, batch, self.recipe.characters)
        if self.done >= _TRUSTING:
            doubtful = torch.tensor([sample.is_doubtful for sample in batch])
            limit = max(1.0, 2.5 - 0.08 * self.done)
            losses = losses.masked_fill(doubtful & (losses.detach() > limit), 0.0)
        loss = losses.mean()
        if not loss.isfinite():  # batch norms remember it: there is no going on from here
            raise TrainingError(
                f"{self.recipe.name} diverged in epoch {self.done + 1}; {self.path} holds the one "
                "before it: give the command again, with a smaller learning rate if it recurs"
            )
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        size = nn.utils.clip_grad_norm_(self.network.parameters(), _LARGEST_GRADIENT)
        if size.isfinite():  # half precision may overflow, once in a very long while
            self.optimizer.step()
            self.average.update(self.network)
        return loss.item()

    def validation(self) -> dict[str, list[Sample]]:
        """Return what was held out, by name."""
        lines = self._composed.result()
        composed = [Sample(i, t) for i, t in zip(lines.images, lines.texts, strict=True)]
        return {"composed": composed, **self._real_validation}

    def measure(self) -> dict[str, float]:
        """Return exactly read lines of each set that was held out, %, with signs if they have."""
        network, figures = self.average.network.eval(), {}
        for name, samples in self.validation().items():
            texts = read_greedily(network, samples, self.recipe.characters)
            pairs = list(zip(texts, samples, strict=True))
            exact = [_comparable(t, s) == s.text for t, s in pairs]
            digits = [_digits(t) == _digits(s.text) for t, s in pairs]
            figures[f"{name}_exact"] = round(100 * float(np.mean(exact)), 2)
            figures[f"{name}_digits"] = round(100 * float(np.mean(digits)), 2)
        return figures

    def _save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
            "dropout_generator": torch.get_rng_state(),
            "done": self.done,
            "seconds": self.seconds,
        }
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.path)

    def _restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        torch.set_rng_state(state["dropout_generator"])


def _rate(stage: Stage, step: int) -> float:
    """Return the learning rate as a share of its peak; a thousand steps are an epoch."""
    done = step / (stage.epochs * 1000)
    if done < stage.rise:
        return 0.04 + 0.96 * done / stage.rise
    left = min((done - stage.rise) / (1 - stage.rise), 1.0)
    return (1 + math.cos(math.pi * left)) / 2


def _first_network(recipe: LineRecipe, stage: Stage) -> LineNet:
    """Return a network as a stage has it; a character has its place in all scripts."""
    if not recipe.start:
        return LineNet(len(recipe.characters) + 1, stage.widths, stage.hidden, recipe.dropout)
    shipped = shipped_path(recipe.start, "lines")
    if shipped is None:
        raise DataError(f"no line model ships for {recipe.start}; {recipe.name} begins as it")
    network, _ = read_line_net(shipped, dropout=recipe.dropout)
    return network


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _comparable(text: str, sample: Sample) -> str:
    return text if sample.has_signs else _digits(text)


def _metadata(
    recipe: LineRecipe, seconds: float, temperature: float, figures: dict[str, float]
) -> dict[str, str]:
    return {
        "format": FORMAT,
        "name": recipe.name,
        "version": __version__,
        "characters": json.dumps(list(recipe.characters), ensure_ascii=False),
        "script": recipe.script,
        "preprocessing": "strips of numerals.ink.line_image: 40 pixels high, digits about 26",
        "temperature": f"{temperature:.4f}",
        "training": json.dumps(
            {
                "data": f"{recipe.data} train less what is held out, composed; "
                f"training parts of {', '.join(recipe.strings) or 'nothing else'}",
                "recipe": asdict(recipe),
                "seconds": round(seconds),
                "machine": f"{os.cpu_count()} cores, {platform.machine()}",
                "torch": torch.__version__,
            }
        ),
        "figures": json.dumps(figures),
    }
