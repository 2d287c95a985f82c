"""The digit network: a small all-convolutional network."""

import torch
from torch import nn

MIN_SIDE = 16
"""Minimum height and width, pixels, of the images of `DigitNet`."""


class DigitNet(nn.Module):
    """Five convolutions and two poolings, then the maximum and the mean of each channel.

    Parameters
    ----------
    n_classes : int
        Number of logits.
    widths : tuple of int
        Channels before the first pooling, between the two, and after the second.
    dropout : float in [0, 1), default=0.1
        Probability of dropping a pooled feature in training.
    """

    def __init__(
        self, n_classes: int, widths: tuple[int, int, int] = (24, 48, 96), dropout: float = 0.1
    ) -> None:
        super().__init__()
        first, second, third = widths
        self.features = nn.Sequential(
            *_block(1, first, 5, 0, pool=True),  # 28 -> 24 -> 12
            *_block(first, second, 3, 1),
            *_block(second, second, 3, 1, pool=True),  # 12 -> 6
            *_block(second, third, 3, 1),
            *_block(third, third, 3, 0),  # 6 -> 4
        )
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(2 * third, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Map float images in [0, 1], shape (n, 1, height, width), to logits (n, n_classes)."""
        maps = self.features(images)
        pooled = torch.cat([maps.amax(dim=(2, 3)), maps.mean(dim=(2, 3))], dim=1)
        logits: torch.Tensor = self.classify(self.dropout(pooled))
        return logits


def _block(
    inputs: int, outputs: int, kernel: int, padding: int, *, pool: bool = False
) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        # Pooling before the activation gives the same result with a quarter of the operations.
        *([nn.MaxPool2d(2)] if pool else []),
        nn.ReLU(inplace=True),
    ]
