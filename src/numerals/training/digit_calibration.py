"""Temperature and accuracy of an ensemble of digit networks on held-out digits."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from numerals.networks.augment import Warp, degrade, warp
from numerals.networks.digit_net import DigitNet
from numerals.networks.inference import predict_logits
from numerals.records import Digits
from numerals.synthesis.digit_negatives import make_negatives
from numerals.training.digit_pools import NO_DIGIT, to_tensor

DIGIT_TEMPERATURES = np.geomspace(0.3, 2.5, 60)
"""Temperatures that `fit_digit_temperature` compares."""


def mean_proba(
    networks: Sequence[DigitNet], images: torch.Tensor, temperature: float = 1.0
) -> torch.Tensor:
    """Return the mean of the networks' probabilities, shape (n, n_classes)."""
    members = [predict_logits(network, images) / temperature for network in networks]
    return torch.stack([logits.softmax(dim=1) for logits in members]).mean(dim=0)


def ensemble_accuracy(networks: Sequence[DigitNet], validation: Digits) -> float:
    """Return the share of digits, in [0, 1], that the ensemble classifies correctly."""
    proba = mean_proba(networks, to_tensor(validation.images))[:, :NO_DIGIT].numpy()
    return float((proba.argmax(axis=1) == validation.labels).mean())


def fit_digit_temperature(networks: Sequence[DigitNet], validation: Digits) -> float:
    """Return the temperature that minimizes the negative log-likelihood of held-out images.

    The images are the digits as they are, the digits degraded as by photographs, and half as many
    degraded images without a digit.

    Parameters
    ----------
    networks : sequence of DigitNet
    validation : Digits
        Digits on which the networks were not trained.

    References
    ----------
    Guo et al. 2017, On calibration of modern neural networks, section 4.2.
    """
    images, labels = _calibration_images(validation)
    members = torch.stack([predict_logits(network, images) for network in networks])
    losses = [
        F.nll_loss((members / t).softmax(dim=2).mean(dim=0).clamp_min(1e-9).log(), labels).item()
        for t in DIGIT_TEMPERATURES.tolist()
    ]
    return float(DIGIT_TEMPERATURES[int(np.argmin(losses))])


def _calibration_images(validation: Digits) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    n_negatives = len(validation) // 2
    negatives = make_negatives(
        validation.images,
        validation.labels,
        n_negatives,
        np.random.default_rng(0),
        latin=validation.script == "latin",
    )
    degraded = to_tensor(np.concatenate([validation.images, negatives]))
    degraded = degrade(warp(degraded, Warp(), generator), generator)
    images = torch.cat([to_tensor(validation.images), degraded])
    labels = torch.from_numpy(validation.labels)
    return images, torch.cat([labels, labels, torch.full((n_negatives,), NO_DIGIT)])
