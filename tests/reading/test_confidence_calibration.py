import pytest

from numerals.reading.confidence_calibration import renormalize_alternatives


@pytest.mark.parametrize(("before", "after"), [(0.5, 0.3), (0.5, 0.02), (0.5, 0.9), (0.5, 0.5)])
def test_alternatives_neither_overtake_the_reading_nor_exceed_the_rest(before, after):
    others = dict(renormalize_alternatives({"1": 0.45, "2": 0.04}, before, after))
    assert max(others.values()) <= after
    assert sum(others.values()) <= 1 - after + 1e-9
    assert others["1"] / others["2"] == pytest.approx(0.45 / 0.04)
