import numpy as np
import pytest

from numerals.reading.text_probability import text_probabilities


class FixedModel:
    """Returns the same probabilities for every strip: one character per two frames."""

    characters = ("1", "7", ".", " ")

    def __init__(self, *rows):
        blank = [0.0, 0.0, 0.0, 0.0, 1.0]
        proba = np.array([row for each in rows for row in (each, blank)])
        self.log_proba = np.log(proba + 1e-12).astype(np.float32)

    def log_probabilities(self, strips, network=0):
        return [self.log_proba for _ in strips]


@pytest.fixture
def model():
    # A one or a seven, a point, a seven.
    return FixedModel([0.8, 0.2, 0, 0, 0], [0, 0, 0.9, 0.1, 0], [0, 1.0, 0, 0, 0])


def probability(model, text, **options):
    (value,) = text_probabilities(model, [np.zeros((40, 24), np.uint8)], [text], **options)
    return value


def test_probabilities_sum_over_alignments_and_ignore_spaces(model):
    assert probability(model, "1.7") == pytest.approx(0.72, abs=1e-4)
    assert probability(model, "7.7") == pytest.approx(0.18, abs=1e-4)
    assert probability(model, "1 7") == pytest.approx(0.08, abs=1e-4)


def test_signs_count_as_blank_if_the_texts_lack_them(model):
    assert probability(model, "17", has_signs=False) == pytest.approx(0.8, abs=1e-4)
    assert probability(model, "17") < 0.1


def test_characters_that_the_model_lacks_have_no_probability(model):
    assert probability(model, "18") == 0
    assert probability(model, "1.7", has_signs=False) == 0
