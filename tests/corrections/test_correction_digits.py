"""Images of corrected lines: the line image, and single digits with labels."""

from dataclasses import replace

import numpy as np
import pytest

from numerals.corrections.corrected_lines import load_corrections
from numerals.corrections.correction_digits import (
    DigitOrigin,
    extract_digits_with_origins,
    extract_line_image,
    has_reliable_boxes,
    load_digit,
)
from numerals.data import load_digits
from numerals.store.stored_readings import Selection, delete_readings


def test_the_line_image_shows_the_line(user_store, store_lines):
    store_lines(user_store, [("369", "369")])
    strip = extract_line_image(load_corrections()[0])
    assert strip.shape[0] == 40 and strip.max() > 150
    assert np.count_nonzero(strip.max(axis=0) > 100) > 20


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        ("1203", "1203", True),
        ("1203", "1283", True),
        ("12 03", "1203", True),
        ("1234", "2345", False),
        ("120", "1203", False),
        ("", "", False),
    ],
)
def test_boxes_are_used_if_few_characters_were_misread(
    user_store, store_lines, read, text, expected
):
    store_lines(user_store, [("1203", "1203")])
    (line,) = load_corrections()
    boxes = line.boxes[:1] * len(read.replace(" ", ""))
    assert has_reliable_boxes(replace(line, read=read, text=text, boxes=boxes)) == expected


def test_digits_have_the_labels_of_the_answers(user_store, store_lines):
    store_lines(user_store, [("1209", "1203"), ("20", "20"), ("369", "36"), ("8", "8")])
    splits = sorted({line.split for line in load_corrections()})
    found = [load_digits("corrections", split) for split in splits]
    labels = sorted(np.concatenate([digits.labels for digits in found]).tolist())
    assert labels == [0, 0, 1, 2, 2, 3, 8]  # none of 369, whose boxes are not used
    digits = found[-1]
    assert digits.images.shape[1:] == (28, 28) and digits.name == "corrections"
    assert digits.images.any(axis=(1, 2)).all()


def test_a_digit_is_found_again_until_its_reading_is_deleted(user_store, store_lines):
    store_lines(user_store, [("1209", "1203"), ("20", "20"), ("369", "36")])
    digits, origins = extract_digits_with_origins(load_corrections(), "latin")
    assert len(digits) == len(origins) == 6
    for image, origin in zip(digits.images, origins, strict=True):
        found = load_digit(user_store, "latin", origin)
        assert found is not None and (found == image).all()
    assert load_digit(user_store, "latin", DigitOrigin(origins[0].line_id, 99)) is None
    delete_readings(user_store, Selection(ids=[1]))
    assert load_digit(user_store, "latin", origins[0]) is None
    assert load_digit(user_store, "latin", origins[-1]) is not None
