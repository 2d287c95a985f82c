"""A page whose digits are higher than the page network needs is reduced; others are not."""

import numpy as np
import pytest
from page_maps import HEIGHT, WIDTH, blank_maps, region

from numerals.page.multiscale_detection import TARGET_DIGIT_HEIGHT
from numerals.page.page_reduction import digit_height_reduction, reduce_page

PAGE = np.full((HEIGHT, WIDTH, 3), 230, np.uint8)
LARGE = region(400, 200, 320, 4 * TARGET_DIGIT_HEIGHT, angle=5)


def test_small_digits_are_not_enlarged():
    regions = [region(100, 100, 40, 20), region(300, 100, 40, TARGET_DIGIT_HEIGHT)]
    rgb, maps, same, matrix = reduce_page(PAGE, given := blank_maps(), regions)
    assert rgb is PAGE and maps is given and same == regions
    np.testing.assert_array_equal(matrix, np.eye(3))


def test_a_page_without_numbers_is_not_reduced():
    assert digit_height_reduction([]) == 1.0
    assert reduce_page(PAGE, blank_maps(), [])[0] is PAGE


def test_slightly_larger_digits_are_left_as_they_are():
    """Another resampling would blur them for nothing."""
    assert digit_height_reduction([region(100, 100, 60, 1.3 * TARGET_DIGIT_HEIGHT)]) == 1.0
    assert digit_height_reduction([region(100, 100, 60, 1.4 * TARGET_DIGIT_HEIGHT)]) < 0.75


def test_large_digits_become_as_high_as_the_network_sees_them():
    rgb, maps, [reduced], _ = reduce_page(PAGE, blank_maps(), [LARGE])
    assert rgb.shape == (HEIGHT // 4, WIDTH // 4, 3)
    assert reduced.height == pytest.approx(TARGET_DIGIT_HEIGHT)
    assert (reduced.angle, reduced.score) == (LARGE.angle, LARGE.score)
    assert maps.scale == pytest.approx(blank_maps().scale / 4)


def test_the_typical_height_decides():
    many = [region(x, 100, 60, TARGET_DIGIT_HEIGHT) for x in (50, 150, 250)]
    assert digit_height_reduction([*many, LARGE]) == 1.0


def test_the_matrix_maps_back_to_the_given_page():
    rgb, _, [reduced], matrix = reduce_page(PAGE[:-1, :-3], blank_maps(), [LARGE])
    corner = matrix @ (rgb.shape[1], rgb.shape[0], 1)
    np.testing.assert_allclose(corner, (WIDTH - 3, HEIGHT - 1, 1))
    center = matrix @ (reduced.center_x, reduced.center_y, 1)
    np.testing.assert_allclose(center, (LARGE.center_x, LARGE.center_y, 1))
