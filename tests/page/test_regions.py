"""Cores in maps become numbers: joined, separated, handwritten or printed."""

import cv2
import numpy as np
import pytest
from page_maps import HEIGHT, WIDTH, blank_maps, draw_number, paint, region

from numerals.page.region_detection import find_regions
from numerals.page.regions import overlap


def boxes(found):
    """Return the bounding boxes of regions, from left to right."""
    ends = [(*r.corners().min(axis=0), *r.corners().max(axis=0)) for r in found]
    return np.array(sorted(ends))


def test_blank_maps_have_no_regions():
    assert find_regions(blank_maps()) == []


@pytest.mark.parametrize("box", [(200, 100, 400, 160), (200, 100, 240, 200), (600, 40, 780, 120)])
def test_a_core_becomes_the_box_of_its_number(box):
    maps = blank_maps()
    draw_number(maps, box)
    [found] = find_regions(maps)
    np.testing.assert_allclose(boxes([found])[0], box, atol=12)
    assert not found.is_printed
    assert found.score == pytest.approx(0.9, abs=0.1)
    assert found.network_height == pytest.approx((box[3] - box[1]), rel=0.2)


def test_a_faint_core_is_ignored():
    maps = blank_maps()
    draw_number(maps, (200, 100, 400, 160), core=0.5)
    assert find_regions(maps) == []


@pytest.mark.parametrize("angle", [-12.0, 8.0])
def test_the_angle_of_a_long_number_is_measured(angle):
    maps = blank_maps()
    corners = cv2.boxPoints(((100.0, 50.0), (80.0, 8.0), angle)).astype(np.int32)
    cv2.fillPoly(maps.written, [corners], 0.95)
    [found] = find_regions(maps)
    assert found.angle == pytest.approx(angle, abs=2)
    assert (found.center_x, found.center_y) == pytest.approx((402, 202), abs=8)


def test_a_short_number_is_level():
    maps = blank_maps()
    corners = cv2.boxPoints(((100.0, 50.0), (16.0, 10.0), 20.0)).astype(np.int32)
    cv2.fillPoly(maps.written, [corners], 0.95)
    [found] = find_regions(maps)
    assert found.angle == 0


def test_a_steep_core_is_treated_as_level():
    maps = blank_maps()
    corners = cv2.boxPoints(((100.0, 50.0), (70.0, 8.0), 35.0)).astype(np.int32)
    cv2.fillPoly(maps.written, [corners], 0.95)
    assert all(found.angle == 0 for found in find_regions(maps))


def test_neighbors_on_one_line_are_joined():
    maps = blank_maps()
    draw_number(maps, (200, 100, 300, 160))
    draw_number(maps, (312, 100, 420, 160))
    found = find_regions(maps)
    np.testing.assert_allclose(boxes(found), [(200, 100, 420, 160)], atol=14)


def test_a_rule_separates_neighbors():
    maps = blank_maps()
    draw_number(maps, (200, 100, 300, 160))
    draw_number(maps, (312, 100, 420, 160))
    paint(maps.mark_ink, (304, 60, 308, 200))
    assert len(find_regions(maps)) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((400, 100, 500, 160), id="far"),
        pytest.param((312, 150, 420, 210), id="lower"),
    ],
)
def test_other_numbers_are_not_joined(other):
    maps = blank_maps()
    draw_number(maps, (200, 100, 300, 160))
    draw_number(maps, other)
    assert len(find_regions(maps)) == 2


@pytest.mark.parametrize(("link", "n_numbers"), [(0.4, 1), (0.05, 2), (0.0, 2)])
def test_distant_digits_are_joined_where_the_core_continues(link, n_numbers):
    maps = blank_maps()
    draw_number(maps, (200, 100, 240, 160))
    draw_number(maps, (330, 100, 370, 160))
    paint(maps.written, (228, 120, 342, 140), np.maximum(maps.written[30:35, 57:86], link))
    paint(maps.mark_ink, (280, 80, 288, 180))  # walls between them are ignored
    assert len(find_regions(maps)) == n_numbers


def test_a_number_extends_to_the_end_of_its_ink():
    maps = blank_maps()
    draw_number(maps, (200, 100, 300, 160))
    paint(maps.number_ink, (316, 110, 340, 160))  # a last digit without a core
    np.testing.assert_allclose(boxes(find_regions(maps)), [(200, 100, 340, 160)], atol=14)
    paint(maps.mark_ink, (304, 60, 312, 200))  # a rule: ink beyond it belongs to the next cell
    assert boxes(find_regions(maps))[0, 2] < 312


def test_small_digits_beside_a_tall_one_are_joined():
    maps = blank_maps()
    draw_number(maps, (200, 60, 280, 180))
    draw_number(maps, (300, 120, 400, 170))
    [found] = find_regions(maps)
    x_min, _, x_max, _ = boxes([found])[0]
    assert x_min < 208 and x_max > 392


def test_ink_is_followed_to_the_edge_of_the_picture():
    maps = blank_maps()
    draw_number(maps, (40, 100, 300, 160))
    paint(maps.number_ink, (0, 100, 40, 160))
    paint(maps.number_ink, (300, 100, WIDTH, 160))
    [found] = find_regions(maps)
    x_min, _, x_max, _ = boxes([found])[0]
    assert -10 < x_min < 8 and WIDTH - 8 < x_max < WIDTH + 10


def test_printed_and_handwritten_numbers_are_distinguished():
    maps = blank_maps()
    draw_number(maps, (100, 100, 200, 160), printed=True)
    draw_number(maps, (100, 260, 200, 320))
    by_y = sorted(find_regions(maps), key=lambda r: r.center_y)
    assert [r.is_printed for r in by_y] == [True, False]


def test_ambiguous_numbers_are_not_printed():
    maps = blank_maps()
    draw_number(maps, (100, 100, 200, 160), core=0.3)
    draw_number(maps, (100, 100, 200, 160), core=0.95, printed=True)
    [found] = find_regions(maps)
    assert not found.is_printed


def test_cores_at_the_edges_of_the_picture_are_found():
    maps = blank_maps()
    for box in ((0, 0, 100, 40), (WIDTH - 100, HEIGHT - 40, WIDTH, HEIGHT)):
        draw_number(maps, box)
    assert len(find_regions(maps)) == 2


def test_overlap_is_the_shared_area():
    one = region(100, 100, 80, 40)
    assert overlap(one, one) == pytest.approx(3200)
    assert overlap(one, region(140, 100, 80, 40)) == pytest.approx(1600)
    assert overlap(one, region(100, 140.5, 80, 40)) == 0
    assert overlap(one, region(100, 100, 80, 40, angle=90)) == pytest.approx(1600)
