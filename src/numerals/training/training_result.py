"""The result of a background training: figures of both models, and examples of what changed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numerals.picture_encoding import data_url
from numerals.training.model_comparison import AnswerChange, ModelComparison, SetComparison

N_EXAMPLES = 10
"""Examples of changed answers."""
CORRECTIONS = "corrections"
"""Name of the set of held-out reviewed lines."""


def comparison_to_dict(comparison: ModelComparison) -> dict[str, Any]:
    """Return a comparison, ready for JSON.

    Returns
    -------
    dict
        ``sets``, ``is_worse``, the numbers of answers that became right (``n_better``), became
        wrong (``n_worse``) and were wrong before and after (``n_other``), and ``examples``.
    """
    by_kind = _by_kind(comparison.changes)
    return {
        "sets": [
            {
                "name": each.name,
                "count": each.count,
                "before": each.old,
                "after": each.new,
                "p_value": each.p_value,
                "is_worse": each.is_worse,
            }
            for each in comparison.sets
        ],
        "is_worse": comparison.is_worse,
        **{f"n_{kind}": len(changes) for kind, changes in by_kind.items()},
        "examples": [_example_to_dict(each) for each in choose_examples(comparison.changes)],
    }


def comparison_from_dict(value: dict[str, Any]) -> ModelComparison:
    """Return the sets of a comparison from the result of `comparison_to_dict`."""
    return ModelComparison(
        tuple(
            SetComparison(
                each["name"], each["count"], each["before"], each["after"], each["p_value"]
            )
            for each in value["sets"]
        )
    )


def choose_examples(
    changes: Sequence[AnswerChange], n_examples: int = N_EXAMPLES
) -> list[AnswerChange]:
    """Return examples of changed answers, better ones first.

    Better and worse answers have the shares that they have among all changes, and at least one
    each, so that the examples do not flatter the new model. The reviewed lines come first, others
    are drawn at random. Answers that stayed wrong fill the rest.
    """
    by_kind = _by_kind(changes)
    n_better, n_worse = len(by_kind["better"]), len(by_kind["worse"])
    n_decided = min(n_examples, n_better + n_worse)
    share = round(n_decided * n_better / max(n_better + n_worse, 1))
    better = min(max(share, n_better > 0), n_decided - (n_worse > 0))
    chosen = [*by_kind["better"][:better], *by_kind["worse"][: n_decided - better]]
    return [*chosen, *by_kind["other"][: n_examples - len(chosen)]]


def _by_kind(changes: Sequence[AnswerChange]) -> dict[str, list[AnswerChange]]:
    """Return the changes by kind, reviewed lines first; spaces and signs alone do not count."""
    order = np.random.default_rng(0).permutation(len(changes)).tolist()
    drawn = sorted((changes[i] for i in order), key=lambda each: each.set_name != CORRECTIONS)
    by_kind: dict[str, list[AnswerChange]] = {"better": [], "worse": [], "other": []}
    for each in drawn:
        if not (each.was_correct and each.is_correct):
            by_kind[_kind(each)].append(each)
    return by_kind


def _kind(change: AnswerChange) -> str:
    if change.was_correct == change.is_correct:
        return "other"
    return "better" if change.is_correct else "worse"


def _example_to_dict(change: AnswerChange) -> dict[str, Any]:
    """Return an example; the picture of a reviewed line stays in the store, with its owner."""
    return {
        "set": change.set_name,
        "kind": _kind(change),
        "text": change.text,
        "before": change.before,
        "after": change.after,
        "line_id": change.line_id,
        "position": change.position,
        "picture": None if change.line_id is not None else data_url(255 - change.image),
    }
