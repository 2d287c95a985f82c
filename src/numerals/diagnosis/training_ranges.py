"""Ranges of properties in the training data of the shipped models."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

RANGES_PATH = Path(__file__).with_name("training_ranges.json")
"""The file that ``python tools/measure_training_data.py`` writes."""
PERCENTILES = [0, 0.5, 1, 2.5, 5, 25, 50, 75, 95, 97.5, 99, 99.5, 100]
"""Percentiles in the file."""
COUNTED = ("n_parts", "n_holes")
"""Properties whose values are counts; the file has the share of each value in each class."""

Kind = Literal["digits", "lines"]


@dataclass(frozen=True)
class PropertyRange:
    """The distribution of a property in training data.

    Attributes
    ----------
    values : tuple of float
        The `PERCENTILES` of the property.
    """

    values: tuple[float, ...]

    @property
    def typical(self) -> tuple[float, float]:
        """The 5th and the 95th percentile."""
        return self.values[PERCENTILES.index(5)], self.values[PERCENTILES.index(95)]

    @property
    def median(self) -> float:
        """The 50th percentile."""
        return self.values[PERCENTILES.index(50)]

    def share_below(self, value: float) -> float:
        """Return the percentage of the training data that is certainly below a value."""
        return PERCENTILES[bisect_left(self.values, value) - 1] if value > self.values[0] else 0.0

    def share_above(self, value: float) -> float:
        """Return the percentage of the training data that is certainly above a value."""
        i = bisect_right(self.values, value)
        return 100.0 - PERCENTILES[i] if i < len(self.values) else 0.0


@dataclass(frozen=True)
class TrainingRanges:
    """Ranges of the training digits or lines of one script.

    Attributes
    ----------
    data : str
        What was measured.
    count : int
        Number of digits or lines.
    properties : mapping of str to PropertyRange
    class_properties : mapping of str to mapping of str to PropertyRange
        The same for the digits of each class.
    class_counts : mapping of str to mapping of str to mapping of int to float
        For each class and each property in `COUNTED`, the share of each value, in [0, 1].
    similarity : PropertyRange, optional
        Cosine similarity of a training digit to the most similar other one.
    """

    data: str
    count: int
    properties: Mapping[str, PropertyRange]
    class_properties: Mapping[str, Mapping[str, PropertyRange]]
    class_counts: Mapping[str, Mapping[str, Mapping[int, float]]]
    similarity: PropertyRange | None = None


@cache
def load_ranges(script: str, kind: Kind) -> TrainingRanges | None:
    """Return the ranges of a script's training digits or lines.

    Parameters
    ----------
    script : str
    kind : {"digits", "lines"}

    Returns
    -------
    TrainingRanges or None
        None for a script whose training data was not measured, such as ``"persian"``.

    Examples
    --------
    >>> ranges = load_ranges("latin", "digits")
    >>> low, high = ranges.properties["stroke_width"].typical
    >>> 0.05 < low < high < 0.25
    True
    """
    content = json.loads(RANGES_PATH.read_text(encoding="utf-8"))
    part = content["scripts"].get(script, {}).get(kind)
    return None if part is None else _to_ranges(part)


def _to_ranges(part: Mapping[str, Any]) -> TrainingRanges:
    classes = part.get("classes", {})
    return TrainingRanges(
        part["data"],
        part["count"],
        _to_properties(part["all"]),
        {name: _to_properties(each) for name, each in classes.items()},
        {
            name: {
                counted: {int(value): share for value, share in each[counted].items()}
                for counted in COUNTED
            }
            for name, each in classes.items()
        },
        PropertyRange(tuple(part["similarity"])) if "similarity" in part else None,
    )


def _to_properties(values: Mapping[str, Sequence[float]]) -> dict[str, PropertyRange]:
    return {name: PropertyRange(tuple(row)) for name, row in values.items() if name not in COUNTED}
