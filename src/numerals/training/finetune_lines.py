"""Corrections -> a better line model: the one in use, trained a little further.

A few epochs on corrected lines, altered, among composed ones and what real lines there are; then
half the way back, so that it forgets nothing. A run folder holds a checkpoint: a run that was
stopped goes on where it was.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from numerals import __version__
from numerals.corrections.corrected_lines import CorrectedLine
from numerals.data.line_data_sets import STRING_SETS
from numerals.errors import DataNotFoundError, ModelError
from numerals.models import LineModel, load_line_model
from numerals.models.line_model import FORMAT
from numerals.networks.averaging import MovingAverage, between
from numerals.networks.from_onnx import freeze_norms, read_line_nets
from numerals.networks.graph import write_line_onnx
from numerals.networks.line_net import LineNet
from numerals.training.checkpoint import save_checkpoint
from numerals.training.finetuning import Tuning, check_enough, claim, digest, file_sha256
from numerals.training.hardware import describe_machine
from numerals.training.held_out_lines import LineSet, correction_samples
from numerals.training.line_calibration import HeldOut, fit_numbers, fit_temperature
from numerals.training.line_loss import count_columns, line_losses, to_batch
from numerals.training.line_pools import (
    Sample,
    alter,
    as_samples,
    batches,
    compose_later,
    compose_portion,
    composed_samples,
    give_way,
    real_lines,
    split_real,
)
from numerals.training.line_recipes import LineRecipe
from numerals.training.model_comparison import Comparison, compare_lines, figures_of

_FIRST = 1000  # the number of the first epoch: composed lines that no recipe's run has had
_LARGEST_GRADIENT = 2.0
_SURPRISING = 1.0  # loss per character from which on a doubtful label is left out

Report = dict[str, Any]
"""What an epoch tells: ``epoch``, ``epochs``, ``loss``, ``seconds``."""


@dataclass(frozen=True, eq=False)
class _Lines:
    """All lines of a run: to learn from, and held out, by source."""

    corrected: Sequence[Sample]
    real: dict[str, list[Sample]]
    held_out: list[LineSet]

    def held_out_of(self, name: str) -> Sequence[Sample]:
        return next(each.samples for each in self.held_out if each.name == name)


def correct_line_model(
    recipe: LineRecipe,
    parent: Path,
    corrections: Sequence[CorrectedLine],
    folder: Path,
    out: Path,
    *,
    tuning: Tuning | None = None,
    on_epoch: Callable[[Report], None] = lambda report: None,
) -> tuple[dict[str, str], Comparison]:
    """Train a line model further, write the new one, and compare the two on held-out lines.

    Parameters
    ----------
    recipe : LineRecipe
        Whose data it is not to forget.
    parent : Path
        The line model to go on from.
    corrections : sequence of CorrectedLine
        Of both parts.
    folder : Path
        Where the checkpoint is kept; `default_folder` names one.
    out : Path
        The ONNX file.
    tuning : Tuning, optional
    on_epoch : callable
        Told after every epoch.

    Returns
    -------
    metadata : dict of str to str
        What the file carries.
    comparison : Comparison
        Parent and new model, on corrections, composed lines and real ones that are held out.

    Raises
    ------
    DataError
        If there are too few corrections.
    ModelError
        If the parent is of another design than this version trains.
    """
    tuning = tuning or Tuning()
    model = load_line_model(parent)
    if not set(recipe.characters) <= set(model.characters):
        raise ModelError(f"{parent}: reads other characters than {recipe.name}; it cannot go on")
    characters = "".join(model.characters)
    train, held_out = (
        correction_samples([c for c in corrections if c.split == split], characters)
        for split in ("train", "test")
    )
    n_strange = len(corrections) - len(train) - len(held_out)
    check_enough(len(train), len(held_out), n_strange=n_strange)
    networks = read_line_nets(parent, dropout=recipe.dropout)
    claim(folder, run_of(recipe, parent, corrections, tuning))
    composing = replace(recipe, composed=tuning.composed)
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=give_way) as pool:
        try:
            lines = _load(pool, composing, tuning, train, held_out)
            runs = []
            for member, (network, _) in enumerate(networks):
                path = folder / f"line-{member}.pt"
                run = _Run(network, composing, tuning, lines, path, pool, characters)
                while run.done < tuning.epochs:
                    on_epoch({"member": member} | run.epoch())
                runs.append(run)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return _finish(runs, recipe, parent, model, corrections, out)


def run_of(
    recipe: LineRecipe, parent: Path, corrections: Sequence[CorrectedLine], tuning: Tuning
) -> str:
    """Return what tells a run from others: model, settings, corrections."""
    return digest(parent, {**asdict(recipe), **asdict(tuning)}, corrections)


def _load(
    pool: Executor,
    recipe: LineRecipe,
    tuning: Tuning,
    train: Sequence[Sample],
    held_out: Sequence[Sample],
) -> _Lines:
    composed = pool.submit(compose_portion, recipe, "validation", 0, tuning.n_held_out).result()
    sets = [
        LineSet("corrections", held_out),
        LineSet("composed", as_samples(composed)),
    ]
    real = {}
    for name in recipe.strings:
        try:
            real[name], kept = split_real(real_lines(pool, name, "train"), recipe)
        except DataNotFoundError:
            continue  # few people have these; composed lines do
        sets.append(LineSet(name, kept))
    return _Lines(train, real, sets)


class _Run:
    """All that changes while a line network is trained further."""

    def __init__(
        self,
        network: LineNet,
        recipe: LineRecipe,
        tuning: Tuning,
        lines: _Lines,
        path: Path,
        pool: Executor,
        characters: str,
    ) -> None:
        self.recipe, self.tuning, self.lines, self.path = recipe, tuning, lines, path
        self.pool, self.characters = pool, characters
        torch.manual_seed(tuning.random_state)
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.AdamW(
            network.parameters(), tuning.learning_rate, weight_decay=tuning.weight_decay
        )
        self.average = MovingAverage(network, tuning.average_decay)
        self.done, self.seconds = 0, 0.0
        if path.exists():
            self._restore(torch.load(path, weights_only=True))
        self.next = self._compose(self.done)

    def _compose(self, epoch: int) -> list[Any]:
        if epoch >= self.tuning.epochs:
            return []
        return compose_later(self.pool, self.recipe, _FIRST + epoch)

    def epoch(self) -> Report:
        started = time.perf_counter()
        rng = np.random.default_rng([self.tuning.random_state, self.done])
        samples = self._samples(rng)
        self.next = self._compose(self.done + 1)
        freeze_norms(self.network.train())
        total, seen = 0.0, 0
        for batch in batches(samples, self.tuning.batch, rng):
            rate = self.tuning.rate((self.done + seen / len(samples)) / self.tuning.epochs)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            total += self._step(batch) * len(batch)
            seen += len(batch)
        self.done += 1
        self.seconds += time.perf_counter() - started
        self._save()
        return {
            "epoch": self.done,
            "epochs": self.tuning.epochs,
            "loss": round(total / seen, 4),
            "seconds": round(self.seconds),
        }

    def _samples(self, rng: np.random.Generator) -> list[Sample]:
        samples = composed_samples(self.next, self.tuning.widest)
        corrected, n = self.lines.corrected, len(self.lines.corrected)
        order = [i for _ in range(self.tuning.most_repeats) for i in rng.permutation(n).tolist()]
        samples += [alter(corrected[i], rng) for i in order[: self.tuning.repeats(n)]]
        for found in self.lines.real.values():
            size = min(self.tuning.real, 2 * len(found))
            samples += [alter(found[i], rng) for i in rng.integers(len(found), size=size).tolist()]
        return samples

    def _step(self, batch: Sequence[Sample]) -> float:
        strips, widths = to_batch(batch)
        strength = 0.75 + 0.5 * torch.rand(len(batch), 1, 1, 1)
        strips = (strips * strength).clamp(0, 1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.network(strips)
        columns = count_columns(widths, strips, logits)
        losses = line_losses(logits.float(), columns, batch, self.characters)
        doubtful = torch.tensor([sample.is_doubtful for sample in batch])
        losses = losses.masked_fill(doubtful & (losses.detach() > _SURPRISING), 0.0)
        loss = losses.mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), _LARGEST_GRADIENT)
        self.optimizer.step()
        self.average.update(self.network)
        return loss.item()

    def _save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
            "generator": torch.get_rng_state(),
            "done": self.done,
            "seconds": self.seconds,
        }
        save_checkpoint(state, self.path)

    def _restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        torch.set_rng_state(state["generator"])
        self.done, self.seconds = state["done"], state["seconds"]


def _finish(
    runs: Sequence[_Run],
    recipe: LineRecipe,
    parent: Path,
    model: LineModel,
    corrections: Sequence[CorrectedLine],
    out: Path,
) -> tuple[dict[str, str], Comparison]:
    lines = runs[0].lines
    composed = lines.held_out_of("composed")
    warm = []
    before = [network for network, _ in read_line_nets(parent, dropout=recipe.dropout)]
    for run, old in zip(runs, before, strict=True):
        network = between(old, run.average.network, run.tuning.step).eval()
        warm.append((network, fit_temperature(network, composed, run.characters)))
    metadata = _metadata(runs, recipe, parent, model, corrections)
    write_line_onnx(warm, metadata, out)
    if lines.real:  # composed lines alone are no measure of how sure a reading may be
        real = [HeldOut(lines.held_out_of(n), STRING_SETS[n].wrong) for n in lines.real]
        uncalibrated = replace(load_line_model(out), calibration=(1.0, 0.0))
        calibration = fit_numbers(uncalibrated, [*real, HeldOut(composed)])
        metadata["number_calibration"] = json.dumps([round(x, 4) for x in calibration])
    comparison = compare_lines(model, load_line_model(out), lines.held_out)
    metadata["figures"] = json.dumps(figures_of(comparison))
    write_line_onnx(warm, metadata, out)
    return metadata, comparison


def _metadata(
    runs: Sequence[_Run],
    recipe: LineRecipe,
    parent: Path,
    model: LineModel,
    corrections: Sequence[CorrectedLine],
) -> dict[str, str]:
    before = json.loads(model.metadata.get("training", "{}"))
    lines = runs[0].lines
    n_learned = len(lines.corrected)
    name = model.metadata.get("name", recipe.name).split("+")[0]
    return {
        "format": FORMAT,
        "name": f"{name}+{n_learned}",
        "version": __version__,
        "characters": json.dumps(list(model.characters), ensure_ascii=False),
        "script": model.script,
        "preprocessing": model.metadata.get("preprocessing", ""),
        "number_calibration": json.dumps(model.calibration),
        "training": json.dumps(
            {
                "data": f"{n_learned} corrected lines, {len(corrections)} with those held out; "
                f"composed lines; training parts of {', '.join(lines.real) or 'nothing else'}",
                "corrections": n_learned,
                "parent": {
                    "name": model.metadata.get("name", ""),
                    "sha256": file_sha256(parent),
                    "data": before.get("data", ""),
                },
                "recipe": before.get("recipe", {}),
                "tuning": asdict(runs[0].tuning),
                "seconds": [round(run.seconds) for run in runs],
                "machine": describe_machine(),
                "torch": torch.__version__,
            }
        ),
    }
