"""Random rotation, zoom and shift of images, as in Keras."""

import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from numerals.networks.augment import jitter


def generator():
    return torch.Generator().manual_seed(0)


def test_limits_of_zero_give_the_identity():
    images = torch.rand(5, 1, 20, 30)
    result = jitter(images, generator(), rotation=0, zoom=0, shift=0)
    torch.testing.assert_close(result, images, atol=1e-5, rtol=0)


def test_the_result_depends_only_on_the_seed():
    images = torch.rand(5, 1, 20, 20)
    torch.testing.assert_close(jitter(images, generator()), jitter(images, generator()))
    assert not torch.equal(jitter(images, generator()), jitter(images, torch.Generator()))


@pytest.mark.parametrize("shape", [(40, 40), (40, 60)])
@pytest.mark.parametrize(
    "limits, max_shift", [({"shift": 0.1}, 0.1), ({"rotation": 0.0}, 0.0), ({"zoom": 0.1}, 0.0)]
)
def test_the_center_of_mass_moves_at_most_by_the_shift(shape, limits, max_shift):
    height, width = shape
    images = torch.zeros(50, 1, height, width)
    images[:, :, height // 2 - 2 : height // 2 + 2, width // 2 - 2 : width // 2 + 2] = 1
    result = jitter(images, generator(), **({"rotation": 0, "zoom": 0, "shift": 0} | limits))
    mass = result.sum(dim=(1, 2, 3))
    rows = (result.sum(dim=(1, 3)) * (torch.arange(height) + 0.5)).sum(1) / mass / height
    columns = (result.sum(dim=(1, 2)) * (torch.arange(width) + 0.5)).sum(1) / mass / width
    for center in (rows, columns):
        assert (center - 0.5).abs().max() <= max_shift + 1e-3
        assert (center - 0.5).abs().max() >= 0.8 * max_shift


def test_rotation_is_in_pixels_even_if_images_are_not_square():
    images = torch.zeros(200, 1, 41, 81)
    images[:, :, 20, 10:71] = 1  # a horizontal rule of 61 pixels about the center
    rotated = jitter(images, generator(), rotation=20, zoom=0, shift=0)
    ends = (rotated[:, 0, :, 60] * torch.arange(41)).sum(1) / rotated[:, 0, :, 60].sum(1) - 20
    angles = torch.rad2deg(
        torch.atan2(ends.abs(), torch.tensor(20.0))
    )  # 20 pixels right of the center
    assert 18 < angles.max() < 20.5


def test_new_pixels_repeat_the_edge():
    images = torch.ones(20, 1, 10, 10)
    torch.testing.assert_close(jitter(images, generator()), images)
