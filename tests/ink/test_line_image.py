import cv2
import numpy as np
import pytest

from numerals.ink import find_field_ink
from numerals.ink.line_frame import STRIP_DIGIT_HEIGHT, LineFrame
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.models.line_model import STRIP_HEIGHT


def picture(slope=0.0, height=60, paper=220, ink=40):
    """Draw five strokes as high as digits on a line with a slope."""
    gray = np.full((300, 700), paper, np.uint8)
    for i in range(5):
        x = round(100 + 1.2 * height * i)
        y = round(120 + slope * (x - 100))
        cv2.rectangle(gray, (x, y), (x + height // 3, y + height), ink, 6)
    return gray


def rows_of_ink(image):
    rows = np.flatnonzero((image > 100).any(axis=1))
    return rows[0], rows[-1] + 1


@pytest.mark.parametrize("slope", [0.0, 0.1, -0.15])
@pytest.mark.parametrize("height", [20, 60, 90])
def test_strips_are_level_and_of_fixed_height(slope, height):
    ink = find_field_ink(picture(slope, height))
    (line,) = ink.lines
    frame = fit_line_frame(line)
    assert frame.slope == pytest.approx(slope, abs=0.01)
    image = to_line_image(ink.gray, frame)
    top, bottom = rows_of_ink(image)
    assert image.shape[0] == STRIP_HEIGHT
    assert bottom - top == pytest.approx(STRIP_DIGIT_HEIGHT, abs=5)
    assert (top + bottom) / 2 == pytest.approx(STRIP_HEIGHT / 2, abs=2)


@pytest.mark.parametrize(("paper", "ink"), [(250, 5), (220, 170), (120, 60), (60, 20)])
def test_contrast_is_normalized(paper, ink):
    found = find_field_ink(picture(paper=paper, ink=ink))
    image = to_line_image(found.gray, fit_line_frame(found.lines[0]))
    strokes = image[image > 100]
    assert np.median(strokes) == pytest.approx(200, abs=25)
    assert np.median(image) < 20


def test_chalk_gives_the_same_strip_as_ink():
    dark = find_field_ink(picture())
    bright = find_field_ink(np.asarray(255 - picture(), np.uint8))
    np.testing.assert_array_equal(dark.gray, bright.gray)


def test_blank_paper_stays_blank():
    rng = np.random.default_rng(0)
    gray = rng.normal(200, 2, (80, 300)).clip(0, 255).astype(np.uint8)
    image = to_line_image(gray, LineFrame(20, 280, 40, 0.0, 40))
    assert image.mean() < 60


def test_broad_strokes_keep_their_gaps():
    gray = np.full((60, 200), 220, np.uint8)
    for x in range(20, 180, 14):
        cv2.line(gray, (x, 12), (x, 48), 40, 9, cv2.LINE_AA)
    image = to_line_image(gray, LineFrame(15, 185, 30, 0.0, 28))
    inside = image[16:24, 20:-20]
    assert (inside > 180).mean() > 0.4
    assert (inside < 100).mean() > 0.1


def test_the_affine_map_leads_to_the_ink():
    ink = find_field_ink(picture(0.1))
    frame = fit_line_frame(ink.lines[0])
    image = to_line_image(ink.gray, frame)
    for component in ink.lines[0].components:
        x, y = frame.to_line() @ [*component.center, 1]
        left, right = (
            frame.to_line() @ [edge, component.center[1], 1] for edge in component.box[::2]
        )
        assert y == pytest.approx(STRIP_HEIGHT / 2, abs=2)
        columns = image[:, round(left[0]) : round(right[0])]
        assert (columns > 100).any(), x


def test_very_long_lines_are_scaled_down():
    frame = LineFrame(0, 100_000, 10, 0.0, 10)
    assert to_line_image(np.full((20, 1000), 255, np.uint8), frame).shape[1] <= 4001


def test_a_field_frame_covers_the_whole_picture():
    ink = find_field_ink(picture())
    frame = fit_line_frame(ink.lines[0], ink.gray.shape[1])
    assert (frame.left, frame.right) == (0, 700)
