import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from numerals.networks.augment import jitter


def generator():
    return torch.Generator().manual_seed(0)


def test_no_limits_change_nothing():
    images = torch.rand(5, 1, 20, 30)
    still = jitter(images, generator(), rotation=0, zoom=0, shift=0)
    torch.testing.assert_close(still, images, atol=1e-5, rtol=0)


def test_the_seed_decides():
    images = torch.rand(5, 1, 20, 20)
    torch.testing.assert_close(jitter(images, generator()), jitter(images, generator()))
    assert not torch.equal(jitter(images, generator()), jitter(images, torch.Generator()))


@pytest.mark.parametrize("shape", [(40, 40), (40, 60)])
@pytest.mark.parametrize(
    "limits, moved", [({"shift": 0.1}, 0.1), ({"rotation": 0.0}, 0.0), ({"zoom": 0.1}, 0.0)]
)
def test_a_centre_moves_no_further_than_the_shift(shape, limits, moved):
    height, width = shape
    images = torch.zeros(50, 1, height, width)
    images[:, :, height // 2 - 2 : height // 2 + 2, width // 2 - 2 : width // 2 + 2] = 1
    result = jitter(images, generator(), **({"rotation": 0, "zoom": 0, "shift": 0} | limits))
    mass = result.sum(dim=(1, 2, 3))
    rows = (result.sum(dim=(1, 3)) * (torch.arange(height) + 0.5)).sum(1) / mass / height
    columns = (result.sum(dim=(1, 2)) * (torch.arange(width) + 0.5)).sum(1) / mass / width
    for centre in (rows, columns):
        assert (centre - 0.5).abs().max() <= moved + 1e-3
        assert (centre - 0.5).abs().max() >= 0.8 * moved


def test_it_turns_pixels_by_the_angle_not_coordinates():
    images = torch.zeros(200, 1, 41, 81)
    images[:, :, 20, 10:71] = 1  # a level rule, 30 to either side of the middle
    turned = jitter(images, generator(), rotation=20, zoom=0, shift=0)
    ends = (turned[:, 0, :, 60] * torch.arange(41)).sum(1) / turned[:, 0, :, 60].sum(1) - 20
    angles = torch.rad2deg(torch.atan2(ends.abs(), torch.tensor(20.0)))  # 20 right of the middle
    assert 18 < angles.max() < 20.5


def test_what_comes_in_repeats_the_edge():
    images = torch.ones(20, 1, 10, 10)
    torch.testing.assert_close(jitter(images, generator()), images)
