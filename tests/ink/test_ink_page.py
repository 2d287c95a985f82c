import cv2
import numpy as np
import pytest

from numerals.ink import digit_from_picture, find_page_ink
from numerals.ink.binarize import binarize
from numerals.ink.components import Pieces
from numerals.ink.illumination import close_with_disc, flatten, ink_is_bright
from numerals.ink.rules import remove_rules


def n_parts(gray):
    return [len(line.parts) for line in find_page_ink(gray).lines]


def test_blank_paper_has_no_ink():
    rng = np.random.default_rng(0)
    paper = rng.normal(220, 3, (300, 400)).clip(0, 255).astype(np.uint8)
    assert find_page_ink(paper).lines == ()
    assert find_page_ink(np.full((50, 60), 128, np.uint8)).lines == ()


def test_each_digit_is_a_part(draw):
    assert n_parts(draw("2718")) == [4]


def test_polarity_is_found(draw):
    dark = draw("314")
    assert not ink_is_bright(dark)
    assert ink_is_bright(255 - dark)
    assert n_parts(255 - dark) == [3]


@pytest.mark.parametrize("side", [24, 50, 64, 90, 140, 300])
def test_polarity_of_small_pictures_is_found(draw, side):
    dark = draw("314", margin=20)
    scale = side / max(dark.shape)
    dark = cv2.resize(dark, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    gray = find_page_ink(dark, field=True).gray
    inverted = find_page_ink(255 - dark, field=True).gray
    np.testing.assert_allclose(inverted.astype(int), gray.astype(int), atol=1)  # of rounding
    assert np.median(gray) > 128


def test_light_between_shadows_is_no_chalk():
    page = np.full((400, 1800), 240, np.uint8)
    cv2.putText(page, "7", (300, 240), cv2.FONT_HERSHEY_SIMPLEX, 2, 60, 4, cv2.LINE_AA)
    light = np.full(page.shape, 0.6)
    cv2.fillPoly(light, [np.array([(1100, 0), (1250, 0), (1350, 400), (1200, 400)])], 1)
    shadowed = (page * cv2.GaussianBlur(light, (0, 0), 5)).astype(np.uint8)
    assert not ink_is_bright(shadowed)
    assert ink_is_bright(255 - shadowed)


def test_a_shadow_is_no_ink(draw):
    picture = draw("69032", margin=80)
    shade = np.ones(picture.shape)
    shade[:, picture.shape[1] // 2 :] = 0.55
    shadowed = (picture * cv2.GaussianBlur(shade, (0, 0), 6)).astype(np.uint8)
    assert n_parts(shadowed) == [5]


@pytest.mark.parametrize("slope", [0, 6, -10])
def test_rules_are_removed_and_strokes_stay(draw, slope):
    picture = draw("6831", margin=60)
    height, width = picture.shape
    for level in (30, height // 2 + 8, height - 30):
        cv2.line(picture, (0, level), (width, level + slope), 120, 2, cv2.LINE_AA)
    parts = [part for line in find_page_ink(picture).lines for part in line.parts]
    assert max(part.width for part in parts) < 90
    assert sum(part.height > 30 for part in parts) == 4


def test_lines_come_top_to_bottom(draw):
    page = np.full((600, 700), 245, np.uint8)
    for top, text in ((20, "123"), (200, "45"), (400, "6789")):
        number = draw(text, margin=10)
        page[top : top + number.shape[0], 50 : 50 + number.shape[1]] = number
    assert n_parts(page) == [3, 2, 4]


def test_a_sloping_line_is_one_line(draw):
    number = draw("1234567890", margin=120)
    height, width = number.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 7, 1)
    turned = cv2.warpAffine(number, turn, (width, height), borderValue=245)
    assert n_parts(turned) == [10]


def test_boxes_are_in_pixels_of_the_working_copy(draw):
    picture = draw("5", margin=200, height=100)
    ink = find_page_ink(picture)
    x_min, y_min, x_max, y_max = (v * ink.scale for v in ink.lines[0].parts[0].box)
    rows, columns = np.nonzero(picture < 150)
    np.testing.assert_allclose(
        (x_min, y_min, x_max, y_max),
        (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1),
        atol=4,
    )


def test_flatten_leaves_bare_paper_at_zero():
    ramp = np.tile(np.linspace(120, 220, 400), (300, 1)).astype(np.uint8)
    assert np.percentile(flatten(ramp), 99) < 9


@pytest.mark.parametrize("side", [7, 9, 25, 41])
def test_a_disc_closes_as_opencv_has_it(side):
    gray = np.random.default_rng(side).integers(0, 256, (60, 90), dtype=np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    expected = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, disc)
    np.testing.assert_array_equal(close_with_disc(gray, side), expected)


def test_binarize_keeps_faint_ends_of_dark_strokes_only():
    darkness = np.zeros((60, 200), np.uint8)
    darkness[20:24, 20:60] = 120
    darkness[20:24, 60:80] = 75  # a faint end
    darkness[20:24, 120:160] = 30  # faint alone
    mask = binarize(darkness)
    assert mask[22, 70] and mask[22, 30]
    assert not mask[22, 140]


def test_remove_rules_leaves_a_mask_without_rules_alone(draw):
    ink = Pieces(((draw("2345") < 128) * 255).astype(np.uint8))
    assert remove_rules(ink) is ink


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 2), (28, 28)])
@pytest.mark.parametrize("value", [0, 255])
def test_any_size_is_searched(shape, value):
    assert find_page_ink(np.full(shape, value, np.uint8)).lines == ()
    assert not digit_from_picture(np.full(shape, value, np.uint8)).any()


