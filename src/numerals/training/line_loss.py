"""The CTC loss of line networks, for texts with and without signs."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from numerals.models.line_model import COLUMN_STRIDE, STRIP_HEIGHT
from numerals.training.line_samples import LineSample

_MIN_LOG_PROBA = -1e4  # log-probability of an excluded class
_CPU = torch.device("cpu")


def pad_strips(
    samples: Sequence[LineSample], device: torch.device = _CPU
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the images of a batch, padded on the right to the same width.

    Returns
    -------
    strips : Tensor of float32 in [0, 1], shape (n, 1, 40, width)
        On `device`, in channels-last memory format. The width is a multiple of the stride.
    widths : Tensor of int64, shape (n,)
        Width of each image without padding, pixels; on the CPU.
    """
    widths = [sample.image.shape[1] for sample in samples]
    padded = -(-max(widths) // COLUMN_STRIDE) * COLUMN_STRIDE
    strips = np.zeros((len(samples), 1, STRIP_HEIGHT, padded), np.uint8)
    for strip, sample in zip(strips, samples, strict=True):
        strip[0, :, : sample.image.shape[1]] = sample.image
    on_device = torch.from_numpy(strips).to(device).float().div_(255)
    return on_device.contiguous(memory_format=torch.channels_last), torch.tensor(widths)


def count_columns(widths: torch.Tensor, strips: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    """Return the number of columns of logits of each strip, without those of its padding."""
    stride = strips.shape[3] // logits.shape[1]
    return torch.div(widths + stride - 1, stride, rounding_mode="floor")


def line_losses(
    logits: torch.Tensor, columns: torch.Tensor, samples: Sequence[LineSample], characters: str
) -> torch.Tensor:
    """Return the CTC loss of each line, divided by the length of its text.

    If a text lacks the signs, probabilities of signs are added to that of the blank. The network
    then learns the digits of the line without unlearning its signs.

    Parameters
    ----------
    logits : Tensor of float32, shape (n, n_columns, n_characters + 1)
        The blank is the last class.
    columns : Tensor of int64, shape (n,)
        Number of columns of each line; see `count_columns`.
    samples : sequence of LineSample
    characters : str
        Characters of the model, digits first.

    Returns
    -------
    Tensor of float32, shape (n,)

    References
    ----------
    Graves et al. 2006, Connectionist temporal classification.
    """
    log_proba = logits.log_softmax(dim=2)
    lacks_signs = torch.tensor([not sample.has_signs for sample in samples])
    if lacks_signs.any():
        lacks_signs = lacks_signs.to(logits.device)
        n_digits = sum(character.isdigit() for character in characters)
        blank = torch.logsumexp(log_proba[..., n_digits:], dim=2, keepdim=True)
        excluded = torch.full_like(log_proba[..., n_digits:-1], _MIN_LOG_PROBA)
        merged = torch.cat([log_proba[..., :n_digits], excluded, blank], dim=2)
        log_proba = torch.where(lacks_signs[:, None, None], merged, log_proba)
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
