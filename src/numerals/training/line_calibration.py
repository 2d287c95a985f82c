"""Making a line network's confidence honest, by lines that it did not learn from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from scipy.special import expit
from torch import nn

from numerals.models import LineModel
from numerals.reading.confidence_calibration import log_odds
from numerals.reading.strip_reader import read_strips
from numerals.training.held_out_lines import agrees
from numerals.training.line_loss import count_columns, line_losses, to_batch
from numerals.training.line_pools import Sample

_BATCH = 64

_Numbers = npt.NDArray[np.float64]
Fit = tuple[float, float]
"""Slope and offset."""


def fit_temperature(network: nn.Module, samples: Sequence[Sample], characters: str) -> float:
    """Find the temperature of the columns' logits at which the texts are least surprising."""
    candidates = np.geomspace(0.5, 3.0, 30)
    losses = np.zeros(len(candidates))
    for start in range(0, len(samples), _BATCH):
        part = samples[start : start + _BATCH]
        strips, widths = to_batch(part)
        with torch.inference_mode():
            logits = network(strips)
            columns = count_columns(widths, strips, logits)
            for i, t in enumerate(candidates.tolist()):
                losses[i] += line_losses(logits / t, columns, part, characters).sum().item()
    return float(candidates[int(losses.argmin())])


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Lines of one source that nothing learned from.

    Attributes
    ----------
    samples : sequence of Sample
    wrong : float in [0, 1]
        Share of their labels that is known to be wrong.
    """

    samples: Sequence[Sample]
    wrong: float = 0.0


def fit_numbers(model: LineModel, sources: Iterable[HeldOut]) -> tuple[float, float]:
    """Find how sure a whole reading may be, given what the model's columns say.

    A label that is wrong contradicts a right reading; the fit allows for as many as are known to
    be, so that what is found is the probability of being right, not of agreeing with the label.

    Parameters
    ----------
    model : LineModel
        Without a calibration of its own.
    sources : iterable of HeldOut
        Each weighs the same.

    Returns
    -------
    slope, offset : float
        As `numerals.reading.confidence_calibration.calibrate` takes them.
    """
    rows = []
    for source in sources:
        found = read_strips(model, [sample.image for sample in source.samples])
        for reading, sample in zip(found, source.samples, strict=True):
            if reading is not None:
                odds = log_odds(reading.line.confidence)
                is_as_labelled = agrees(reading.line.text, sample)
                rows.append((odds, is_as_labelled, 1 - source.wrong, 1 / len(source.samples)))
    return fit_log_odds(*np.array(rows, np.float64).T) if rows else (1.0, 0.0)


def fit_log_odds(odds: _Numbers, agrees: _Numbers, most: _Numbers, weights: _Numbers) -> Fit:
    """Fit slope and offset of log odds by maximum likelihood.

    Parameters
    ----------
    odds : ndarray of float64, shape (n,)
        What a model says.
    agrees : ndarray of float64, shape (n,)
        1 where its answer is as the label says, else 0.
    most : ndarray of float64, shape (n,)
        How often a right answer agrees with its label.
    weights : ndarray of float64, shape (n,)
    """

    def surprise(parameters: _Numbers) -> float:
        likely = (most * expit(parameters[0] * odds + parameters[1])).clip(1e-9, 1 - 1e-9)
        return -float(weights @ (agrees * np.log(likely) + (1 - agrees) * np.log1p(-likely)))

    # A slope that is not above zero would turn sure and unsure round.
    found = minimize(surprise, np.array([1.0, 0.0]), bounds=[(0.1, 10.0), (-10.0, 10.0)])
    return float(found.x[0]), float(found.x[1])
