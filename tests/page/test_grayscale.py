"""Grayscale conversion: luminance, or the best color direction where luminance hides the ink."""

import cv2
import numpy as np
import pytest
from page_maps import HEIGHT, WIDTH, blank_maps, draw_number, region

from numerals.page.grayscale import find_contrast_direction, to_number_grayscale

BOX = (210, 80, 290, 120)
REGION = region(250, 100, 80, 40)
RED, GREEN = (255, 64, 64), (77, 155, 77)  # luminance 122 and 123


def page(ink, paper, *, noise=2.0):
    """Return a page with a block of ink where the maps have a number."""
    rgb = np.empty((HEIGHT, WIDTH, 3), np.float32)
    rgb[:] = paper
    rgb[BOX[1] : BOX[3], BOX[0] : BOX[2]] = ink
    rgb += np.random.default_rng(0).normal(0, noise, rgb.shape)
    maps = blank_maps()
    draw_number(maps, BOX)
    return rgb.clip(0, 255).astype(np.uint8), maps


def contrast(gray):
    """Return how much darker the block is than the paper beside it."""
    ink = gray[BOX[1] + 4 : BOX[3] - 4, BOX[0] + 4 : BOX[2] - 4].mean()
    beside = gray[BOX[1] : BOX[3], BOX[0] - 20 : BOX[0] - 4].mean()
    return beside - ink


@pytest.mark.parametrize(
    ("ink", "paper"),
    [(RED, GREEN), (GREEN, RED), ((255, 250, 90), (250, 255, 250)), ((40, 40, 160), (75, 52, 40))],
    ids=["red on green", "green on red", "yellow on white", "blue on brown"],
)
def test_ink_with_the_luminance_of_its_paper_becomes_dark(ink, paper):
    rgb, maps = page(ink, paper)
    gray, luminance, _ = to_number_grayscale(rgb, maps, [REGION])
    assert contrast(gray) > max(20, 4 * abs(contrast(luminance)))


@pytest.mark.parametrize("ink", [(30, 30, 30), (30, 40, 150), (200, 40, 50), (170, 170, 170)])
def test_ordinary_ink_uses_luminance(ink):
    rgb, maps = page(ink, (240, 236, 220))
    gray, luminance, is_inverted = to_number_grayscale(rgb, maps, [REGION])
    assert gray is luminance and not is_inverted
    np.testing.assert_array_equal(gray, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))


def test_bright_ink_is_inverted():
    rgb, maps = page((240, 240, 240), (30, 60, 40))
    gray, luminance, is_inverted = to_number_grayscale(rgb, maps, [REGION])
    assert gray is luminance and is_inverted and contrast(gray) > 100


def test_only_the_area_of_the_hidden_number_changes():
    rgb, maps = page(RED, GREEN)
    other = (500, 280, 580, 320)
    rgb[other[1] : other[3], other[0] : other[2]] = 20
    draw_number(maps, other)
    gray, luminance, _ = to_number_grayscale(rgb, maps, [REGION, region(540, 300, 80, 40)])
    changed = np.argwhere(gray != luminance)
    assert changed[:, 0].max() < 160 and changed[:, 1].max() < 330
    assert gray[300, 540] == 20


def test_the_paper_keeps_its_level():
    rgb, maps = page(RED, GREEN)
    gray, luminance, _ = to_number_grayscale(rgb, maps, [REGION])
    assert abs(float(gray[100, 195:208].mean()) - float(luminance[100, 100:180].mean())) < 4


def test_color_noise_is_not_ink():
    rng = np.random.default_rng(1)
    paper = rng.normal((120, 120, 120), 20, (200, 3)).astype(np.float32)
    ink = rng.normal((124, 118, 121), 20, (60, 3)).astype(np.float32)
    assert find_contrast_direction(ink, paper) is None


def test_shadows_on_the_paper_are_ignored():
    """The paper varies in luminance, the ink differs in hue: the direction follows the hue."""
    rng = np.random.default_rng(1)
    paper = np.multiply.outer(rng.uniform(0.7, 1.2, 300), GREEN).astype(np.float32)
    ink = np.multiply.outer(rng.uniform(0.7, 1.2, 100), RED).astype(np.float32)
    weights = find_contrast_direction(ink, paper)
    values, inks = paper @ weights, ink @ weights
    assert inks.max() < values.min()


@pytest.mark.parametrize("where", [region(-300, 100), region(900, 100), region(400, 395, 60, 40)])
def test_regions_without_ink_are_unchanged(where):
    rgb, maps = page(RED, GREEN)
    gray, luminance, _ = to_number_grayscale(rgb, maps, [where])
    assert gray is luminance


def test_blank_paper_is_luminance():
    rgb, _ = page((240, 240, 240), (240, 240, 240))
    gray, luminance, is_inverted = to_number_grayscale(rgb, blank_maps(), [])
    assert gray is luminance and not is_inverted
