"""Running a line recipe: composed and real lines -> networks that read whole lines.

A run folder holds a checkpoint a network: a run that was stopped goes on where it was.
"""

import json
import math
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
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
from numerals.data.line_data_sets import STRING_SETS, load_strings
from numerals.errors import DataError, TrainingError
from numerals.models.available_models import default_model_path
from numerals.models.line_model import FORMAT, load_line_model
from numerals.networks.averaging import MovingAverage
from numerals.networks.from_onnx import freeze_norms, read_line_nets
from numerals.networks.graph import write_line_onnx
from numerals.networks.line_net import LineNet
from numerals.training.checkpoint import save_checkpoint
from numerals.training.hardware import best_device, describe_machine
from numerals.training.held_out_lines import read_rightly
from numerals.training.line_calibration import HeldOut, fit_numbers, fit_temperature
from numerals.training.line_epochs import LineEpochs
from numerals.training.line_loss import count_columns, line_losses, to_batch
from numerals.training.line_pools import (
    Sample,
    as_samples,
    batches,
    compose_portion,
    give_way,
    real_lines,
    split_real,
)
from numerals.training.line_recipes import LineRecipe
from numerals.training.page_strips import strips_of_pages
from numerals.training.run_directory import claim_run_folder

N_VALIDATION = 2000
"""Composed lines of writers and fonts that were held out."""

_TRUSTING = 3  # epochs; afterwards doubtful labels that surprise much are left out
_LARGEST_GRADIENT = 2.0

Report = dict[str, Any]
"""What an epoch tells: ``network``, ``epoch``, ``loss``, ``seconds``, exact lines of sets in %."""


