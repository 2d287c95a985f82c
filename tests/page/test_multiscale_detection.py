"""Later passes are limited to the part of a page with writing."""

import numpy as np
import pytest
from page_maps import HEIGHT, WIDTH, blank_maps, draw_number, paint

from numerals.models.page_model import MAP_STRIDE, PageModel
from numerals.page.multiscale_detection import DetectionPass, find_writing_window

BOX = (300, 100, 420, 140)


class Echo:
    """A session whose maps are the mean of each patch of the picture; it records the sizes."""

    def __init__(self):
        self.sizes = []

    def run_maps(self, image, shape):
        self.sizes.append(image.shape[:2])
        rows, columns = shape[1:]
        patches = image[..., 0].reshape(rows, MAP_STRIDE, columns, MAP_STRIDE).mean(axis=(1, 3))
        return np.broadcast_to(patches.astype(np.uint8), shape)


def test_a_page_with_little_writing_has_a_window():
    maps = blank_maps()
    draw_number(maps, BOX)
    left, top, right, bottom = find_writing_window(DetectionPass(maps, []))
    assert left * WIDTH < BOX[0] and right * WIDTH > BOX[2]
    assert top * HEIGHT < BOX[1] and bottom * HEIGHT > BOX[3]
    assert (right - left) * (bottom - top) < 0.1


@pytest.mark.parametrize("kind", ["other_ink", "print_ink"])
def test_the_window_contains_all_writing(kind):
    maps = blank_maps()
    draw_number(maps, BOX)
    paint(getattr(maps, kind), (40, 300, 80, 320))
    left, _, _, bottom = find_writing_window(DetectionPass(maps, []))
    assert left * WIDTH < 40 and bottom * HEIGHT > 320


def test_a_page_full_of_writing_has_no_window():
    maps = blank_maps()
    draw_number(maps, (10, 10, 60, 40))
    draw_number(maps, (740, 360, 790, 390))
    assert find_writing_window(DetectionPass(maps, [])) is None


def test_blank_paper_and_rules_have_no_window():
    maps = blank_maps()
    paint(maps.mark_ink, (100, 100, 200, 104))
    assert find_writing_window(DetectionPass(maps, [])) is None


@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_maps_of_a_window_match_those_of_the_whole_page(factor):
    session = Echo()
    rgb = np.random.default_rng(0).integers(0, 256, (400, 800, 3)).astype(np.uint8)
    model = PageModel({}, session)
    whole = model.predict_maps(rgb, factor).written
    component = model.predict_maps(rgb, factor, (0.25, 0.5, 0.5, 0.75)).written
    rows, columns = whole.shape
    inside = (slice(rows // 2, rows * 3 // 4), slice(columns // 4, columns // 2))
    np.testing.assert_array_equal(component[inside], whole[inside])
    assert np.count_nonzero(component) == np.count_nonzero(whole[inside])
    assert np.prod(session.sizes[1]) < np.prod(session.sizes[0])
