"""Random distortions of the images that the convolutional networks are trained on."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from numerals.networks.augment import Warp, jitter, warp
from numerals.networks.digit_net import MIN_SIDE

Distortion = Callable[[torch.Tensor, float, torch.Generator], torch.Tensor]
"""Maps images (n, 1, height, width) in [0, 1], progress of the training in [0, 1], generator."""

_COARSE_SCALE = 5 / 7  # of the side: 28 pixels become 20


def tutorial_distortion(*, augment: bool) -> Distortion:
    """Return a function that rotates, zooms and shifts images, if `augment` is true."""

    def distort(images: torch.Tensor, progress: float, generator: torch.Generator) -> torch.Tensor:
        return jitter(images, generator) if augment else images

    return distort


def digit_distortion(augment: float, coarse: float) -> Distortion:
    """Return a function that distorts images with the strength `augment`.

    During the share `coarse` of the steps, from the first on, images are reduced by
    `_COARSE_SCALE`: the network learns strokes equally well from them in half the time.
    """

    def distort(images: torch.Tensor, progress: float, generator: torch.Generator) -> torch.Tensor:
        if augment:
            unit = images.shape[3] / 28  # the limits in pixels are meant for images of 28x28
            limits = Warp(shift=2.0 * unit, elastic=1.0 * unit).scaled(augment)
            images = warp(images, limits, generator)
        side = round(_COARSE_SCALE * min(images.shape[2:]))
        if progress < coarse and side >= MIN_SIDE:
            images = F.interpolate(
                images, scale_factor=_COARSE_SCALE, mode="bilinear", antialias=True
            )
        return images

    return distort
