"""The convolutional network of a popular Kaggle tutorial on MNIST."""

import torch
from torch import nn


class TutorialNet(nn.Module):
    """Two pairs of convolutions, each with pooling and dropout, then a dense layer.

    The network has 887,530 parameters for ten classes of 28x28 images. Initial weights are those of
    Keras: Glorot uniform, biases zero.

    Parameters
    ----------
    n_classes : int
        Number of logits.
    image_shape : tuple of int, default=(28, 28)
        Height and width of the images, pixels; each at least 4.

    References
    ----------
    Yassine Ghouzam 2017, Introduction to CNN Keras - 0.997 (top 6%),
    https://www.kaggle.com/code/yassineghouzam/introduction-to-cnn-keras-0-997-top-6
    """

    def __init__(self, n_classes: int, image_shape: tuple[int, int] = (28, 28)) -> None:
        super().__init__()
        height, width = image_shape
        self.layers = nn.Sequential(
            *_pair(1, 32, 5),
            *_pair(32, 64, 3),
            nn.Flatten(),
            nn.Linear(64 * (height // 4) * (width // 4), 256),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(256, n_classes),
        )
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                assert layer.bias is not None
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Map float images in [0, 1], shape (n, 1, height, width), to logits (n, n_classes)."""
        logits: torch.Tensor = self.layers(images)
        return logits


def _pair(inputs: int, outputs: int, kernel: int) -> list[nn.Module]:
    """Return two convolutions that keep the image size, a pooling that halves it, and dropout."""
    return [
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2),
        nn.ReLU(),
        nn.Conv2d(outputs, outputs, kernel, padding=kernel // 2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
    ]
