"""The undo stack: an undo reverts the last active change."""

import pytest

from numerals.corrections.undo_stack import active_changes, resolve_changes
from numerals.store import Change

AFTER = {"confirm": "17", "skip": "17", "undo": ""}


def changes_of(*steps: str) -> list[Change]:
    """Return changes such as ``"correct 11"`` or ``"undo"``, numbered from 1."""
    changes = []
    for number, step in enumerate(steps, start=1):
        kind, _, text = step.partition(" ")
        after = text or AFTER[kind]
        changes.append(Change(number, 1, "2026-11-23", "ann", kind, "", after))
    return changes


@pytest.mark.parametrize(
    ("steps", "state", "text", "active"),
    [
        ([], "waiting", "17", []),
        (["correct 11"], "corrected", "11", [1]),
        (["correct 11", "skip"], "skipped", "17", [1, 2]),
        (["correct 11", "undo"], "waiting", "17", []),
        (["correct 11", "undo", "undo", "confirm"], "confirmed", "17", [4]),
        (["correct 11", "correct 12", "undo"], "corrected", "11", [1]),
        (["correct 11", "skip", "correct 11", "undo", "undo"], "corrected", "11", [1]),
    ],
)
def test_the_last_active_change_sets_state_and_text(steps, state, text, active):
    changes = changes_of(*steps)
    resolution = resolve_changes("17", changes)
    assert (resolution.state, resolution.text) == (state, text)
    assert [change.id for change in active_changes(changes)] == active
    assert resolution.change == (changes[active[-1] - 1] if active else None)
