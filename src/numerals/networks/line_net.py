"""The line network: a strip of writing -> for each of its columns, which character stands there."""

from itertools import pairwise

import torch
from torch import nn


class LineNet(nn.Module):
    """Convolutions that halve the height to nothing, then a recurrent layer along the line.

    Parameters
    ----------
    n_classes : int
        How many logits a column has, the blank's included, which is the last.
    widths : tuple of int
        Channels at full height, at a half, a quarter and an eighth of it, and of the columns.
    hidden : int, default=128
        Gated recurrent units in each direction.
    depths : tuple of int, default=(2, 2, 2)
        Convolutions at a half, a quarter and an eighth of the height; the last of these leaves one
        row.
    dropout : float in [0, 1), default=0.1
        Share of a column's features that is dropped in training.

    References
    ----------
    Shi, Bai, Yao 2017, An end-to-end trainable neural network for image-based sequence
    recognition; with gated recurrent units (Cho et al. 2014) for its LSTM.
    """

    def __init__(
        self,
        n_classes: int,
        widths: tuple[int, int, int, int, int] = (16, 32, 64, 128, 160),
        hidden: int = 128,
        dropout: float = 0.1,
        depths: tuple[int, int, int] = (2, 2, 2),
    ) -> None:
        super().__init__()
        full, half, quarter, eighth, columns = widths
        self.features = nn.Sequential(
            *conv_block(1, full, (3, 3))[:-1],
            nn.MaxPool2d(2),  # 40 -> 20; a quarter of the values is left to rectify
            nn.ReLU(inplace=True),
            *_conv_blocks(full, half, depths[0]),
            nn.MaxPool2d(2),  # 20 -> 10
            *_conv_blocks(half, quarter, depths[1]),
            nn.MaxPool2d((2, 1)),  # 10 -> 5; a narrow 1 is still two columns wide
            *_conv_blocks(quarter, eighth, depths[2] - 1),
            *conv_block(eighth, columns, (5, 3), (0, 1)),  # 5 -> 1
        )
        self.along = nn.GRU(columns, hidden, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(2 * hidden, n_classes)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Map float strips in [0, 1], shape (n, 1, 40, width), to logits (n, width / 4, n_classes).

        The width is a multiple of 4.
        """
        columns = self.features(strips).squeeze(2).transpose(1, 2)
        with torch.autocast(strips.device.type, enabled=False):  # a long sum needs its precision
            joined, _ = self.along(columns.float())
            logits: torch.Tensor = self.classify(self.dropout(joined))
        return logits


def conv_block(
    inputs: int, outputs: int, kernel: tuple[int, int], padding: tuple[int, int] | None = None
) -> list[nn.Module]:
    """Return a convolution, its batch norm and its activation; padded to keep the size."""
    padding = (kernel[0] // 2, kernel[1] // 2) if padding is None else padding
    return [
        nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]


def _conv_blocks(inputs: int, outputs: int, count: int) -> list[nn.Module]:
    sizes = [inputs] + [outputs] * count
    return [layer for pair in pairwise(sizes) for layer in conv_block(*pair, (3, 3))]
