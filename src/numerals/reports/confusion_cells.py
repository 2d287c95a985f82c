"""The confusion matrix of a page: an HTML table, whose cells the page's script makes buttons."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numerals.scripts import to_ascii_digits

_MAX_CLASSES_WITH_COUNTS = 20  # with more classes the cells have no room for counts


@dataclass(frozen=True)
class ConfusionCells:
    """A confusion matrix with the names of its classes.

    Attributes
    ----------
    counts : sequence of sequence of int
        Rows are true classes, columns are predicted classes.
    classes : sequence of str
    caption : str
    """

    counts: Sequence[Sequence[int]]
    classes: Sequence[str]
    caption: str = ""


def render_confusion(matrix: ConfusionCells) -> dict[str, Any]:
    """Return the template variables of a confusion matrix."""
    names = [to_ascii_digits(name) for name in matrix.classes]
    is_dense = len(names) > _MAX_CLASSES_WITH_COUNTS
    errors = [count for i, row in enumerate(matrix.counts) for j, count in enumerate(row) if i != j]
    largest = max(errors, default=0) or 1
    rows = []
    for i, row in enumerate(matrix.counts):
        cells = [
            {
                "text": "" if is_dense or not count else str(count),
                "kind": "none" if not count else "correct" if i == j else "mistake",
                # The square root makes rare errors visible.
                "share": f"{math.sqrt(min(1, count / largest)):.3f}",
                "title": f"{names[i]} predicted as {names[j]}: {count:,}" if count else "",
            }
            for j, count in enumerate(row)
        ]
        rows.append((names[i], cells))
    return {"names": names, "rows": rows, "is_dense": is_dense, "caption": matrix.caption}
