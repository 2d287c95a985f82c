"""The line network: strips of handwriting to logits of characters, column by column."""

from itertools import pairwise

import torch
from torch import nn


class LineNet(nn.Module):
    """Convolutions that reduce the height to one row, then a recurrent layer along the line.

    Parameters
    ----------
    n_classes : int
        Number of logits of a column. The last one is the blank's.
    widths : tuple of int
        Channels at the full height, at a half, a quarter and an eighth of it, and of the columns.
    hidden : int, default=128
        Number of gated recurrent units in each direction.
    depths : tuple of int, default=(2, 2, 2)
        Number of convolutions at a half, a quarter and an eighth of the height. The last one
        reduces the height to one row.
    dropout : float in [0, 1), default=0.1
        Probability of dropping a feature of a column in training.

    References
    ----------
    Shi, Bai, Yao 2017, An end-to-end trainable neural network for image-based sequence
    recognition; here with gated recurrent units (Cho et al. 2014) instead of the LSTM.
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
            nn.MaxPool2d(2),  # 40 -> 20; before the activation, which is then cheaper
            nn.ReLU(inplace=True),
            *_conv_blocks(full, half, depths[0]),
            nn.MaxPool2d(2),  # 20 -> 10
            *_conv_blocks(half, quarter, depths[1]),
            nn.MaxPool2d((2, 1)),  # 10 -> 5; keeps the width, so that a narrow 1 has two columns
            *_conv_blocks(quarter, eighth, depths[2] - 1),
            *conv_block(eighth, columns, (5, 3), (0, 1)),  # 5 -> 1
        )
        self.along = nn.GRU(columns, hidden, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(2 * hidden, n_classes)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Map float strips in [0, 1], shape (n, 1, 40, width), to logits (n, width / 4, n_classes).

        The width must be a multiple of 4.
        """
        columns = self.features(strips).squeeze(2).transpose(1, 2)
        # In float32, because recurrent layers accumulate rounding errors.
        with torch.autocast(strips.device.type, enabled=False):
            joined, _ = self.along(columns.float())
            logits: torch.Tensor = self.classify(self.dropout(joined))
        return logits


def conv_block(
    inputs: int, outputs: int, kernel: tuple[int, int], padding: tuple[int, int] | None = None
) -> list[nn.Module]:
    """Return a convolution, its batch norm and activation; by default, padding keeps the size."""
    padding = (kernel[0] // 2, kernel[1] // 2) if padding is None else padding
    return [
        nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]


def _conv_blocks(inputs: int, outputs: int, count: int) -> list[nn.Module]:
    sizes = [inputs] + [outputs] * count
    return [layer for pair in pairwise(sizes) for layer in conv_block(*pair, (3, 3))]
