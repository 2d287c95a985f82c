"""What the registry keeps of a classifier."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Method:
    """A way to classify digits, by name.

    Attributes
    ----------
    make : callable
        Makes an unfitted scikit-learn estimator with defaults that suit pictures of digits.
    summary : str
        What it does, in a few words, for ``--help``.
    grid : mapping of str to sequence
        Values that cross-validation tries, by the names that ``--set`` takes.
    """

    make: Callable[[], Any]
    summary: str
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
