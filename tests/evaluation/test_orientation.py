"""Transposed data sets are detected, upright ones are not."""

from dataclasses import replace

import numpy as np
import pytest

from numerals.data import CATALOGUE, load_digits
from numerals.evaluation.orientation import looks_transposed
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture(scope="module")
def drawn():
    """Return digits of handwriting fonts, four of each class."""
    glyphs, characters = load_font_glyphs()
    places = [characters.index(str(value)) for value in range(10)]
    images = np.concatenate([glyphs[font, places] for font in (5, 12, 20, 40)])
    return Digits(images, np.tile(np.arange(10), 4))


def transposed(digits, **changes):
    images = np.ascontiguousarray(digits.images.transpose(0, 2, 1))
    return replace(digits, images=images, **changes)


def test_transposed_digits_are_detected(drawn):
    assert looks_transposed(transposed(drawn))
    assert not looks_transposed(drawn)
    assert not looks_transposed(drawn, file_name="emnist-digits-train-images-idx3-ubyte.gz")


def test_few_or_other_digits_do_not_look_transposed(drawn):
    few = Digits(drawn.images[:8], drawn.labels[:8])
    assert not looks_transposed(transposed(few))
    assert not looks_transposed(transposed(drawn, script="kannada"))
    noise = np.random.default_rng(0).integers(0, 256, drawn.images.shape).astype(np.uint8)
    assert not looks_transposed(Digits(noise, drawn.labels))
    assert not looks_transposed(Digits(drawn.images[:0], drawn.labels[:0]))


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("emnist-letters-train-images-idx3-ubyte.gz", True),
        ("emnist-letters.mat", True),
        ("emnist-letters.npz", False),  # written by numerals, perhaps after --transpose
        ("letters-images-idx3-ubyte", False),
    ],
)
def test_without_labels_the_file_name_decides(drawn, file_name, expected):
    unlabelled = Digits(drawn.images, drawn.labels * 0 - 1)
    assert looks_transposed(unlabelled, file_name=file_name) == expected


@pytest.mark.data
def test_no_data_set_of_the_catalogue_looks_transposed(data_folder):
    for name in ("mnist", "kannada-mnist", "cmaterdb-devanagari"):
        digits = load_digits(name, "test")
        latin = Digits(digits.images, digits.labels, name=name)  # as if read by its path
        assert not looks_transposed(latin), CATALOGUE[name].title
