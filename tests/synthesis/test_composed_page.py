import numpy as np
import pytest

from numerals.errors import DataError
from numerals.records import Digits
from numerals.synthesis.composed_page import PageStyle, compose_page
from numerals.synthesis.font_glyphs import load_font_glyphs

STYLE = PageStyle(width=700, height=300, digit_height=60)


@pytest.fixture(scope="module")
def fonts():
    """Each font's digits, as if a writer's."""
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(c) for c in "0123456789"]
    images = glyphs[:20, columns].reshape(-1, 28, 28)
    return Digits(images, np.tile(np.arange(10), 20), writers=np.repeat(np.arange(20), 10))


def test_a_seed_determines_the_page(fonts):
    first, again, other = (compose_page(fonts, ["123"], STYLE, random_state=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.image, again.image)
    assert first.boxes == again.boxes
    assert (first.image != other.image).any()


def test_shape_and_truth(fonts):
    page = compose_page(fonts, ["12 34", "5"], STYLE)
    assert page.image.shape == (300, 700, 3)
    assert page.image.dtype == np.uint8
    assert page.text == "12 34|5"
    assert [len(line) for line in page.boxes] == [4, 1]


def test_boxes_contain_the_ink(fonts):
    style = PageStyle(700, 300, 60, is_ruled=False, has_shadow=False, turn=4)
    page = compose_page(fonts, ["908", "17"], style, random_state=3)
    dark = page.image.min(axis=2) < 110
    for line in page.boxes:
        for x_min, y_min, x_max, y_max in line:
            assert dark[y_min:y_max, x_min:x_max].sum() > 60
            dark[y_min - 2 : y_max + 2, x_min - 2 : x_max + 2] = False
    assert not dark.any()


def test_all_digits_are_of_one_writer(fonts):
    marked = fonts.images.copy()
    marked[fonts.writers != 7] = 0
    only = Digits(marked, fonts.labels, writers=fonts.writers)
    page = compose_page(only, ["0123456789"], PageStyle(900, 300, 50), writer=7)
    assert len(page.boxes[0]) == 10


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        (["12a"], {}, "has no a"),
        (["12"], {"writer": 99}, "writer 99"),
        (["1234567890" * 3], {}, "wider than the page"),
        (["1"] * 9, {}, "higher than the page"),
    ],
)
def test_impossible_texts_raise(fonts, texts, options, message):
    with pytest.raises(DataError, match=message):
        compose_page(fonts, texts, STYLE, **options)


def test_without_a_complete_writer_it_raises(fonts):
    apart = Digits(fonts.images, fonts.labels, writers=np.arange(len(fonts)))
    with pytest.raises(DataError, match="no writer of digits wrote all of 12"):
        compose_page(apart, ["12"], STYLE)
