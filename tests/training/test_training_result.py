"""The result of a background training: examples in proportion, and the comparison as JSON."""

import json
from collections import Counter

import numpy as np
import pytest

from numerals.training.model_comparison import AnswerChange, ModelComparison, SetComparison
from numerals.training.training_result import (
    N_EXAMPLES,
    choose_examples,
    comparison_from_dict,
    comparison_to_dict,
)


def changes(n_better=0, n_worse=0, n_other=0, name="composed"):
    kinds = [(False, True)] * n_better + [(True, False)] * n_worse + [(False, False)] * n_other
    image = np.zeros((40, 60), np.uint8)
    return tuple(AnswerChange(name, image, "7", "1", "2", was, now) for was, now in kinds)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((3, 1, 2), (3, 1, 2)),
        ((60, 40, 500), (6, 4, 0)),
        ((500, 1, 0), (9, 1, 0)),  # at least one of each, in either direction
        ((1, 500, 0), (1, 9, 0)),
        ((0, 20, 5), (0, 10, 0)),
        ((4, 0, 50), (4, 0, 6)),
    ],
)
def test_examples_have_the_proportions_of_all_changes(counts, expected):
    chosen = choose_examples(changes(*counts))
    kinds = Counter((each.was_correct, each.is_correct) for each in chosen)
    assert len(chosen) <= N_EXAMPLES
    assert (kinds[False, True], kinds[True, False], kinds[False, False]) == expected


def test_reviewed_lines_come_first_and_spaces_alone_are_no_change():
    both_right = AnswerChange("corrections", np.zeros((4, 4), np.uint8), "1", "1", "1 ", True, True)
    mixed = (*changes(30), *changes(2, name="corrections"), both_right)
    chosen = choose_examples(mixed)
    assert [each.set_name for each in chosen[:3]] == ["corrections", "corrections", "composed"]
    assert both_right not in chosen


def test_comparison_survives_json():
    sets = (SetComparison("corrections", 20, 15, 11, 0.03), SetComparison("composed", 9, 1, 2, 1.0))
    comparison = ModelComparison(sets, changes(2, 6, 1))
    value = json.loads(json.dumps(comparison_to_dict(comparison)))
    assert (value["n_better"], value["n_worse"], value["n_other"]) == (2, 6, 1)
    assert value["is_worse"] and value["sets"][0]["is_worse"]
    assert value["examples"][0]["picture"].startswith("data:image/png")
    assert comparison_from_dict(value).sets == sets


def test_pictures_of_reviewed_lines_and_digits_are_not_kept():
    image = np.zeros((28, 28), np.uint8)
    kept = AnswerChange("corrections", image, "7", "1", "7", False, True, line_id=3, position=1)
    (example,) = comparison_to_dict(ModelComparison((), (kept,)))["examples"]
    assert (example["line_id"], example["position"], example["picture"]) == (3, 1, None)
