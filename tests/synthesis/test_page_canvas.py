"""Ink on a canvas: its position, its kind, and the labelled numbers."""

import cv2
import numpy as np
import pytest
from drawn_masks import PEN, blank_canvas, block_mask

from numerals.models.page_model import MAP_STRIDE
from numerals.synthesis.page_camera import photograph_canvas
from numerals.synthesis.page_canvas import CANVAS_SIDE, GROUND, MARK, NUMBER, PRINT, WRITING
from numerals.synthesis.page_cells import strike_out_number, write_number
from numerals.synthesis.page_targets import make_targets

BLACK = np.zeros(3, np.float32)
BLOCK = np.ones((40, 100), np.float32)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_place_blends_ink_and_adds_a_number():
    canvas = blank_canvas()
    box = canvas.place(BLOCK, (200, 300), BLACK, NUMBER, is_number=True)
    assert box == (150, 280, 250, 320)
    np.testing.assert_array_equal(canvas.kinds == NUMBER, canvas.image[..., 0] < 0.5)
    assert canvas.kinds[280:320, 150:250].all() and np.count_nonzero(canvas.kinds) == 4000
    [number] = canvas.numbers
    np.testing.assert_array_equal(number.quad[[0, 2]], [(150, 280), (250, 320)])
    assert not number.is_printed


def test_words_are_not_numbers_and_print_is_marked():
    canvas = blank_canvas()
    canvas.place(BLOCK, (200, 100), BLACK, WRITING)
    canvas.place(BLOCK, (200, 300), BLACK, PRINT, is_number=True)
    [number] = canvas.numbers
    assert number.is_printed and number.quad[0, 1] == 280


def test_ink_beyond_the_canvas_is_cropped():
    canvas = blank_canvas()
    for center in ((0, 0), (CANVAS_SIDE, CANVAS_SIDE), (-500, 300), (300, CANVAS_SIDE + 500)):
        canvas.place(BLOCK, center, BLACK, NUMBER)
    assert canvas.kinds[:20, :50].all() and canvas.kinds[-20:, -50:].all()
    assert np.count_nonzero(canvas.kinds) == 2 * 20 * 50


def test_opacity_lightens_ink():
    canvas = blank_canvas()
    canvas.place(BLOCK, (200, 300), BLACK, NUMBER, opacity=0.4)
    assert canvas.image[300, 200] == pytest.approx(0.6)


def test_occupied_places_are_not_free():
    canvas = blank_canvas()
    assert canvas.is_free(100, 100, 200, 140)
    canvas.place(BLOCK, (150, 120), BLACK, NUMBER)
    assert not canvas.is_free(180, 110, 260, 130)
    assert canvas.is_free(300, 300, 400, 340)
    assert not canvas.is_free(-5, 300, 100, 340) and not canvas.is_free(600, 0, CANVAS_SIDE + 1, 40)


def test_a_stroke_changes_the_kind_of_ink_only_with_over_ink():
    points = np.array([[100, 300], [300, 300]], np.float32)
    for over_ink, expected in ((False, NUMBER), (True, MARK)):
        canvas = blank_canvas()
        canvas.place(BLOCK, (200, 300), BLACK, NUMBER)
        canvas.stroke(points, 4, BLACK, over_ink=over_ink)
        assert canvas.kinds[300, 200] == expected
        assert canvas.kinds[300, 120] == MARK and canvas.kinds[300, 90] == GROUND


def written(n_digits=3):
    canvas = blank_canvas()
    box = write_number(canvas, rng(), block_mask(n_digits), 200, 300, PEN)
    return canvas, box


def test_a_number_has_the_height_of_the_pen():
    canvas, box = written()
    assert box[3] - box[1] == pytest.approx(30, abs=1) and box[0] == pytest.approx(200, abs=1)
    assert (box[1] + box[3]) / 2 == pytest.approx(300, abs=1)
    assert len(canvas.numbers) == 1


def test_a_much_too_wide_number_is_not_written():
    canvas = blank_canvas()
    assert write_number(canvas, rng(), block_mask(4), 200, 300, PEN, max_width=30) is None
    assert not canvas.numbers and not canvas.kinds.any()


@pytest.mark.parametrize("seed", range(6))
def test_a_struck_out_number_is_removed(seed):
    canvas, _ = written()
    write_number(canvas, rng(), block_mask(2), 200, 100, PEN)
    kept, struck = (number.quad for number in canvas.numbers)
    box = tuple(int(v) for v in (*struck[0], *struck[2]))
    strike_out_number(canvas, rng(seed), box, PEN)
    assert [number.quad is kept for number in canvas.numbers] == [True]
    assert not (canvas.kinds[box[1] : box[3], box[0] : box[2]] == NUMBER).any()
    assert (canvas.kinds == NUMBER).any() and (canvas.kinds == MARK).any()


@pytest.fixture
def textures(tmp_path):
    desk = rng().integers(60, 120, (700, 700, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "desk.png"), desk)
    return [tmp_path / "desk.png"]


@pytest.mark.parametrize("seed", range(12))
def test_a_photographed_number_has_its_core_on_its_ink(textures, seed):
    canvas = blank_canvas()
    canvas.place(BLOCK, (300, 330), BLACK, NUMBER, is_number=True)
    sample = photograph_canvas(canvas, rng(seed), textures)
    core = make_targets(sample).core > 0
    rows, columns = np.nonzero(sample.kinds == NUMBER)
    assert core.any() == (rows.size > 0)
    if core.any():  # else the camera looks elsewhere
        hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))
        number = np.zeros(sample.kinds.shape, np.uint8)
        cv2.fillConvexPoly(number, hull, 1)
        number = number.reshape(*core.shape[:1], MAP_STRIDE, -1, MAP_STRIDE).mean(axis=(1, 3)) > 0
        assert number[core].all()
        middles = [np.mean(np.nonzero(mask), axis=1) for mask in (core, number)]
        np.testing.assert_allclose(*middles, atol=2)
