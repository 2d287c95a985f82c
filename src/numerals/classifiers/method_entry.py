"""The type of an entry in the registry of classification methods."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Method:
    """A classification method of the registry.

    Attributes
    ----------
    make : callable
        Factory of an unfitted scikit-learn estimator with defaults for images of digits.
    summary : str
        Short description for ``--help``.
    grid : mapping of str to sequence
        Values for a grid search with cross-validation, by setting name as in ``--set``.
    has_epochs : bool
        Whether the fitted estimator has a `History`.
    """

    make: Callable[[], Any]
    summary: str
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    has_epochs: bool = False
