import numpy as np

from numerals.ink.border_components import drop_cell_sides
from numerals.ink.connected_components import Component

SHAPE = (160, 280)


def component(x, y, width, height):
    return Component((x, y, x + width, y + height), np.full((height, width), 255, np.uint8))


def test_sides_of_a_cell_are_dropped_and_writing_is_kept():
    digits = [component(60, 40, 50, 70), component(120, 45, 40, 70)]
    left, right = component(3, 5, 5, 150), component(268, 8, 8, 150)
    assert drop_cell_sides([left, *digits, right], SHAPE) == digits


def test_a_side_that_is_connected_to_a_rule_is_dropped():
    mask = np.zeros((150, 80), np.uint8)
    mask[:, 70:76], mask[144:] = 255, 255
    digits = [component(20, 40, 50, 70), component(80, 45, 40, 70)]
    assert drop_cell_sides([*digits, Component((195, 5, 275, 155), mask)], SHAPE) == digits


def test_ones_and_other_tall_components_are_kept():
    for tall in (
        [component(5, 5, 12, 150), component(60, 8, 80, 148)],  # 10, as high as the picture
        [component(40, 5, 5, 150)],  # a single 1
        [
            component(60, 40, 50, 70),
            component(140, 5, 6, 150),
            component(200, 40, 50, 70),
        ],  # between digits
        [component(60, 40, 50, 70), component(268, 40, 8, 90)],  # not high enough
    ):
        assert drop_cell_sides(tall, SHAPE) == tall


def test_a_parenthesis_is_not_a_side():
    mask = np.zeros((150, 40), np.uint8)
    for y in range(150):
        x = round(34 * ((y - 75) / 75) ** 2)
        mask[y, x : x + 6] = 255
    components = [
        Component((3, 5, 43, 155), mask),
        component(90, 40, 50, 70),
        component(150, 45, 40, 70),
    ]
    assert drop_cell_sides(components, SHAPE) == components
