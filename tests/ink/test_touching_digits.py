import numpy as np

from numerals.ink import Component, cut_touching_digits, merge_components


def touching_bars(n: int) -> Component:
    """Return vertical bars, 12 pixels wide and 60 high, joined by a thin bridge."""
    mask = np.zeros((60, 40 * n), np.uint8)
    for i in range(n):
        mask[:, 40 * i + 10 : 40 * i + 22] = 255
    mask[30:32, 10 : 40 * (n - 1) + 22] = 255
    return Component((100, 50, 100 + mask.shape[1], 110), mask)


def test_slices_hold_all_the_ink():
    component = touching_bars(3)
    whole = merge_components(cut_touching_digits(component, 60))
    x, y = whole.box[0] - component.box[0], whole.box[1] - component.box[1]
    window = component.mask[y : y + whole.height, x : x + whole.width]
    np.testing.assert_array_equal(whole.mask, window)
    assert np.count_nonzero(whole.mask) == np.count_nonzero(component.mask)


def test_bars_are_not_cut_lengthwise():
    for component_slice in cut_touching_digits(touching_bars(3), 60):
        heights = np.count_nonzero(component_slice.mask, axis=0)
        full_columns = int((heights == 60).sum())
        assert full_columns % 12 == 0


def test_a_narrow_component_is_not_cut():
    component = Component((0, 0, 12, 60), np.full((60, 12), 255, np.uint8))
    assert cut_touching_digits(component, 60) == [component]


def test_merged_components_keep_their_positions():
    first = Component((0, 0, 2, 2), np.full((2, 2), 255, np.uint8))
    second = Component((5, 3, 6, 6), np.full((3, 1), 255, np.uint8))
    both = merge_components([first, second])
    assert both.box == (0, 0, 6, 6)
    assert both.mask[0, 0] and both.mask[5, 5] and not both.mask[5, 0]
