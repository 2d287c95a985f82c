"""What the page network is to make small."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from numerals.networks.page_net import N_KINDS
from numerals.synthesis.page_canvas import UNKNOWN

MAPS = ("core", "printed_core", "region", "weight", "printed_weight", "kinds", "turns")
"""Attributes of `PageTargets`, in the order in which they are stored."""

_CORE, _REGION, _KINDS, _TURNS = 2.0, 2.0, 0.7, 0.3  # weights of the terms
_GROUND_WEIGHT = 0.4  # of pixels without ink, most of a page, in the cross-entropy of kinds
_HARD_NEGATIVES = 3  # for each pixel of a core


@dataclass(frozen=True, eq=False)
class PageLoss:
    """The sum to minimize, and its terms to print.

    These are written cores, printed cores, regions, kinds of ink, orientation.
    """

    total: Tensor
    terms: tuple[float, ...]


def page_loss(logits: Tensor, maps: Tensor) -> PageLoss:
    """Compare logits, shape (n, CHANNELS, h, w), with targets, uint8 of shape (n, 7, h, w)."""
    logits = logits.float()
    core, printed, region, weight, printed_weight = maps[:, :5].float().unbind(1)
    kinds, turns = maps[:, 5].long(), maps[:, 6].long()
    known = torch.minimum(weight, printed_weight)
    terms = [
        _core_loss(logits[:, 0], core, weight),
        _core_loss(logits[:, 1], printed, printed_weight),
        (_binary(logits[:, 2], region) * torch.where(region > 0, weight, known)).mean(),
        _cross_entropy(logits[:, 3 : 3 + N_KINDS], kinds, _GROUND_WEIGHT),
        _cross_entropy(logits[:, 3 + N_KINDS :], turns, 1.0),
    ]
    factors = (_CORE, _CORE / 2, _REGION, _KINDS, _TURNS)
    total = sum((f * term for f, term in zip(factors, terms, strict=True)), torch.zeros(()))
    return PageLoss(total, tuple(float(term.detach()) for term in terms))


def _core_loss(logits: Tensor, core: Tensor, weight: Tensor) -> Tensor:
    """Return cross-entropy with hard negatives, and the overlap (Dice), as DBNet has them.

    References
    ----------
    Liao et al., "Real-time scene text detection with differentiable binarization", AAAI 2020.
    """
    each = _binary(logits, core) * weight
    n_positive = (core * weight).sum()
    negatives = (each * (1 - core)).flatten()
    n_hard = int(min(_HARD_NEGATIVES * n_positive.item() + 200, negatives.numel() // 2))
    hard = negatives.topk(n_hard).values.sum()
    balanced = ((each * core).sum() + hard) / (n_positive + n_hard) + 2 * each.mean()
    is_known = (weight > 0).float()
    found = logits.sigmoid() * is_known
    overlap = 2 * (found * core).sum() / (found.sum() + (core * is_known).sum() + 1)
    return balanced + (1 - overlap) / 2


def _binary(logits: Tensor, target: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none")


def _cross_entropy(logits: Tensor, target: Tensor, first_weight: float) -> Tensor:
    if not bool((target != UNKNOWN).any()):
        return logits.sum() * 0
    weight = torch.ones(logits.shape[1], device=logits.device)
    weight[0] = first_weight
    return F.cross_entropy(logits, target, weight, ignore_index=UNKNOWN)
