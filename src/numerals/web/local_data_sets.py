"""Data sets on this machine, and a cache of values computed from them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np

from numerals.data import CATALOGUE, is_on_disk, load_digits
from numerals.data.catalogue_labels import load_labels
from numerals.data.fetch import find_data_set
from numerals.errors import UnknownNameError
from numerals.extras import requires_extra
from numerals.ink.mnist_digits import MNIST_SHAPE, digits_to_mnist
from numerals.records import Digits

T = TypeVar("T")

_N_CACHED_SETS = 3  # data sets, and search indexes
_N_CACHED_RESULTS = 100  # class counts, confusion matrices, metadata


class ComputeOnceCache:
    """A cache of the most recently used values; concurrent requests compute a value only once.

    Parameters
    ----------
    max_items : int
    """

    def __init__(self, max_items: int) -> None:
        self._max_items = max_items
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._key_locks: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the value of a key; compute it if it is not cached."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return cast(T, self._values[key])
            key_lock = self._key_locks.setdefault(key, threading.Lock())
        with key_lock:
            with self._lock:
                if key in self._values:
                    return cast(T, self._values[key])
            value = compute()
            with self._lock:
                self._values[key] = value
                self._key_locks.pop(key, None)
                while len(self._values) > self._max_items:
                    self._values.popitem(last=False)
            return value


@dataclass(frozen=True)
class LocalDataSet:
    """One split of a data set that is on this machine."""

    name: str
    split: str
    script: str

    @property
    def api_name(self) -> str:
        """Name in the API: ``mnist`` for the first split, ``mnist:test`` for another."""
        is_first = self.split == next(iter(find_data_set(self.name).splits))
        return self.name if is_first else f"{self.name}:{self.split}"


@dataclass(frozen=True)
class DigitCounts:
    """Number of digits in a data set, in total and per class."""

    count: int
    classes: tuple[str, ...]
    counts: list[int]


def load_index_class() -> Any:
    """Return the class of search indexes.

    Raises
    ------
    MissingExtraError
        If the extra for searching is not installed.
    """
    with requires_extra("lab", "searching"):
        from numerals.search import ExactIndex
    return ExactIndex


class LocalDataSets:
    """Loads the data sets on this machine and caches them."""

    def __init__(self) -> None:
        self._sets = ComputeOnceCache(_N_CACHED_SETS)
        self._indexes = ComputeOnceCache(_N_CACHED_SETS)
        self.results = ComputeOnceCache(_N_CACHED_RESULTS)

    def available(self) -> list[LocalDataSet]:
        """Return the data sets on disk."""
        return [
            LocalDataSet(name, split, find_data_set(name).script)
            for name in CATALOGUE
            for split in find_data_set(name).splits
            if is_on_disk(name, split)
        ]

    def find(self, api_name: str, *, prefer_test: bool = False) -> LocalDataSet:
        """Return the data set of a name.

        Parameters
        ----------
        api_name : str
            ``"mnist"`` or ``"mnist:test"``.
        prefer_test : bool, default=False
            Whether a name without a split means the test split, if there is one.

        Raises
        ------
        UnknownNameError
            If no such data set is on this machine.
        """
        available = self.available()
        name, _, split = api_name.partition(":")
        matches = [each for each in available if each.name == name and split in ("", each.split)]
        if not matches:
            raise UnknownNameError(
                "data set on this machine", api_name, [each.api_name for each in available]
            )
        if prefer_test and not split:
            return next((each for each in matches if each.split == "test"), matches[0])
        return matches[0]

    def load(self, data_set: LocalDataSet) -> Digits:
        """Return a data set in its original image size."""
        name, split = data_set.name, data_set.split
        return self._sets.get((name, split), lambda: load_digits(name, split))

    def load_28(self, data_set: LocalDataSet) -> Digits:
        """Return a data set with images of 28x28 pixels."""
        digits = self.load(data_set)
        if digits.image_shape == MNIST_SHAPE:
            return digits
        key = (data_set.name, data_set.split, MNIST_SHAPE)
        return self._sets.get(key, lambda: digits_to_mnist(digits))

    def index(self, data_set: LocalDataSet) -> Any:
        """Return a search index for the nearest digits by cosine similarity.

        Raises
        ------
        MissingExtraError
            If the extra for searching is not installed.
        """
        index_class = load_index_class()
        digits = self.load_28(data_set)
        return self._indexes.get(
            (data_set.name, data_set.split),
            lambda: index_class(digits.X),
        )

    def count(self, data_set: LocalDataSet) -> DigitCounts:
        """Return the number of digits of each class."""

        def compute() -> DigitCounts:
            labels = load_labels(data_set.name, data_set.split)  # loading images takes seconds
            classes = find_data_set(data_set.name).classes
            counts = np.bincount(labels[labels >= 0], minlength=len(classes)).tolist()
            return DigitCounts(len(labels), classes, counts)

        return self.results.get(("counts", data_set.name, data_set.split), compute)
