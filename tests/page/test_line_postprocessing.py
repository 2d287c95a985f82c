"""Lines with evenly spaced digits are joined; other lines are not."""

import numpy as np
import pytest
from page_maps import blank_maps, paint

from numerals.ink.connected_components import Component
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.page.line_postprocessing import join_spaced_lines

HEIGHT = 40


def line(lefts, *, y=100, height=HEIGHT, slope=0.0, printed=False, score=0.9, width=24):
    """Return a line of digits with these left edges."""
    components = []
    for x in lefts:
        top = round(y + slope * (x - lefts[0]) - height / 2)
        components.append(
            Component((x, top, x + width, top + height), np.full((height, width), 255, "u1"))
        )
    frame = LineFrame(lefts[0] - 10, lefts[-1] + width + 10, y, slope, height)
    return InkLine(tuple(components), height, frame, printed, score, score)


def n_lines(lines, maps=None):
    return [len(one.components) for one in join_spaced_lines(lines, maps or blank_maps())]


SPACED = [line([100, 180, 260]), line([340, 420, 500])]  # gaps of 56 pixels


def test_lines_with_even_gaps_are_joined():
    [joined] = join_spaced_lines(SPACED, blank_maps())
    assert [component.box[0] for component in joined.components] == [100, 180, 260, 340, 420, 500]
    assert (joined.frame.left, joined.frame.right) == (90, 534)
    assert joined.frame.center_y == 100 and joined.frame.slope == 0


def test_many_lines_are_joined():
    assert n_lines([*SPACED, line([580, 660]), line([740])]) == [9]


def test_a_joined_line_has_the_lowest_score():
    [joined] = join_spaced_lines([SPACED[0], line([340, 420, 500], score=0.6)], blank_maps())
    assert (joined.score, joined.purity) == (0.6, 0.6)


def test_a_sloping_number_keeps_its_slope():
    [joined] = join_spaced_lines(
        [line([100, 180, 260], slope=0.1), line([340, 420, 500], y=124, slope=0.1)], blank_maps()
    )
    assert joined.frame.slope == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(
    "right",
    [
        pytest.param(line([460, 540, 620]), id="a gap far wider"),
        pytest.param(line([340, 420, 500], y=130), id="lower"),
        pytest.param(line([340, 420, 500], height=80), id="far higher"),
        pytest.param(line([340, 420, 500], printed=True), id="print"),
    ],
)
def test_different_lines_are_not_joined(right):
    assert n_lines([SPACED[0], right]) == [3, 3]


def test_numbers_with_adjacent_digits_are_not_joined():
    assert n_lines([line([100, 130, 160]), line([240, 270, 300])]) == [3, 3]


def test_two_digits_do_not_define_a_spacing():
    assert n_lines([line([100, 180]), line([260, 340])]) == [2, 2]


def test_a_rule_between_columns_separates_numbers():
    maps = blank_maps()
    paint(maps.mark_ink, (308, 0, 316, 400))
    assert n_lines(SPACED, maps) == [3, 3]


def test_no_lines_give_no_lines():
    assert join_spaced_lines([], blank_maps()) == []
