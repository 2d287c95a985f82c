"""The resolution of a picture does not change what is read, as far as its digits are legible."""

import cv2
import numpy as np
import pytest

from numerals.example_pictures import find_examples
from numerals.images import load_picture
from numerals.reading import Reader

MAX_SHIFT = 8.0
"""Maximum distance of a box from the same box at another scale, pixels of the unscaled picture."""


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture(scope="module")
def pixels():
    return load_picture(find_examples() / "three-lines.jpg", color=True).pixels


@pytest.fixture(scope="module")
def unscaled(reader, pixels):
    return reader.read(pixels)


@pytest.mark.parametrize("scale", [0.5, 2.0, 3.0])
def test_lines_and_boxes_are_the_same_at_any_scale(reader, pixels, unscaled, scale):
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    page = reader.read(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=method))
    assert [line.text for line in page.lines] == [line.text for line in unscaled.lines]
    boxes = [np.array([line.box for line in p.lines], float) for p in (page, unscaled)]
    np.testing.assert_allclose(boxes[0] / scale, boxes[1], atol=MAX_SHIFT)


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_boxes_stay_within_the_picture(reader, pixels, unscaled, scale):
    """A crop to the ink: its boxes touch the edges."""
    x_min, y_min, x_max, y_max = unscaled.lines[0].box
    crop = cv2.resize(pixels[y_min:y_max, x_min:x_max], None, fx=scale, fy=scale)
    page = reader.read(crop)
    assert page.lines
    for line in page.lines:
        for box in (line.box, *(digit.box for digit in line.digits)):
            assert min(box) >= 0 and box[2] <= crop.shape[1] and box[3] <= crop.shape[0]
