"""Comparison of a new run with an audited one."""

import numpy as np
import pytest

from numerals.audit.drawing import plan_audit
from numerals.audit.drift import compare_runs
from numerals.audit.plan import Declaration
from numerals.errors import DataError
from numerals.output.number_rows import NumberRow


@pytest.fixture
def make_scans(make_run):
    """Return a function that makes a run whose files have confidences of their own."""

    def make_scans(name, mean=4.0, seed=0, n_files=40, spread=1.0, model="latin-line"):
        run = make_run(n=0, name=name)
        rng = np.random.default_rng(seed)
        for file, level in enumerate(rng.normal(mean, spread, n_files)):
            for line, odds in enumerate(rng.normal(level, 0.5, 20), start=1):
                confidence = float(1 / (1 + np.exp(-odds)))
                run.numbers.append(
                    NumberRow(
                        f"{name}-{file}.png", 1, line, text="7", confidence=confidence, model=model
                    )
                )
        return run

    return make_scans


def test_runs_of_one_source_differ_as_often_as_they_should(make_scans):
    p_values = [
        compare_runs(
            make_scans("new", seed=2 * i, n_files=15),
            make_scans("old", seed=2 * i + 1, n_files=15),
            n_permutations=99,
        ).p_value
        for i in range(50)
    ]
    # A test over numbers would report nearly all of them: numbers of a file are alike.
    assert sum(p < 0.05 for p in p_values) <= 6
    assert 0.3 < np.mean(p_values) < 0.7


def test_a_source_with_lower_confidences_is_noticed(make_scans):
    audited = make_scans("old", seed=1)
    plan_audit(audited, Declaration(0.05), min_confidence=0.95)
    report = compare_runs(make_scans("new", mean=2.5, seed=2), audited)
    assert report.has_drifted and report.p_value == 0.0005
    assert report.new.mean_confidence < report.audited.mean_confidence
    assert report.new.accepted_share < report.audited.accepted_share
    assert report.to_dict()["has_drifted"] is True


def test_equal_runs_have_no_distance(make_scans):
    report = compare_runs(make_scans("a", seed=3), make_scans("b", seed=3), n_permutations=99)
    assert (report.distance, report.p_value) == (0.0, 1.0)
    assert report.new.accepted_share is None


def test_runs_that_cannot_be_compared(make_scans):
    old = make_scans("old")
    with pytest.raises(DataError, match="too few for a test over files"):
        compare_runs(make_scans("new", n_files=1), make_scans("b", n_files=3))
    with pytest.raises(DataError, match="another model"):
        compare_runs(make_scans("new", model="mine"), old)
    with pytest.raises(DataError, match="has no numbers"):
        compare_runs(make_scans("new", n_files=0), old)
