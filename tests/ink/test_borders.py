import numpy as np

from numerals.ink.borders import without_cell_sides
from numerals.ink.parts import Part

SHAPE = (160, 280)


def part(x, y, width, height):
    return Part((x, y, x + width, y + height), np.full((height, width), 255, np.uint8))


def test_the_sides_of_a_cell_go_and_what_is_written_stays():
    digits = [part(60, 40, 50, 70), part(120, 45, 40, 70)]
    left, right = part(3, 5, 5, 150), part(268, 8, 8, 150)
    assert without_cell_sides([left, *digits, right], SHAPE) == digits


def test_a_side_that_hangs_on_a_rule_goes_with_it():
    mask = np.zeros((150, 80), np.uint8)
    mask[:, 70:76], mask[144:] = 255, 255
    digits = [part(20, 40, 50, 70), part(80, 45, 40, 70)]
    assert without_cell_sides([*digits, Part((195, 5, 275, 155), mask)], SHAPE) == digits


def test_ones_and_other_tall_things_stay():
    for tall in (
        [part(5, 5, 12, 150), part(60, 8, 80, 148)],  # 10, as high as the picture
        [part(40, 5, 5, 150)],  # a lone one
        [part(60, 40, 50, 70), part(140, 5, 6, 150), part(200, 40, 50, 70)],  # between digits
        [part(60, 40, 50, 70), part(268, 40, 8, 90)],  # not so high
    ):
        assert without_cell_sides(tall, SHAPE) == tall


def test_a_parenthesis_is_no_side():
    mask = np.zeros((150, 40), np.uint8)
    for y in range(150):
        x = round(34 * ((y - 75) / 75) ** 2)
        mask[y, x : x + 6] = 255
    parts = [Part((3, 5, 43, 155), mask), part(90, 40, 50, 70), part(150, 45, 40, 70)]
    assert without_cell_sides(parts, SHAPE) == parts
