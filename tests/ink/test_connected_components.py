import numpy as np
import pytest

from numerals.ink.component_labels import LabeledComponents, label_components, mask_of
from numerals.ink.connected_components import (
    Component,
    find_components,
    typical_height,
    writing_height,
)


def dots(height, width):
    """Return a mask with as many components as its size allows."""
    mask = np.zeros((height, width), np.uint8)
    mask[::2, ::2] = 255
    return mask


# Below, at and above the number of components that fit into 16-bit labels, and strips.
@pytest.mark.parametrize(
    ("height", "width"),
    [(1, 9), (9, 1), (509, 511), (508, 516), (511, 511), (2, 131_066), (600, 601)],
)
def test_labels_match_opencv(height, width):
    mask = dots(height, width)
    count, labels = label_components(mask)
    components = LabeledComponents(mask)
    n_dots = np.count_nonzero(mask)
    assert count == len(components.stats) == len(components.centers) == n_dots + 1
    assert len(np.unique(labels[mask > 0])) == n_dots
    np.testing.assert_array_equal(components.labels, labels)


def test_mask_of_selected_components():
    mask = np.zeros((5, 9), np.uint8)
    mask[1:3, 1:4] = mask[4, 6:] = 255
    count, labels = label_components(mask)
    chosen = np.zeros(count, bool)
    chosen[labels[4, 6]] = True
    expected = np.zeros_like(mask)
    expected[4, 6:] = 255
    np.testing.assert_array_equal(mask_of(mask, labels, chosen), expected)
    np.testing.assert_array_equal(LabeledComponents(mask).mask_of(chosen), expected)


def test_components_are_labeled_once(monkeypatch):
    components = LabeledComponents(dots(20, 20))
    labels = components.labels
    monkeypatch.setattr("cv2.connectedComponentsWithStats", None)
    assert components.labels is labels
    assert len(components.stats) == 101


def test_writing_height_equals_the_typical_height_of_the_components():
    rng = np.random.default_rng(0)
    mask = np.zeros((200, 300), np.uint8)
    for x, y, width, height in rng.integers(1, 40, (60, 4)).tolist():
        mask[4 * y : 4 * y + height // 3, 7 * x : 7 * x + width // 3] = 255
    assert (
        writing_height(LabeledComponents(mask))
        == typical_height(find_components(LabeledComponents(mask)))
        > 0
    )
    assert writing_height(LabeledComponents(np.zeros((30, 40), np.uint8))) == 0


def test_a_shifted_component_keeps_its_ink():
    component = Component((2, 3, 12, 9), np.full((6, 10), 255, np.uint8))
    shifted = component.shifted(20, -1)
    assert shifted.box == (22, 2, 32, 8)
    assert shifted.mask is component.mask
