import numpy as np

from numerals.displays.half_blocks import join_columns, to_half_blocks


def test_a_character_shows_two_pixels():
    image = np.array([[0, 255, 0, 255], [0, 0, 255, 255], [255, 0, 0, 0]], np.uint8)
    assert to_half_blocks(image) == [" ▀▄█", "▀   "]
    assert to_half_blocks(image, ascii_only=True) == [" '.#", "'   "]


def test_large_images_are_reduced():
    image = np.full((28, 28), 255, np.uint8)
    assert to_half_blocks(image, 14) == 7 * [14 * "█"]
    assert to_half_blocks(image[:, :10], 14) == 14 * [10 * "█"]


def test_pictures_wrap_at_the_line_width():
    text = join_columns([["##"], ["##"], ["##"]], ["a", "b", "long"], line_width=10)
    assert text.splitlines() == ["a     b", "##    ##", "", "long", "##"]
    assert join_columns([["####"]], ["a"], line_width=2) == "a\n####"
    assert join_columns([], [], line_width=10) == ""
