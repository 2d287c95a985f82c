"""Pictures of one digit: from data sets, drawn with a brush, as masks, and blank."""

import cv2
import numpy as np
import pytest

import numerals
from numerals.data import load_digits
from numerals.ink import find_digit_component, is_single_digit_image
from numerals.ink.normalize import crop_to_ink
from numerals.models import load_model
from numerals.reading import is_no_digit
from numerals.synthesis.font_glyphs import load_font_glyphs

FONT = 40
STROKES = {  # corners of a brush's path, as shares of the side
    "0": [(0.5, 0.15), (0.3, 0.3), (0.28, 0.65), (0.5, 0.85), (0.7, 0.65), (0.7, 0.3), (0.5, 0.15)],
    "1": [(0.5, 0.15), (0.5, 0.85)],
    "2": [(0.3, 0.3), (0.4, 0.16), (0.6, 0.16), (0.7, 0.3), (0.3, 0.83), (0.72, 0.83)],
    "7": [(0.28, 0.18), (0.72, 0.18), (0.45, 0.85)],
}


@pytest.fixture(scope="module")
def readers():
    return {layout: numerals.Reader(layout=layout) for layout in ("page", "digit")}


def glyph(digit: str) -> np.ndarray:
    """Return a digit as in a data set: 28x28, ink bright."""
    glyphs, characters = load_font_glyphs()
    return glyphs[FONT, characters.index(digit)]


def tight(digit: str, side: int = 16) -> np.ndarray:
    """Return a digit whose strokes reach the border, as in USPS."""
    ink = crop_to_ink(glyph(digit))
    scale = side / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    left = (side - size[0]) // 2
    return np.pad(ink, ((0, side - size[1]), (left, side - size[0] - left)))


def drawn(digit: str, side: int, stroke: int) -> np.ndarray:
    """Return a digit drawn with a brush, dark on white."""
    canvas = np.full((side, side), 255, np.uint8)
    points = (np.array(STROKES[digit]) * side).round().astype(np.int32)
    cv2.polylines(canvas, [points], False, 0, stroke, cv2.LINE_AA)
    return canvas


def as_jpeg(image: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image)[1], cv2.IMREAD_GRAYSCALE)


PICTURES = {
    "bright": glyph,
    "dark": lambda digit: 255 - glyph(digit),
    "jpeg": lambda digit: as_jpeg(255 - glyph(digit)),
    "gray": lambda digit: (120 + glyph(digit) // 4).astype(np.uint8),
    "float": lambda digit: glyph(digit) / 255,
    "mask of 0 and 1": lambda digit: (glyph(digit) > 100).astype(np.uint8),
    "bool": lambda digit: glyph(digit) > 100,
    "tight": tight,
    "tight, dark": lambda digit: 255 - tight(digit),
    "tight, larger": lambda digit: tight(digit, 28),
}


@pytest.mark.parametrize("layout", ["page", "digit"])
@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_digits_of_data_sets_are_read(readers, make, layout):
    assert [readers[layout].read(make(digit)).text for digit in "0123456789"] == list("0123456789")


def test_a_digit_of_mnist_is_passed_to_the_model_unchanged(readers):
    model = load_model("latin")
    for digit in "2580":
        [row] = model.predict_proba(glyph(digit)[None])
        [line] = readers["digit"].read(glyph(digit)).lines
        assert line.confidence == pytest.approx(row.max(), abs=0.02)


@pytest.mark.parametrize("layout", ["page", "digit"])
@pytest.mark.parametrize(("side", "stroke"), [(600, 48), (280, 34), (28, 3), (600, 30)])
def test_digits_drawn_with_broad_brushes_are_read(readers, side, stroke, layout):
    pictures = [drawn(digit, side, stroke) for digit in STROKES]
    assert [readers[layout].read(picture).text for picture in pictures] == list(STROKES)
    assert [readers[layout].read(255 - picture).text for picture in pictures] == list(STROKES)


@pytest.mark.parametrize("value", [0, 1, 128, 255])
@pytest.mark.parametrize("side", [16, 28, 100])
def test_blank_pictures_have_no_digit(readers, value, side):
    blank = np.full((side, side), value, np.uint8)
    assert all(reader.read(blank).lines == () for reader in readers.values())
    assert find_digit_component(blank)[0] is None


def test_a_speck_in_an_empty_box_is_not_a_digit(readers):
    box = np.zeros((100, 99), np.uint8)
    box[52:56, 50:54] = box[48:52, 54:58] = 255
    assert readers["digit"].read(box).lines == ()


def test_no_digit_is_returned_where_it_is_far_more_probable():
    assert is_no_digit(np.array([0.05, 0.02], np.float32))
    assert not is_no_digit(np.array([0.3, 0.1], np.float32))
    assert is_no_digit(np.array([0.3, 0.1], np.float32), min_ratio=1)


def test_digits_side_by_side_are_not_a_single_digit(readers):
    two = np.hstack([glyph("1")[:, 6:22], glyph("7")[:, 6:22]])
    assert not is_single_digit_image(two)
    assert is_single_digit_image(glyph("7")) and is_single_digit_image(tight("5"))
    assert is_single_digit_image(np.kron(glyph("7"), np.ones((4, 4), np.uint8)))
    assert readers["page"].read(two).text == "17"


def test_the_digit_layout_has_two_names():
    for name in ("digit", "digits"):
        assert numerals.read(glyph("4"), layout=name).text == "4"
        assert numerals.Reader(layout=name).options.layout == "digit"
    with pytest.raises(ValueError, match="expected one of page, table, field, digit, digits"):
        numerals.Reader(layout="word")


@pytest.mark.data
def test_mnist_accuracy_equals_that_of_the_model(readers, data_folder):
    digits = load_digits("mnist", "test")
    images, labels = digits.images[6000:6300], digits.labels[6000:6300].astype(str)
    right = np.mean(load_model("latin").predict_proba(images).argmax(axis=1).astype(str) == labels)
    for reader in readers.values():
        read = np.array([reader.read(255 - image).text for image in images])
        assert np.mean(read == labels) >= right - 0.004  # one digit
