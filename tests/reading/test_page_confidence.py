"""The confidence of a number on a page is a probability that decreases with weaker evidence."""

from dataclasses import replace

import numpy as np
import pytest

from numerals.reading.page_confidence import PAGE_CONFIDENCE_WEIGHTS, PageEvidence, page_confidence

USUAL = PageEvidence(reading=0.9, score=0.9, purity=1.0, length=3)


def test_there_is_one_weight_per_feature():
    assert USUAL.features().shape == PAGE_CONFIDENCE_WEIGHTS.shape
    assert USUAL.features()[-1] == 1


@pytest.mark.parametrize("reading", [0.0, 1e-9, 0.5, 1.0])
@pytest.mark.parametrize("score", [0.0, 0.55, 1.0])
def test_confidence_is_a_probability(reading, score):
    for share, length in ((0.0, 0), (1.0, 40)):
        found = page_confidence(PageEvidence(reading, score, share, length))
        assert 0 <= found <= 1


def test_a_more_confident_reading_increases_the_confidence():
    found = [page_confidence(replace(USUAL, reading=p)) for p in (0.1, 0.5, 0.9, 0.99, 0.9999)]
    assert found == sorted(found) and found[-1] - found[0] > 0.2


@pytest.mark.parametrize(
    "weaker_evidence", [{"score": 0.56}, {"purity": 0.3}], ids=lambda d: next(iter(d))
)
def test_weaker_evidence_never_increases_the_confidence(weaker_evidence):
    for reading in (0.5, 0.9, 0.999):
        strong = replace(USUAL, reading=reading)
        assert page_confidence(replace(strong, **weaker_evidence)) <= page_confidence(strong)


def test_features_are_finite():
    assert np.isfinite(PageEvidence(0.0, 1.0, 0.0, 0).features()).all()
