"""What a line network is told: the CTC loss, for texts with and without the signs."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from numerals.models.line_model import HEIGHT, STRIDE
from numerals.training.line_pools import Sample

_IMPOSSIBLE = -1e4  # a log-probability
_CPU = torch.device("cpu")


def to_batch(
    samples: Sequence[Sample], device: torch.device = _CPU
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return strips, float of shape (n, 1, 40, width), and the pixels that each is wide.

    Strips lie on the device, and channels last, as networks like them.
    """
    widths = [sample.image.shape[1] for sample in samples]
    padded = -(-max(widths) // STRIDE) * STRIDE
    strips = np.zeros((len(samples), 1, HEIGHT, padded), np.uint8)
    for strip, sample in zip(strips, samples, strict=True):
        strip[0, :, : sample.image.shape[1]] = sample.image
    on_device = torch.from_numpy(strips).to(device).float().div_(255)
    return on_device.contiguous(memory_format=torch.channels_last), torch.tensor(widths)


def count_columns(widths: torch.Tensor, strips: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    """Return how many columns of logits each strip has, those of its padding left out."""
    stride = strips.shape[3] // logits.shape[1]
    return torch.div(widths + stride - 1, stride, rounding_mode="floor")


def line_losses(
    logits: torch.Tensor, columns: torch.Tensor, samples: Sequence[Sample], characters: str
) -> torch.Tensor:
    """Return the CTC loss of each line, per character, shape (n,).

    Where a text lacks the signs, whatever is read as one counts as blank: the network need not
    unlearn signs to read those lines' digits.

    References
    ----------
    Graves et al. 2006, Connectionist temporal classification.
    """
    log_proba = logits.log_softmax(dim=2)
    without_signs = torch.tensor([not sample.has_signs for sample in samples])
    if without_signs.any():
        without_signs = without_signs.to(logits.device)
        n = sum(character.isdigit() for character in characters)
        blank = torch.logsumexp(log_proba[..., n:], dim=2, keepdim=True)
        nothing = torch.full_like(log_proba[..., n:-1], _IMPOSSIBLE)
        merged = torch.cat([log_proba[..., :n], nothing, blank], dim=2)
        log_proba = torch.where(without_signs[:, None, None], merged, log_proba)
    lengths = torch.tensor([len(sample.text) for sample in samples])
    targets = [characters.index(c) for sample in samples for c in sample.text]
    losses = F.ctc_loss(
        log_proba.transpose(0, 1),
        torch.tensor(targets, device=logits.device),
        columns,
        lengths,
        blank=len(characters),
        reduction="none",
        zero_infinity=True,
    )
    return losses / lengths.clamp_min(1).to(logits.device)
