"""Accuracy of a line network during training, by greedy decoding."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
import torch
from torch import nn

from numerals.scripts import digits_only
from numerals.training.line_loss import count_columns, pad_strips
from numerals.training.line_samples import LineSample

_BATCH_SIZE = 64  # lines


def read_greedily(network: nn.Module, samples: Sequence[LineSample], characters: str) -> list[str]:
    """Return the text of each line by best-path decoding, without a model file.

    Takes the most probable class of each column, then drops repetitions and blanks.
    """
    device = next(network.parameters()).device
    texts = [""] * len(samples)
    order = sorted(range(len(samples)), key=lambda i: samples[i].image.shape[1])
    for start in range(0, len(order), _BATCH_SIZE):
        chosen = order[start : start + _BATCH_SIZE]
        strips, widths = pad_strips([samples[i] for i in chosen], device)
        with torch.inference_mode():
            best = network(strips).argmax(dim=2)
        columns = count_columns(widths, strips, best)
        for i, row, n in zip(chosen, best.tolist(), columns.tolist(), strict=True):
            labels = [label for label, _ in groupby(row[:n])]
            texts[i] = "".join(characters[label] for label in labels if label < len(characters))
    return texts


def validation_figures(
    network: nn.Module, sets: Mapping[str, Sequence[LineSample]], characters: str
) -> dict[str, float]:
    """Return the exactly read lines of each validation set, in percent.

    Returns
    -------
    dict of str to float
        ``NAME_exact`` for the whole text (its digits, if the labels lack signs), and
        ``NAME_digits`` for the digits alone.
    """
    figures = {}
    for name, samples in sets.items():
        texts = read_greedily(network, samples, characters)
        pairs = list(zip(texts, samples, strict=True))
        exact = [(t if s.has_signs else digits_only(t)) == s.text for t, s in pairs]
        digits = [digits_only(t) == digits_only(s.text) for t, s in pairs]
        figures[f"{name}_exact"] = round(100 * float(np.mean(exact)), 2)
        figures[f"{name}_digits"] = round(100 * float(np.mean(digits)), 2)
    return figures
