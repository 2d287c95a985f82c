from dataclasses import replace

import numpy as np
import pytest

from numerals.errors import DataError
from numerals.lab import Prediction, predict_digits, submission, write_submission
from numerals.models import load_model
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture(scope="module")
def digits():
    glyphs, characters = load_font_glyphs()
    images = glyphs[40, [characters.index(c) for c in "7210414959"]]
    return Digits(images, np.full(10, -1), classes=(), name="test")


def test_predictions_are_numbered_from_one(digits):
    found = predict_digits(load_model("latin"), digits)
    assert [row.image_id for row in found] == list(range(1, 11))
    assert [row.label for row in found] == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert all(0 < row.confidence <= 1 for row in found)
    assert found[0].to_dict() == {
        "image_id": 1,
        "label": 7,
        "confidence": round(found[0].confidence, 4),
    }


def test_images_of_another_size_are_resized_to_28x28(digits):
    larger = replace(digits, images=digits.images.repeat(2, axis=1).repeat(2, axis=2))
    found = predict_digits(load_model("latin"), larger)
    assert [row.label for row in found] == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_digits_of_other_scripts_are_numbers_and_other_classes_are_names(digits):
    class Fixed:
        classes, script, image_shape, metadata = ("೩", "x", "९"), "mixed", (28, 28), {}

        def predict_proba(self, images):
            return np.eye(3, dtype=np.float32)[np.arange(len(images)) % 3]

    found = predict_digits(Fixed(), digits)
    assert [row.label for row in found][:3] == [3, "x", 9]


def test_an_empty_data_set_is_rejected(digits):
    with pytest.raises(DataError, match="test: holds no digits"):
        predict_digits(
            load_model("latin"), replace(digits, images=digits.images[:0], labels=digits.labels[:0])
        )


def test_submissions_have_the_format_of_kaggle(tmp_path):
    rows = [Prediction(1, 7, 0.99), Prediction(2, 0, 0.5)]
    write_submission(rows, tmp_path / "submission.csv")
    assert (tmp_path / "submission.csv").read_bytes() == b"ImageId,Label\n1,7\n2,0\n"
    assert submission(rows, confidence=True).splitlines()[1:] == ["1,7,0.9900", "2,0,0.5000"]
