"""Augmentation of digit images, a batch at a time.

`warp` varies the geometry, as handwriting does. `degrade` simulates photographs and the extraction
of ink from them. `jitter` shifts, rotates and zooms the whole frame, as Keras does.

All functions take and return float tensors in [0, 1] of shape (n, 1, height, width), on the device
of their generator.
"""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Warp:
    """Maximum deviations of `warp`, which draws them uniformly in both directions.

    Attributes
    ----------
    rotation : float, degrees
    scale : float
        Of the natural logarithm of the size.
    stretch : float
        Of the natural logarithm of the width relative to the height.
    shear : float
    shift : float, pixels
    elastic : float, pixels
        Standard deviation of the displacement on a grid of 5x5 points.
    """

    rotation: float = 13.0
    scale: float = 0.13
    stretch: float = 0.08
    shear: float = 0.2
    shift: float = 2.0
    elastic: float = 1.0

    def scaled(self, factor: float) -> "Warp":
        """Return all deviations multiplied by `factor`, a float in [0, 1]."""
        return Warp(**{name: factor * value for name, value in asdict(self).items()})


def warp(images: torch.Tensor, limits: Warp, generator: torch.Generator) -> torch.Tensor:
    """Rotate, scale, shear, shift and distort each image, with one bilinear resampling."""
    n, _, height, width = images.shape
    angle = _uniform(n, math.radians(limits.rotation), generator)
    zoom = torch.exp(_uniform(n, limits.scale, generator))
    stretch = torch.exp(_uniform(n, limits.stretch, generator))
    shear = _uniform(n, limits.shear, generator)
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    pixel = 2.0 / width  # grid_sample's coordinates range from -1 to 1
    shift = (_rand(generator, n, 2) * 2 - 1) * limits.shift * pixel
    row_x = torch.stack([cos * stretch, shear * cos - sin, shift[:, 0]], dim=1)
    row_y = torch.stack([sin / stretch, shear * sin + cos, shift[:, 1]], dim=1)
    matrix = torch.stack([row_x, row_y], dim=1)  # (n, 2, 3)
    grid = F.affine_grid(matrix, [n, 1, height, width], align_corners=False)
    coarse = torch.randn((n, 2, 5, 5), generator=generator, device=generator.device)
    coarse *= limits.elastic * pixel
    field = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=True)
    return F.grid_sample(images, grid + field.permute(0, 2, 3, 1), align_corners=False)


def jitter(
    images: torch.Tensor,
    generator: torch.Generator,
    *,
    rotation: float = 10.0,
    zoom: float = 0.1,
    shift: float = 0.1,
) -> torch.Tensor:
    """Rotate, zoom and shift each image, as Keras' ``ImageDataGenerator`` does.

    Parameters
    ----------
    images : torch.Tensor
    generator : torch.Generator
    rotation : float, degrees
        Maximum angle in both directions.
    zoom : float in [0, 1)
        Maximum relative change of the width, and independently of the height.
    shift : float in [0, 1)
        Maximum shift, as a share of the width or height. New pixels repeat the edge.
    """
    n, _, height, width = images.shape
    angle = _uniform(n, math.radians(rotation), generator)
    zoom_x, zoom_y = 1 + _uniform(n, zoom, generator), 1 + _uniform(n, zoom, generator)
    # grid_sample's coordinates range from -1 to 1, so each side has length 2.
    shift_x, shift_y = _uniform(n, 2 * shift, generator), _uniform(n, 2 * shift, generator)
    cos, sin, aspect = torch.cos(angle), torch.sin(angle), height / width
    row_x = torch.stack([cos * zoom_x, -sin * zoom_y * aspect, shift_x], dim=1)
    row_y = torch.stack([sin * zoom_x / aspect, cos * zoom_y, shift_y], dim=1)
    matrix = torch.stack([row_x, row_y], dim=1)  # (n, 2, 3)
    grid = F.affine_grid(matrix, [n, 1, height, width], align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def degrade(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Apply random defects of photographs to each image.

    These are thicker or thinner strokes, blur, parts of a neighboring digit, rules and erased
    rules, hard edges and low contrast.
    """
    images = _change_stroke_width(images, generator)
    images = _blur(images, generator)
    images = _add_neighbor(images, generator)
    images = _add_or_erase_rule(images, generator)
    gain = 1 + 2.5 * _strengths(images, 0.5, generator)  # hard edges, as after a threshold
    center = 0.5 + _uniform(len(images), 0.15, generator).view(-1, 1, 1, 1) * (gain > 1)
    images = ((images - center) * gain + 0.5).where(gain > 1, images).clamp(0, 1)
    contrast = 1 - 0.4 * _strengths(images, 0.2, generator)
    return images * contrast


def _rand(generator: torch.Generator, *shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=generator, device=generator.device)


def _uniform(n: int, limit: float, generator: torch.Generator) -> torch.Tensor:
    """Return `n` random numbers in [-limit, limit)."""
    return (_rand(generator, n) * 2 - 1) * limit


def _strengths(images: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
    """Return a strength in [0, 1) for each image, shape (n, 1, 1, 1); above 0 for about `share`."""
    random = _rand(generator, 2, len(images))
    return (random[0] * (random[1] < share)).view(-1, 1, 1, 1)


def _change_stroke_width(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    dilated = F.max_pool2d(images, 3, stride=1, padding=1)
    eroded = -F.max_pool2d(-images, 3, stride=1, padding=1)
    images = images + 0.9 * _strengths(images, 0.4, generator) * (dilated - images)
    return images + 0.6 * _strengths(images, 0.35, generator) * (eroded - images)


def _blur(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    kernel = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], device=images.device) / 16
    blurred = F.conv2d(images, (kernel[:, None] * kernel[None, :])[None, None], padding=2)
    return images + _strengths(images, 0.4, generator) * (blurred - images)


def _add_neighbor(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Add the edge of another digit of the batch at the left or right side of some images."""
    n, _, _, width = images.shape
    others = images[torch.randperm(n, generator=generator, device=images.device)]
    offset = torch.randint(16, 21, (n, 1), generator=generator, device=images.device)
    offset = offset * torch.where(_rand(generator, n, 1) < 0.5, -1, 1)
    source = torch.arange(width, device=images.device)[None, :] - offset  # (n, width)
    is_inside = (source >= 0) & (source < width)
    columns = source.clamp(0, width - 1)[:, None, None, :].expand(-1, 1, width, -1)
    shifted = others.gather(3, columns) * is_inside[:, None, None, :]
    return torch.maximum(images, shifted * (_strengths(images, 0.25, generator) > 0))


def _add_or_erase_rule(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Draw a rule through some images; erase a rule's pixels from others."""
    n, _, height, width = images.shape
    y = torch.arange(height, device=images.device).view(1, 1, -1, 1)
    x = torch.arange(width, device=images.device).view(1, 1, 1, -1)
    center_y = (_rand(generator, n) * (height - 4) + 2).view(-1, 1, 1, 1)
    slope = _uniform(n, 0.08, generator).view(-1, 1, 1, 1)
    half_width = (0.5 + _rand(generator, n) * 0.7).view(-1, 1, 1, 1)
    rule = (half_width + 0.5 - (y - center_y - slope * (x - width / 2)).abs()).clamp(0, 1)
    end_x = _rand(generator, n).view(-1, 1, 1, 1) * width
    extent = torch.where(_rand(generator, 1) < 0.5, x.ge(end_x), x.le(end_x))
    drawn = torch.maximum(images, rule * extent * (_strengths(images, 0.12, generator) > 0))
    return drawn * (1 - rule * 0.9 * (_strengths(images, 0.12, generator) > 0))
