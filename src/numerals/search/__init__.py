"""Exact and approximate nearest neighbors. Needs the ``lab`` extra."""

from numerals.search.approximate import ApproximateIndex, recall
from numerals.search.exact import METRICS, ExactIndex
from numerals.search.look_alikes import LookAlikes, find_look_alikes

__all__ = [
    "METRICS",
    "ApproximateIndex",
    "ExactIndex",
    "LookAlikes",
    "find_look_alikes",
    "recall",
]
