"""The line network: a strip of writing -> for each of its columns, which character stands there."""

import torch
from torch import nn


class LineNet(nn.Module):
    """Convolutions that halve the height to nothing, then some that look to the sides.

    Parameters
    ----------
    n_classes : int
        How many logits a column has, the blank's included, which is the last.
    widths : tuple of int
        Channels at full height, at a half, a quarter and an eighth of it, and of the columns.
    dropout : float in [0, 1), default=0.1
        Share of a column's features that is dropped in training.
    """

    def __init__(
        self,
        n_classes: int,
        widths: tuple[int, int, int, int, int] = (16, 32, 64, 96, 128),
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        full, half, quarter, eighth, columns = widths
        self.features = nn.Sequential(
            *_block(1, full, (3, 3)),
            nn.MaxPool2d(2),  # 40 -> 20
            *_block(full, half, (3, 3)),
            *_block(half, half, (3, 3)),
            nn.MaxPool2d(2),  # 20 -> 10
            *_block(half, quarter, (3, 3)),
            *_block(quarter, quarter, (3, 3)),
            nn.MaxPool2d((2, 1)),  # 10 -> 5; a narrow 1 is still two columns wide
            *_block(quarter, eighth, (3, 3)),
            *_block(eighth, columns, (5, 3), (0, 1)),  # 5 -> 1
            *_block(columns, columns, (1, 5)),
            *_block(columns, columns, (1, 5)),
        )
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Conv2d(columns, n_classes, 1)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Map float strips in [0, 1], shape (n, 1, 40, width), to logits (n, width / 4, n_classes).

        The width is a multiple of 4.
        """
        logits: torch.Tensor = self.classify(self.dropout(self.features(strips)))
        return logits.squeeze(2).transpose(1, 2)


def _block(
    inputs: int, outputs: int, kernel: tuple[int, int], padding: tuple[int, int] | None = None
) -> list[nn.Module]:
    padding = (kernel[0] // 2, kernel[1] // 2) if padding is None else padding
    return [
        nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]
