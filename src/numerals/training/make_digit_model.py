"""Running a recipe: a data set -> a model, 28x28 -> probabilities of ten digits and "no digit".

A few small networks, each trained from its own seed and averaged over its last steps; the model is
the mean of their probabilities. Everything is chosen on what is held out of the training set. They
learn on a GPU where there is one. A run folder holds a checkpoint a member: a run that was stopped
goes on where it was.
"""

import json
import os
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerals import __version__
from numerals.models import FORMAT
from numerals.networks.augment import Warp, warp, wear
from numerals.networks.digit_net import DigitNet
from numerals.networks.graph import write_onnx
from numerals.records import Digits
from numerals.synthesis.digit_negatives import make_negatives
from numerals.synthesis.digit_proportions import proportions_of
from numerals.training.digit_pools import NO_DIGIT, to_tensor
from numerals.training.digit_recipes import Recipe
from numerals.training.digit_trainer import predict_logits
from numerals.training.hardware import describe_machine
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.members import load_member, train_member
from numerals.training.run_directory import claim_run_folder

Report = dict[str, Any]
"""What an epoch tells: ``network``, ``epoch``, ``loss``, ``held_out_accuracy``, ``seconds``."""


def make_digit_model(
    recipe: Recipe,
    folder: Path,
    out: Path,
    *,
    n_jobs: int | None = None,
    on_epoch: Callable[[Report], None] = lambda report: None,
) -> dict[str, str]:
    """Train, calibrate and write a model; go on with a run that was stopped.

    Parameters
    ----------
    recipe : Recipe
        Its settings; `RECIPES` has those of the shipped models.
    folder : Path
        Where checkpoints and the log are kept.
    out : Path
        The ONNX file.
    n_jobs : int, optional
        How many members are trained side by side; as many as there are cores by default.
    on_epoch : callable
        Told after every epoch.

    Returns
    -------
    dict of str to str
        The metadata that the file carries.
    """
    digits = load_training_digits(recipe.data)
    runs = train_members(digits, recipe, folder, n_jobs=n_jobs, on_epoch=on_epoch)
    networks = [load_member(folder, member, recipe.widths) for member in range(recipe.members)]
    held_out = hold_out(digits, recipe.n_held_out)
    validation = replace(digits, images=digits.images[held_out], labels=digits.labels[held_out])
    temperature = fit_temperature(networks, validation)
    accuracy = held_out_accuracy(networks, validation)
    metadata = _metadata(recipe, digits.classes, runs, temperature, accuracy, len(validation))
    write_onnx(networks, temperature, metadata, out, weight_bits=recipe.weight_bits)
    return metadata


def train_members(
    digits: Digits,
    recipe: Recipe,
    folder: Path,
    *,
    n_jobs: int | None = None,
    on_epoch: Callable[[Report], None] = lambda report: None,
) -> list[dict[str, Any]]:
    """Train all members, side by side in processes of their own."""
    claim_run_folder(folder, recipe)
    cores = os.cpu_count() or 1
    jobs = min(n_jobs or cores, recipe.members)
    threads = max(1, cores // jobs)
    log = folder / "log.jsonl"
    n_told = len(_lines(log))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        runs = [
            pool.submit(train_member, digits, recipe, member, folder, threads)
            for member in range(recipe.members)
        ]
        try:
            pending = set(runs)
            while pending:
                _, pending = wait(pending, timeout=1, return_when=FIRST_EXCEPTION)
                for line in _lines(log)[n_told:]:
                    on_epoch(json.loads(line))
                    n_told += 1
            return [run.result() for run in runs]
        except BaseException:
            # Checkpoints are written whole, so the members may be ended wherever they are.
            for process in list(pool._processes.values()):
                process.terminate()
            raise


def _lines(log: Path) -> list[str]:
    return [s for s in log.read_text().split("\n")[:-1] if s] if log.exists() else []


def mean_proba(
    networks: list[DigitNet], images: torch.Tensor, temperature: float = 1.0
) -> torch.Tensor:
    """Return the mean of the members' probabilities, shape (n, n_classes + 1)."""
    members = [predict_logits(network, images) / temperature for network in networks]
    return torch.stack([logits.softmax(dim=1) for logits in members]).mean(dim=0)


def held_out_accuracy(networks: list[DigitNet], validation: Digits) -> float:
    """Return the share of `validation` that the members together get right."""
    proba = mean_proba(networks, to_tensor(validation.images))[:, :NO_DIGIT].numpy()
    return float((proba.argmax(axis=1) == validation.labels).mean())


def fit_temperature(networks: list[DigitNet], validation: Digits) -> float:
    """Find the temperature at which held-out digits are least surprising.

    Once as they are, once as photographs wear them, with half as many pictures of no digit.

    References
    ----------
    Guo et al. 2017, On calibration of modern neural networks, section 4.2.
    """
    generator = torch.Generator().manual_seed(0)
    rng = np.random.default_rng(0)
    n_negatives = len(validation) // 2
    latin = validation.script == "latin"
    negatives = make_negatives(validation.images, validation.labels, n_negatives, rng, latin=latin)
    rough = to_tensor(np.concatenate([validation.images, negatives]))
    rough = wear(warp(rough, Warp(), generator), generator)
    images = torch.cat([to_tensor(validation.images), rough])
    labels = torch.from_numpy(validation.labels)
    labels = torch.cat([labels, labels, torch.full((n_negatives,), NO_DIGIT)])
    members = torch.stack([predict_logits(network, images) for network in networks])
    candidates = np.geomspace(0.3, 2.5, 60)
    losses = [
        torch.nn.functional.nll_loss(
            (members / t).softmax(dim=2).mean(dim=0).clamp_min(1e-9).log(), labels
        ).item()
        for t in candidates.tolist()
    ]
    return float(candidates[int(np.argmin(losses))])


def _metadata(
    recipe: Recipe,
    classes: tuple[str, ...],
    runs: list[dict[str, Any]],
    temperature: float,
    accuracy: float,
    n_held_out: int,
) -> dict[str, str]:
    latin = "; OFL fonts" if recipe.script == "latin" else ""
    across = proportions_of(recipe.data).width_factor
    squeezed = {"across": str(across)} if across > 1 else {}
    return {
        "format": FORMAT,
        "name": recipe.name,
        "version": __version__,
        "classes": json.dumps(classes, ensure_ascii=False),
        "script": recipe.script,
        "preprocessing": "ink bright, scaled into 20x20, mass centred in 28x28 (numerals.ink)",
        **squeezed,
        "temperature": f"{temperature:.4f}",
        "training": json.dumps(
            {
                "data": f"{recipe.data} train less {n_held_out} held out{latin}; composed",
                "recipe": asdict(recipe),
                "seconds": [round(run["seconds"]) for run in runs],
                "machine": describe_machine(),
                "torch": torch.__version__,
            }
        ),
        "figures": json.dumps({"held_out_accuracy": round(accuracy, 5)}),
    }
