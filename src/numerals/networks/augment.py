"""What happens to a digit between the pen and the classifier, done to a batch at a time.

`warp` is what handwriting varies in; `wear` is what photographs, and finding the ink in them, do
to a digit; `jitter` is what a well-known tutorial does. All take and return float tensors in
[0, 1] of shape (n, 1, height, width), on the device of their generator.
"""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Warp:
    """How far `warp` goes: each is the largest deviation, drawn uniformly."""

    rotation: float = 13.0  # degrees
    scale: float = 0.13
    stretch: float = 0.08  # of the width against the height
    shear: float = 0.2
    shift: float = 2.0  # pixels
    elastic: float = 1.0  # pixels, standard deviation of the displacement on a 5x5 grid

    def weakened(self, strength: float) -> "Warp":
        """Return limits that are `strength`, in [0, 1], times as far."""
        return Warp(**{name: strength * value for name, value in asdict(self).items()})


def _rand(generator: torch.Generator, *shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=generator, device=generator.device)


def _uniform(n: int, limit: float, generator: torch.Generator) -> torch.Tensor:
    return (_rand(generator, n) * 2 - 1) * limit


def warp(images: torch.Tensor, limits: Warp, generator: torch.Generator) -> torch.Tensor:
    """Turn, scale, shear, shift and bend each image, by one bilinear sampling."""
    n, _, height, width = images.shape
    angle = _uniform(n, math.radians(limits.rotation), generator)
    zoom = torch.exp(_uniform(n, limits.scale, generator))
    stretch = torch.exp(_uniform(n, limits.stretch, generator))
    shear = _uniform(n, limits.shear, generator)
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    pixels = 2.0 / width  # grid_sample's coordinates run from -1 to 1
    shift = (_rand(generator, n, 2) * 2 - 1) * limits.shift * pixels
    row_x = torch.stack([cos * stretch, shear * cos - sin, shift[:, 0]], dim=1)
    row_y = torch.stack([sin / stretch, shear * sin + cos, shift[:, 1]], dim=1)
    matrix = torch.stack([row_x, row_y], dim=1)  # (n, 2, 3)
    grid = F.affine_grid(matrix, [n, 1, height, width], align_corners=False)
    coarse = torch.randn((n, 2, 5, 5), generator=generator, device=generator.device)
    coarse *= limits.elastic * pixels
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
    """Turn, zoom and shift each image as Keras' ``ImageDataGenerator`` does.

    Parameters
    ----------
    images : torch.Tensor
    generator : torch.Generator
    rotation : float, degrees
        Largest angle, either way.
    zoom : float in [0, 1)
        Largest change of the width, and of the height by itself, as a share of it.
    shift : float in [0, 1)
        Largest shift, as a share of the width or height; what comes in repeats the edge.
    """
    n, _, height, width = images.shape
    angle = _uniform(n, math.radians(rotation), generator)
    zoom_x, zoom_y = 1 + _uniform(n, zoom, generator), 1 + _uniform(n, zoom, generator)
    # grid_sample's coordinates run from -1 to 1, so a side is 2 long.
    shift_x, shift_y = _uniform(n, 2 * shift, generator), _uniform(n, 2 * shift, generator)
    cos, sin, aspect = torch.cos(angle), torch.sin(angle), height / width
    row_x = torch.stack([cos * zoom_x, -sin * zoom_y * aspect, shift_x], dim=1)
    row_y = torch.stack([sin * zoom_x / aspect, cos * zoom_y, shift_y], dim=1)
    matrix = torch.stack([row_x, row_y], dim=1)  # (n, 2, 3)
    grid = F.affine_grid(matrix, [n, 1, height, width], align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def wear(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Thin or thicken strokes, blur, harden, add remnants and rules, rub out strips."""
    images = _stroke(images, generator)
    images = _blur(images, generator)
    images = _remnants(images, generator)
    images = _lines(images, generator)
    gain = 1 + 2.5 * _some(images, 0.5, generator)  # a thresholded glyph has hard edges
    lift = 0.5 + _uniform(len(images), 0.15, generator).view(-1, 1, 1, 1) * (gain > 1)
    images = ((images - lift) * gain + 0.5).where(gain > 1, images).clamp(0, 1)
    fade = 1 - 0.4 * _some(images, 0.2, generator)
    return images * fade


def _some(images: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
    """Return a strength in [0, 1] for each image, above zero for about `share` of them."""
    chance = _rand(generator, 2, len(images))
    return (chance[0] * (chance[1] < share)).view(-1, 1, 1, 1)


def _stroke(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    thick = F.max_pool2d(images, 3, stride=1, padding=1)
    thin = -F.max_pool2d(-images, 3, stride=1, padding=1)
    images = images + 0.9 * _some(images, 0.4, generator) * (thick - images)
    return images + 0.6 * _some(images, 0.35, generator) * (thin - images)


def _blur(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    kernel = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], device=images.device) / 16
    blurred = F.conv2d(images, (kernel[:, None] * kernel[None, :])[None, None], padding=2)
    return images + _some(images, 0.4, generator) * (blurred - images)


def _remnants(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Let the edge of another digit of the batch look in from the left or the right."""
    n, _, _, width = images.shape
    others = images[torch.randperm(n, generator=generator, device=images.device)]
    offset = torch.randint(16, 21, (n, 1), generator=generator, device=images.device)
    offset = offset * torch.where(_rand(generator, n, 1) < 0.5, -1, 1)
    source = torch.arange(width, device=images.device)[None, :] - offset  # (n, width)
    inside = (source >= 0) & (source < width)
    columns = source.clamp(0, width - 1)[:, None, None, :].expand(-1, 1, width, -1)
    moved = others.gather(3, columns) * inside[:, None, None, :]
    return torch.maximum(images, moved * (_some(images, 0.25, generator) > 0))


def _lines(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Draw a rule through some images, and rub a strip out of others, as removing a rule does."""
    n, _, height, width = images.shape
    y = torch.arange(height, device=images.device).view(1, 1, -1, 1)
    x = torch.arange(width, device=images.device).view(1, 1, 1, -1)
    level = (_rand(generator, n) * (height - 4) + 2).view(-1, 1, 1, 1)
    slope = _uniform(n, 0.08, generator).view(-1, 1, 1, 1)
    half = (0.5 + _rand(generator, n) * 0.7).view(-1, 1, 1, 1)
    strip = (half + 0.5 - (y - level - slope * (x - width / 2)).abs()).clamp(0, 1)
    start = _rand(generator, n).view(-1, 1, 1, 1) * width
    reach = torch.where(_rand(generator, 1) < 0.5, x.ge(start), x.le(start))
    drawn = torch.maximum(images, strip * reach * (_some(images, 0.12, generator) > 0))
    return drawn * (1 - strip * 0.9 * (_some(images, 0.12, generator) > 0))
