"""The loss of the page network."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from numerals.networks.page_net import N_KINDS
from numerals.synthesis.page_canvas import UNKNOWN

MAPS = ("core", "printed_core", "region", "weight", "printed_weight", "kinds", "turns")
"""Attributes of `PageTargets`, in the order in which they are stored."""

TERM_WEIGHTS = (2.0, 1.0, 2.0, 0.7, 0.3)
"""Weights of the terms of the loss, in the order of `PageLoss.terms`."""

GROUND_WEIGHT = 0.4
"""Class weight of pixels without ink, the majority, in the cross-entropy of kinds of ink."""

HARD_NEGATIVE_RATIO = 3
"""Number of hard negatives for each positive pixel of a core."""

MIN_HARD_NEGATIVES = 200
"""Number of hard negatives of a batch without cores, pixels."""


@dataclass(frozen=True, eq=False)
class PageLoss:
    """Loss of a batch.

    Attributes
    ----------
    total : Tensor
        Scalar to minimize: the weighted sum of the terms.
    terms : tuple of float
        Terms without their weights: written cores, printed cores, regions, kinds of ink,
        orientation.
    """

    total: Tensor
    terms: tuple[float, ...]


def page_loss(logits: Tensor, maps: Tensor) -> PageLoss:
    """Return the loss of logits against target maps.

    Parameters
    ----------
    logits : Tensor, shape (n, CHANNELS, height, width)
    maps : Tensor of uint8, shape (n, 7, height, width)
        Targets in the order of `MAPS`. Pixels with weight 0 or class `UNKNOWN` are ignored.
    """
    logits = logits.float()
    core, printed_core, region, weight, printed_weight = maps[:, :5].float().unbind(1)
    kinds, turns = maps[:, 5].long(), maps[:, 6].long()
    region_weight = torch.where(region > 0, weight, torch.minimum(weight, printed_weight))
    terms = [
        _core_loss(logits[:, 0], core, weight),
        _core_loss(logits[:, 1], printed_core, printed_weight),
        (_binary_cross_entropy(logits[:, 2], region) * region_weight).mean(),
        _cross_entropy(logits[:, 3 : 3 + N_KINDS], kinds, GROUND_WEIGHT),
        _cross_entropy(logits[:, 3 + N_KINDS :], turns, 1.0),
    ]
    total = sum((w * term for w, term in zip(TERM_WEIGHTS, terms, strict=True)), torch.zeros(()))
    return PageLoss(total, tuple(float(term.detach()) for term in terms))


def _core_loss(logits: Tensor, core: Tensor, weight: Tensor) -> Tensor:
    """Return cross-entropy with hard negatives, plus half the Dice loss, as in DBNet.

    References
    ----------
    Liao et al., "Real-time scene text detection with differentiable binarization", AAAI 2020.
    """
    losses = _binary_cross_entropy(logits, core) * weight
    n_positive = (core * weight).sum()
    negatives = (losses * (1 - core)).flatten()
    n_hard = int(HARD_NEGATIVE_RATIO * n_positive.item() + MIN_HARD_NEGATIVES)
    n_hard = min(n_hard, negatives.numel() // 2)
    hard = negatives.topk(n_hard).values.sum()
    balanced = ((losses * core).sum() + hard) / (n_positive + n_hard) + 2 * losses.mean()
    is_known = (weight > 0).float()
    proba = logits.sigmoid() * is_known
    dice = 2 * (proba * core).sum() / (proba.sum() + (core * is_known).sum() + 1)
    return balanced + (1 - dice) / 2


def _binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none")


def _cross_entropy(logits: Tensor, target: Tensor, first_class_weight: float) -> Tensor:
    """Return the mean cross-entropy of known pixels; 0 with zero gradient if there are none."""
    if not bool((target != UNKNOWN).any()):
        return logits.sum() * 0
    weight = torch.ones(logits.shape[1], device=logits.device)
    weight[0] = first_class_weight
    return F.cross_entropy(logits, target, weight, ignore_index=UNKNOWN)
