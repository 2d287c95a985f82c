"""A sheet on something darker: found, cut out, and its digits where they are in the picture."""

import cv2
import numpy as np
import pytest

from numerals.ink import find_page_ink
from numerals.ink.page import LEVEL
from numerals.ink.sheet import cut_out_sheet, find_sheet

SHEET = (520, 360)
STRAIGHT = [(200, 150), (720, 150), (720, 510), (200, 510)]
LEANING = [(270, 90), (760, 230), (660, 580), (170, 440)]
ASKEW = [(250, 140), (700, 170), (790, 540), (160, 500)]
SMALL = [(400, 250), (640, 262), (632, 430), (390, 418)]
BEYOND = [(-60, 150), (460, 150), (460, 510), (-60, 510)]


@pytest.fixture
def sheet(draw):
    page = np.full(SHEET[::-1], 230, np.uint8)
    number = draw("31592", margin=10)
    number = np.minimum(cv2.resize(number, (360, 120), interpolation=cv2.INTER_AREA), 230)
    page[120:240, 80:440] = number
    return page


def on_desk(sheet, corners, ground=60, grain=4.0):
    """Lay a sheet on a desk of 900 x 650 pixels."""
    given = np.array([(0, 0), (SHEET[0], 0), SHEET, (0, SHEET[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(given, np.array(corners, np.float32))
    noise = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (650, 900)), (0, 0), 8)
    desk = (ground + grain * noise / noise.std()).clip(0, 255).astype(np.uint8)
    lies = cv2.warpPerspective(np.full(sheet.shape, 255, np.uint8), matrix, (900, 650)) > 128
    return np.where(lies, cv2.warpPerspective(sheet, matrix, (900, 650)), desk)


@pytest.mark.parametrize("corners", [STRAIGHT, LEANING, ASKEW, SMALL])
@pytest.mark.parametrize("ground, grain", [(60, 4), (60, 20), (15, 8), (140, 4)])
def test_its_corners_are_found(sheet, corners, ground, grain):
    found = find_sheet(on_desk(sheet, corners, ground, grain))
    assert found is not None
    np.testing.assert_allclose(found.corners, corners, atol=9)


def test_it_is_cut_out_and_maps_back(sheet):
    picture = on_desk(sheet, ASKEW)
    alone, back = cut_out_sheet(picture, find_sheet(picture), 2000)
    assert np.median(alone) > 200
    height, width = alone.shape
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], float)
    np.testing.assert_allclose(cv2.perspectiveTransform(corners, back)[0], ASKEW, atol=15)


def test_a_large_one_is_made_no_larger_than_asked_for(sheet):
    picture = on_desk(sheet, ASKEW)
    alone, back = cut_out_sheet(picture, find_sheet(picture), 300)
    assert max(alone.shape) == 300
    last = cv2.perspectiveTransform(np.array([[alone.shape[::-1]]], float), back)[0, 0]
    np.testing.assert_allclose(last, ASKEW[2], atol=15)


@pytest.mark.parametrize("corners", [STRAIGHT, LEANING, ASKEW])
def test_its_digits_are_found_and_nothing_of_the_desk(sheet, corners):
    ink = find_page_ink(on_desk(sheet, corners, grain=20), level=LEVEL)
    assert [len(line.parts) for line in ink.lines] == [5]
    first = ink.lines[0].parts[0].box
    at = cv2.perspectiveTransform(np.array([[first[:2]]], float), ink.back)[0, 0] * ink.scale
    given = np.array([(0, 0), (SHEET[0], 0), SHEET, (0, SHEET[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(given, np.array(corners, np.float32))
    expected = cv2.perspectiveTransform(np.array([[(95.0, 137.0)]]), matrix)[0, 0]
    np.testing.assert_allclose(at, expected, atol=25)


def test_a_bent_one_that_a_thumb_holds_is_cut_out_as_it_lies(sheet):
    y, x = np.mgrid[: SHEET[1] + 80, : SHEET[0]].astype(np.float32)
    bent = cv2.remap(
        cv2.copyMakeBorder(sheet, 40, 40, 0, 0, cv2.BORDER_CONSTANT, value=60),
        x,
        y + 40 * np.sin(np.pi * x / SHEET[0]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderValue=60,
    )
    picture = np.full((650, 900), 60, np.uint8)
    picture[100:540, 200:720] = bent
    cv2.ellipse(picture, (700, 520), (60, 120), -40, 0, 360, 130, -1, cv2.LINE_AA)
    found = find_sheet(picture)
    assert found is not None and found.corners is None
    alone, _ = cut_out_sheet(picture, found, 2000)
    assert alone.min() < 100 and alone[:5].min() > 200 and alone[-60:, -60:].min() > 200
    assert [len(line.parts) for line in find_page_ink(picture, level=LEVEL).lines] == [5]


def test_a_part_in_shadow_belongs_to_it(sheet):
    picture = on_desk(sheet, LEANING)
    light = np.ones(picture.shape)
    cv2.fillPoly(light, [np.array([(480, 0), (900, 0), (900, 650), (330, 650)])], 0.5)
    shadowed = (picture * light).astype(np.uint8)
    np.testing.assert_allclose(find_sheet(shadowed).corners, LEANING, atol=9)


def chalk(character):
    board = np.full((300, 300), 30, np.uint8)
    cv2.putText(board, character, (60, 260), cv2.FONT_HERSHEY_SIMPLEX, 9, 240, 50, cv2.LINE_AA)
    return board


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.full((400, 600), 200, np.uint8), id="blank"),
        pytest.param(np.zeros((40, 60), np.uint8), id="small"),
        pytest.param(np.zeros((1, 5000), np.uint8), id="narrow"),
        pytest.param(chalk("0"), id="chalk 0"),
        pytest.param(chalk("8"), id="chalk 8"),
        pytest.param(chalk("4"), id="chalk 4"),
    ],
)
def test_where_there_is_none_none_is_found(picture):
    assert find_sheet(picture) is None


def test_nothing_is_cut_out_where_more_may_be_beside_it(sheet):
    assert find_sheet(sheet) is None
    assert find_sheet(on_desk(sheet, BEYOND)) is None
    two = on_desk(sheet, STRAIGHT)
    two[540:640, 100:400] = 230
    assert find_sheet(two) is None
    assert find_sheet(on_desk(sheet, STRAIGHT, ground=190)) is None


def test_half_a_page_in_hard_shadow_is_no_desk(sheet):
    page = cv2.copyMakeBorder(sheet, 100, 100, 100, 100, cv2.BORDER_CONSTANT, value=230)
    page[:, 300:] = page[:, 300:] // 3
    assert find_sheet(page) is None


def test_a_bright_thing_with_nothing_on_it_is_no_sheet():
    board = np.full((300, 300), 30, np.uint8)
    cv2.rectangle(board, (120, 50), (180, 250), 240, -1)  # a thick one in chalk
    boxes, as_it_is = (
        [part.box for line in find_page_ink(board, level=level).lines for part in line.parts]
        for level in (LEVEL, None)
    )
    assert boxes == as_it_is != []