def make_line_model(
    recipe: LineRecipe,
    folder: Path,
    out: Path,
    *,
    on_epoch: Callable[[Report], None] = lambda report: None,
) -> dict[str, str]:
    """Train, calibrate and write a line model; go on with a run that was stopped.

    Networks learn on a GPU where there is one, one after the other.

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
    networks, seconds = [], []
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=give_way) as pool:
        try:
            sets = _load_sets(pool, recipe, folder)
            for member in range(recipe.members):
                run = _Run(recipe, member, sets, folder, pool)
                while run.done < recipe.epochs:
                    on_epoch(run.epoch())
                networks.append(run.result())
                seconds.append(round(run.seconds))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    composed = sets.validation["composed"]
    warm = [(each, fit_temperature(each, composed, recipe.characters)) for each in networks]
    metadata = _metadata(recipe, seconds)
    if len(warm) == 1 and (second := _second_opinion(recipe)) is not None:
        warm.append(second[:2])
        metadata["second_characters"] = json.dumps(second[2], ensure_ascii=False)
    write_line_onnx(warm, metadata, out, weight_bits=recipe.weight_bits)
    real = [HeldOut(samples, STRING_SETS[name].wrong) for name, samples in sets.held_out.items()]
    model = load_line_model(out)
    calibration = fit_numbers(model, [*real, HeldOut(composed)])
    metadata["number_calibration"] = json.dumps([round(x, 4) for x in calibration])
    exact = {k: float(read_rightly(model, s).mean()) for k, s in sets.validation.items()}
    metadata["figures"] = json.dumps({f"{k}_exact": round(100 * x, 2) for k, x in exact.items()})
    write_line_onnx(warm, metadata, out, weight_bits=recipe.weight_bits)
    return metadata


def read_greedily(network: nn.Module, samples: Sequence[Sample], characters: str) -> list[str]:
    """Return the likeliest character of each column, repetitions and blanks taken out."""
    device = next(network.parameters()).device
    texts = [""] * len(samples)
    order = sorted(range(len(samples)), key=lambda i: samples[i].image.shape[1])
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        strips, widths = to_batch([samples[i] for i in chosen], device)
        with torch.inference_mode():
            best = network(strips).argmax(dim=2)
        columns = count_columns(widths, strips, best)
        for i, row, n in zip(chosen, best.tolist(), columns.tolist(), strict=True):
            kept = [label for label, _ in groupby(row[:n])]
            texts[i] = "".join(characters[label] for label in kept if label < len(characters))
    return texts


@dataclass(frozen=True, eq=False)
class _Sets:
    """Lines that are there before a network learns: real ones, and all that it is measured by."""

    real: Sequence[Sequence[Sample]]
    held_out: dict[str, Sequence[Sample]]
    validation: dict[str, Sequence[Sample]]


def _load_sets(pool: Executor, recipe: LineRecipe, folder: Path) -> _Sets:
    lines = pool.submit(compose_portion, recipe, "validation", 0, N_VALIDATION)
    parts = {n: split_real(real_lines(pool, n, "train"), recipe) for n in recipe.strings}
    validated = [n for n in recipe.strings if any(load_strings(n, "validation"))]
    validation = {n: real_lines(pool, n, "validation") for n in validated}
    real = [kept for kept, _ in parts.values()]
    if recipe.pages:
        strips = strips_of_pages(pool, recipe, folder / "strips")
        real.append([*strips.real, *strips.composed])
        validation["pages"] = strips.held_out
    return _Sets(
        real,
        {name: held_out for name, (_, held_out) in parts.items()},
        {"composed": as_samples(lines.result()), **validation},
    )


class _Run:
    """All that changes while a line network is trained."""

    def __init__(
        self, recipe: LineRecipe, member: int, sets: _Sets, folder: Path, pool: Executor
    ) -> None:
        recipe = replace(recipe, random_state=recipe.random_state + member)
        self.recipe, self.sets, self.log = recipe, sets, folder / "log.jsonl"
        self.path = folder / f"line-{member}.pt"
        self.device = best_device()
        torch.manual_seed(recipe.random_state)
        self.network = _first_network(recipe).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.schedule = LambdaLR(self.optimizer, partial(_rate, recipe))
        self.average = MovingAverage(self.network, recipe.average_decay)
        self.done, self.seconds = 0, 0.0
        if self.path.exists():
            self._restore(torch.load(self.path, weights_only=True, map_location=self.device))
        for layer in (*self.network.modules(), *self.average.network.modules()):
            if isinstance(layer, nn.GRU):
                layer.flatten_parameters()  # copied and moved, its weights lie here and there
        self.lines = LineEpochs(pool, recipe, sets.real, self.done)

    def epoch(self) -> Report:
        started = time.perf_counter()
        recipe, rng = self.recipe, np.random.default_rng([self.recipe.random_state, self.done])
        samples = self.lines.take()
        self.network.train()
        if recipe.start:
            freeze_norms(self.network)
        total, seen = 0.0, 0
        for batch in batches(samples, recipe.batch, rng):
            total += self._step(batch) * len(batch)
            seen += len(batch)
            self.schedule.last_epoch = self.done * 1000 + 1000 * seen // len(samples) - 1
            self.schedule.step()
        self.done += 1
        self.seconds += time.perf_counter() - started
        self._save()
        report: Report = {"network": self.path.stem, "epoch": self.done}
        report |= {"loss": round(total / seen, 4)}
        report |= self.measure() | {"seconds": round(self.seconds)}
        with self.log.open("a") as log:
            log.write(json.dumps(report) + "\n")
        return report

    def _step(self, batch: Sequence[Sample]) -> float:
        strips, widths = to_batch(batch, self.device)
        strength = 0.75 + 0.5 * torch.rand(len(batch), 1, 1, 1)
        strips = (strips * strength.to(self.device)).clamp(0, 1)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            logits = self.network(strips)
        columns = count_columns(widths, strips, logits)
        losses = line_losses(logits.float(), columns, batch, self.recipe.characters)
        if self.done >= _TRUSTING:
            doubtful = torch.tensor([s.is_doubtful for s in batch], device=self.device)
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

    def result(self) -> LineNet:
        """Return the averaged network."""
        return self.average.network.cpu().eval()

    def measure(self) -> dict[str, float]:
        """Return exactly read lines of each set that was held out, %, with signs if they have."""
        network, figures = self.average.network.eval(), {}
        for name, samples in self.sets.validation.items():
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
        save_checkpoint(state, self.path)

    def _restore(self, state: dict[str, Any]) -> None:
        self.done, self.seconds = state["done"], state["seconds"]
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        torch.set_rng_state(state["dropout_generator"].cpu())


def _rate(recipe: LineRecipe, step: int) -> float:
    """Return the learning rate as a share of its peak; a thousand steps are an epoch."""
    done = step / (recipe.epochs * 1000)
    if done < recipe.rise:
        return 0.04 + 0.96 * done / recipe.rise
    left = min((done - recipe.rise) / (1 - recipe.rise), 1.0)
    return (1 + math.cos(math.pi * left)) / 2


def _first_network(recipe: LineRecipe) -> LineNet:
    """Return a network to train; a character has its place in all scripts."""
    if not recipe.start:
        n_classes = len(recipe.characters) + 1
        return LineNet(n_classes, recipe.widths, recipe.hidden, recipe.dropout, recipe.depths)
    shipped = default_model_path(recipe.start, "lines")
    if shipped is None:
        raise DataError(f"no line model ships for {recipe.start}; {recipe.name} begins as it")
    network = read_line_nets(shipped, dropout=recipe.dropout)[0][0]
    return _widen_alphabet(network, len(recipe.characters) + 1)


def _second_opinion(recipe: LineRecipe) -> tuple[LineNet, float, list[str]] | None:
    """Return the second network of the model that a run began with, and what it knows."""
    shipped = default_model_path(recipe.start, "lines") if recipe.start else None
    if shipped is None:
        return None
    networks = read_line_nets(shipped, dropout=recipe.dropout)
    if len(networks) < 2:
        return None
    network, temperature = networks[1]
    known = sorted(load_line_model(shipped).second_characters)
    return _widen_alphabet(network, len(recipe.characters) + 1), temperature, known


def _widen_alphabet(network: LineNet, n_classes: int) -> LineNet:
    """Return a network with new characters before the blank; it begins by never seeing them."""
    old = network.classify
    n_new = n_classes - old.out_features
    if n_new > 0:
        new = nn.Linear(old.in_features, n_classes)
        with torch.no_grad():
            new.weight[: -1 - n_new], new.weight[-1] = old.weight[:-1], old.weight[-1]
            new.bias[: -1 - n_new], new.bias[-1] = old.bias[:-1], old.bias[-1]
            new.weight[-1 - n_new : -1] *= 0.1
            new.bias[-1 - n_new : -1] = old.bias.min() - 2
        network.classify = new
    return network


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _comparable(text: str, sample: Sample) -> str:
    return text if sample.has_signs else _digits(text)


def _metadata(recipe: LineRecipe, seconds: list[int]) -> dict[str, str]:
    return {
        "format": FORMAT,
        "name": recipe.name,
        "version": __version__,
        "characters": json.dumps(list(recipe.characters), ensure_ascii=False),
        "script": recipe.script,
        "preprocessing": "strips of numerals.ink.line_image: 40 pixels high, digits about 26",
        "training": json.dumps(
            {
                "data": f"{recipe.data} train less what is held out, composed; "
                f"training parts of {', '.join(recipe.strings) or 'nothing else'}",
                "recipe": asdict(recipe),
                "seconds": seconds,
                "machine": describe_machine(),
                "torch": torch.__version__,
            }
        ),
    }
