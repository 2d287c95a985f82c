"""Pages with marks, holes, folds, dark edges, squared paper or a desk around them."""

import cv2
import numpy as np
import pytest

from numerals.reading import Reader


@pytest.fixture(scope="module")
def reader():
    return Reader()


NUMBERS = ["2718", "31415", "602"]


def texts(reader, page):
    return [line.text for line in reader.read(page).lines]


@pytest.mark.parametrize("sides", ["left top right bottom", "left bottom"])
@pytest.mark.parametrize("thick", [3, 20])
def test_the_dark_edge_of_a_scan_is_ignored(reader, draw, sides, thick):
    page = np.full((500, 700), 235, np.uint8)
    number = draw("2718", height=90)
    page[150 : 150 + number.shape[0], 100 : 100 + number.shape[1]] = number
    for side in sides.split():
        edge = slice(None, thick) if side in ("left", "top") else slice(-thick, None)
        page[(edge, slice(None)) if side in ("top", "bottom") else (slice(None), edge)] = 40
    assert texts(reader, page) == ["2718"]


@pytest.fixture
def three_lines(draw):
    """Return a page of three numbers, of 4, 5 and 3 digits, and a mask for drawing on it."""

    def compose(over):
        page = np.full((700, 1000), 235, np.uint8)
        for number, y in (("2718", 80), ("31415", 280), ("602", 480)):
            drawn = draw(number, height=90, margin=0, gap=30)
            page[y : y + drawn.shape[0], 300 : 300 + drawn.shape[1]] = drawn
        over(page)
        return page

    return compose


PEN = (60, 5, cv2.LINE_AA)


@pytest.mark.parametrize(
    "over",
    [
        pytest.param(lambda p: cv2.ellipse(p, (510, 330), (300, 90), 2, 0, 360, *PEN), id="circle"),
        pytest.param(lambda p: cv2.rectangle(p, (220, 250), (850, 400), *PEN), id="box"),
        pytest.param(lambda p: cv2.rectangle(p, (120, 30), (900, 640), *PEN), id="frame"),
        pytest.param(lambda p: cv2.ellipse(p, (160, 330), (50, 280), 0, 90, 270, *PEN), id="brace"),
        pytest.param(lambda p: cv2.circle(p, (40, 300), 16, 60, -1, cv2.LINE_AA), id="hole"),
    ],
)
def test_marks_around_numbers_are_not_read(reader, three_lines, over):
    assert texts(reader, three_lines(over)) == NUMBERS


def test_small_numbers_below_a_large_one_are_found(reader, three_lines):
    page = np.full((1300, 1000), 235, np.uint8)
    page[600:] = three_lines(lambda page: None)
    cv2.putText(page, "7", (380, 480), cv2.FONT_HERSHEY_SIMPLEX, 16, 60, 30)
    assert texts(reader, page) == ["7", *NUMBERS]


def test_rotated_squared_paper_is_read(reader, three_lines):
    def ruled(page):
        for at in range(20, 1000, 50):
            cv2.line(page, (at, 0), (at, 700), 150, 2)
            cv2.line(page, (0, at), (1000, at), 150, 2)

    matrix = cv2.getRotationMatrix2D((500, 350), 2, 1)
    page = cv2.warpAffine(three_lines(ruled), matrix, (1000, 700), borderMode=cv2.BORDER_REPLICATE)
    assert texts(reader, page) == NUMBERS


def lay_on_desk(sheet, matrix, desk):
    """Return a sheet on a desk, transformed by a 3x3 matrix."""
    size = desk.shape[::-1]
    is_sheet = cv2.warpPerspective(np.full(sheet.shape, 255, np.uint8), matrix, size) > 128
    return np.where(is_sheet, cv2.warpPerspective(sheet, matrix, size, borderValue=235), desk)


def grained_desk(shape):
    rows = np.sin(np.linspace(0, 40, shape[0]))[:, None]
    return np.repeat((70 + 25 * rows).astype(np.uint8), shape[1], axis=1)


def test_the_grain_of_a_desk_is_not_writing(three_lines):
    matrix = np.vstack([cv2.getRotationMatrix2D((500, 350), 6, 1), (0, 0, 1)])
    matrix[:2, 2] += (200, 150)
    page = lay_on_desk(three_lines(lambda page: None), matrix, grained_desk((1000, 1400)))
    every = Reader(printed=True)  # neat digits may be classified as print
    assert texts(every, page) == NUMBERS


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param([(200, 150), (900, 150), (900, 640), (200, 640)], id="straight"),
        pytest.param([(300, 60), (960, 240), (830, 700), (170, 520)], id="leaning"),
        pytest.param([(250, 140), (900, 170), (990, 640), (160, 600)], id="askew"),
    ],
)
def test_boxes_are_in_pixels_of_the_photo(reader, three_lines, corners):
    given = np.array([(0, 0), (1000, 0), (1000, 700), (0, 700)], np.float32)
    matrix = cv2.getPerspectiveTransform(given, np.array(corners, np.float32))
    photo = lay_on_desk(three_lines(lambda page: None), matrix, grained_desk((800, 1150)))
    lines = reader.read(photo).lines
    found = [line for line in lines if line.text in NUMBERS]
    assert len(found) >= 2
    for line, y in ((line, (143, 343, 543)[NUMBERS.index(line.text)]) for line in found):
        x_min, y_min, x_max, y_max = line.box
        back = np.linalg.inv(matrix)
        center = np.array([[((x_min + x_max) / 2, (y_min + y_max) / 2)]], float)
        assert cv2.perspectiveTransform(center, back)[0, 0, 1] == pytest.approx(y, abs=25)
