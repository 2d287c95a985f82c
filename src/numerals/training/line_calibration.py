"""Calibration of line models on held-out lines: temperature, and confidence of whole readings."""

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
from numerals.training.held_out_lines import matches_label
from numerals.training.line_loss import count_columns, line_losses, pad_strips
from numerals.training.line_samples import LineSample

LINE_TEMPERATURES = np.geomspace(0.5, 3.0, 30)
"""Temperatures that `fit_line_temperature` compares."""

_BATCH_SIZE = 64  # lines
_MIN_PROBA = 1e-9  # probabilities are clipped to [_MIN_PROBA, 1 - _MIN_PROBA]

_Floats = npt.NDArray[np.float64]


def fit_line_temperature(
    network: nn.Module, samples: Sequence[LineSample], characters: str
) -> float:
    """Return the temperature of the columns' logits that minimizes the CTC loss.

    Parameters
    ----------
    network : nn.Module
    samples : sequence of LineSample
        Lines on which the network was not trained.
    characters : str
        Characters of the model, the blank excluded.
    """
    losses = np.zeros(len(LINE_TEMPERATURES))
    for start in range(0, len(samples), _BATCH_SIZE):
        batch = samples[start : start + _BATCH_SIZE]
        strips, widths = pad_strips(batch)
        with torch.inference_mode():
            logits = network(strips)
            columns = count_columns(widths, strips, logits)
            for i, t in enumerate(LINE_TEMPERATURES.tolist()):
                losses[i] += line_losses(logits / t, columns, batch, characters).sum().item()
    return float(LINE_TEMPERATURES[int(losses.argmin())])


@dataclass(frozen=True, eq=False)
class CalibrationSet:
    """Lines of one source on which a model was not trained.

    Attributes
    ----------
    samples : sequence of LineSample
    label_error_rate : float in [0, 1]
        Share of wrong labels.
    """

    samples: Sequence[LineSample]
    label_error_rate: float = 0.0


def fit_number_calibration(model: LineModel, sets: Iterable[CalibrationSet]) -> tuple[float, float]:
    """Fit the probability that a whole reading is correct, from the model's confidence.

    A wrong label disagrees with a correct reading. The fit takes the rate of wrong labels into
    account, so that it gives the probability of a correct reading, not of agreement with a label.

    Parameters
    ----------
    model : LineModel
        With the identity as calibration, ``(1.0, 0.0)``.
    sets : iterable of CalibrationSet
        All sets have the same weight.

    Returns
    -------
    slope, offset : float
        Arguments of `reading.confidence_calibration.calibrate`; ``(1.0, 0.0)`` without readings.
    """
    rows = []
    for each in sets:
        readings = read_strips(model, [sample.image for sample in each.samples])
        for reading, sample in zip(readings, each.samples, strict=True):
            if reading is not None:
                odds = log_odds(reading.line.confidence)
                agrees = matches_label(reading.line.text, sample)
                rows.append((odds, agrees, 1 - each.label_error_rate, 1 / len(each.samples)))
    return fit_log_odds(*np.array(rows, np.float64).T) if rows else (1.0, 0.0)


def fit_log_odds(
    odds: _Floats, agrees: _Floats, max_agreement: _Floats, weights: _Floats
) -> tuple[float, float]:
    """Fit slope and offset of log odds by maximum likelihood.

    Parameters
    ----------
    odds : ndarray of float64, shape (n,)
        Log odds of a model's confidence.
    agrees : ndarray of float64, shape (n,)
        1 if the reading agrees with the label, else 0.
    max_agreement : ndarray of float64, shape (n,)
        Probability that a correct reading agrees with its label.
    weights : ndarray of float64, shape (n,)

    Returns
    -------
    slope, offset : float
    """

    def negative_log_likelihood(parameters: _Floats) -> float:
        slope, offset = parameters
        proba = (max_agreement * expit(slope * odds + offset)).clip(_MIN_PROBA, 1 - _MIN_PROBA)
        return -float(weights @ (agrees * np.log(proba) + (1 - agrees) * np.log1p(-proba)))

    # A slope of 0 or less would reverse the order of the confidences.
    bounds = [(0.1, 10.0), (-10.0, 10.0)]
    result = minimize(negative_log_likelihood, np.array([1.0, 0.0]), bounds=bounds)
    return float(result.x[0]), float(result.x[1])