def test_a_single_digit_is_centred(draw):
    image = digit_from_picture(draw("8", height=120))
    rows, columns = np.nonzero(image > 60)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
    assert abs(np.average(np.arange(28), weights=image.sum(axis=1)) - 13.8) < 0.8


@pytest.mark.parametrize("sides", ["left top right bottom", "left bottom"])
@pytest.mark.parametrize("thick", [3, 20])
def test_the_dark_edge_of_a_scan_is_dropped_and_the_page_within_stays(draw, sides, thick):
    page = np.full((500, 700), 235, np.uint8)
    number = draw("2718", height=90)
    page[150 : 150 + number.shape[0], 100 : 100 + number.shape[1]] = number
    for side in sides.split():
        edge = slice(None, thick) if side in ("left", "top") else slice(-thick, None)
        page[(edge, slice(None)) if side in ("top", "bottom") else (slice(None), edge)] = 40
    assert n_parts(page) == [4]


@pytest.fixture
def three_lines(draw):
    """Return a page of three numbers, of 4, 5 and 3 digits, and a mask to draw on it with a pen."""

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
def test_what_is_drawn_around_or_beside_numbers_is_not_read_with_them(three_lines, over):
    page = three_lines(over)
    assert n_parts(page) == [4, 5, 3]


def test_folds_that_cross_a_number_do_not_take_it_with_them(three_lines):
    def folded(page):
        cv2.line(page, (0, 320), (500, 320), 150, 4)
        cv2.line(page, (500, 330), (999, 330), 150, 4)
        cv2.line(page, (500, 0), (500, 699), 150, 4)

    found = n_parts(three_lines(folded))
    assert len(found) == 3 and found[1] >= 4


def test_a_circle_that_touches_a_digit_leaves_it(three_lines):
    page = three_lines(lambda p: cv2.ellipse(p, (510, 322), (300, 52), 0, 0, 360, *PEN))
    assert n_parts(page)[1] >= 5


def test_small_numbers_below_a_large_one_are_found(three_lines):
    page = np.full((1300, 1000), 235, np.uint8)
    page[600:] = three_lines(lambda page: None)
    cv2.putText(page, "7", (380, 480), cv2.FONT_HERSHEY_SIMPLEX, 16, 60, 30)
    assert n_parts(page) == [1, 4, 5, 3]


def test_small_numbers_beside_something_huge_are_found(three_lines):
    page = np.full((700, 1000), 235, np.uint8)
    small = three_lines(lambda page: None)
    page[200:445, 50:400] = cv2.resize(small, (350, 245), interpolation=cv2.INTER_AREA)
    zigzag = np.array([(720, 100), (940, 205), (720, 310), (940, 415), (720, 520)])
    cv2.polylines(page, [zigzag], False, 40, 24)  # a telephone's cord
    assert sorted(n_parts(page)) in ([3, 4, 5], [1, 3, 4, 5])


def test_squared_paper_that_leans_is_levelled(three_lines):
    def ruled(page):
        for at in range(20, 1000, 50):
            cv2.line(page, (at, 0), (at, 700), 150, 2)
            cv2.line(page, (0, at), (1000, at), 150, 2)

    matrix = cv2.getRotationMatrix2D((500, 350), 2, 1)
    page = cv2.warpAffine(three_lines(ruled), matrix, (1000, 700), borderMode=cv2.BORDER_REPLICATE)
    ink = find_page_ink(page, level=3.0)
    assert ink.turned == pytest.approx(-2, abs=0.5)
    assert [len(line.parts) for line in ink.lines] == [4, 5, 3]


def test_the_grain_of_a_desk_beside_a_sheet_is_no_writing(three_lines):
    rows = np.sin(np.linspace(0, 40, 1000))[:, None]
    desk = np.repeat((70 + 25 * rows).astype(np.uint8), 1400, axis=1)
    matrix = cv2.getRotationMatrix2D((500, 350), 6, 1)
    matrix[:, 2] += (200, 150)
    is_sheet = cv2.warpAffine(np.full((700, 1000), 255, np.uint8), matrix, (1400, 1000)) > 128
    page = cv2.warpAffine(three_lines(lambda page: None), matrix, (1400, 1000), borderValue=235)
    lines = find_page_ink(np.where(is_sheet, page, desk)).lines
    heights = [line.height for line in lines if len(line.parts) in (3, 4, 5)]
    assert len(heights) >= 3
    inner = [p.box for line in lines for p in line.parts if min(p.width, p.height) > 40]
    assert all(200 < x_min and x_max < 1200 for x_min, _, x_max, _ in inner)
