import cv2
import numpy as np
import pytest

from numerals.ink import digit_from_picture, find_field_ink
from numerals.ink.binarize import binarize
from numerals.ink.component_labels import LabeledComponents
from numerals.ink.illumination import close_with_disk, compute_darkness, is_ink_bright
from numerals.ink.ruled_lines import remove_rules


def n_components(gray):
    return [len(line.components) for line in find_field_ink(gray).lines]


def test_blank_paper_has_no_ink():
    rng = np.random.default_rng(0)
    paper = rng.normal(220, 3, (300, 400)).clip(0, 255).astype(np.uint8)
    assert find_field_ink(paper).lines == ()
    assert find_field_ink(np.full((50, 60), 128, np.uint8)).lines == ()


def test_each_digit_is_a_component(draw):
    assert n_components(draw("2718")) == [4]


def test_polarity_is_detected(draw):
    dark = draw("314")
    assert not is_ink_bright(dark)
    assert is_ink_bright(255 - dark)
    assert n_components(255 - dark) == [3]


@pytest.mark.parametrize("side", [24, 50, 64, 90, 140, 300])
def test_polarity_of_small_pictures_is_detected(draw, side):
    dark = draw("314", margin=20)
    scale = side / max(dark.shape)
    dark = cv2.resize(dark, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    gray = find_field_ink(dark).gray
    inverted = find_field_ink(255 - dark).gray
    np.testing.assert_allclose(inverted.astype(int), gray.astype(int), atol=1)  # rounding
    assert np.median(gray) > 128


def test_light_between_shadows_is_not_chalk():
    page = np.full((400, 1800), 240, np.uint8)
    cv2.putText(page, "7", (300, 240), cv2.FONT_HERSHEY_SIMPLEX, 2, 60, 4, cv2.LINE_AA)
    light = np.full(page.shape, 0.6)
    cv2.fillPoly(light, [np.array([(1100, 0), (1250, 0), (1350, 400), (1200, 400)])], 1)
    shadowed = (page * cv2.GaussianBlur(light, (0, 0), 5)).astype(np.uint8)
    assert not is_ink_bright(shadowed)
    assert is_ink_bright(255 - shadowed)


def test_a_shadow_is_not_ink(draw):
    picture = draw("69032", margin=80)
    shade = np.ones(picture.shape)
    shade[:, picture.shape[1] // 2 :] = 0.55
    shadowed = (picture * cv2.GaussianBlur(shade, (0, 0), 6)).astype(np.uint8)
    assert n_components(shadowed) == [5]


@pytest.mark.parametrize("slope", [0, 6, -10])
def test_rules_are_removed_and_strokes_are_kept(draw, slope):
    picture = draw("6831", margin=60)
    height, width = picture.shape
    for level in (30, height // 2 + 8, height - 30):
        cv2.line(picture, (0, level), (width, level + slope), 120, 2, cv2.LINE_AA)
    components = [
        component for line in find_field_ink(picture).lines for component in line.components
    ]
    assert max(component.width for component in components) < 90
    assert sum(component.height > 30 for component in components) == 4


def test_a_sloping_line_is_one_line(draw):
    number = draw("1234567890", margin=120)
    height, width = number.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 7, 1)
    turned = cv2.warpAffine(number, turn, (width, height), borderValue=245)
    assert n_components(turned) == [10]


def test_boxes_are_in_pixels_of_the_working_copy(draw):
    picture = draw("5", margin=200, height=100)
    ink = find_field_ink(picture)
    x_min, y_min, x_max, y_max = (v * ink.scale for v in ink.lines[0].components[0].box)
    rows, columns = np.nonzero(picture < 150)
    np.testing.assert_allclose(
        (x_min, y_min, x_max, y_max),
        (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1),
        atol=4,
    )


def test_blank_paper_has_zero_darkness():
    ramp = np.tile(np.linspace(120, 220, 400), (300, 1)).astype(np.uint8)
    assert np.percentile(compute_darkness(ramp), 99) < 9


@pytest.mark.parametrize("side", [7, 9, 25, 41])
def test_closing_with_a_disk_matches_opencv(side):
    gray = np.random.default_rng(side).integers(0, 256, (60, 90), dtype=np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    expected = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, disc)
    np.testing.assert_array_equal(close_with_disk(gray, side), expected)


def test_binarize_keeps_faint_ends_of_dark_strokes_only():
    darkness = np.zeros((60, 200), np.uint8)
    darkness[20:24, 20:60] = 120
    darkness[20:24, 60:80] = 75  # a faint end of a dark stroke
    darkness[20:24, 120:160] = 30  # a separate faint stroke
    mask = binarize(darkness)
    assert mask[22, 70] and mask[22, 30]
    assert not mask[22, 140]


def test_remove_rules_returns_a_mask_without_rules_unchanged(draw):
    ink = LabeledComponents(((draw("2345") < 128) * 255).astype(np.uint8))
    assert remove_rules(ink) is ink


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 2), (28, 28)])
@pytest.mark.parametrize("value", [0, 255])
def test_pictures_of_any_size_are_accepted(shape, value):
    assert find_field_ink(np.full(shape, value, np.uint8)).lines == ()
    assert not digit_from_picture(np.full(shape, value, np.uint8)).any()


def test_a_single_digit_is_centered(draw):
    image = digit_from_picture(draw("8", height=120))
    rows, columns = np.nonzero(image > 60)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
    assert abs(np.average(np.arange(28), weights=image.sum(axis=1)) - 13.8) < 0.8
