"""Data sets and what is computed from them: once, kept as long as there is room."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np

from numerals.data import CATALOGUE, is_on_disk, load_digits
from numerals.data.fetch import find_data_set
from numerals.data.labels import load_labels
from numerals.errors import MissingExtraError, UnknownNameError
from numerals.ink import to_mnist
from numerals.records import Digits

T = TypeVar("T")

_LARGE = 3  # data sets that are held in memory, and search indexes
_SMALL = 100  # counts and confusion matrices


class ComputeOnceCache:
    """Computes each thing once, however many threads ask for it, and keeps the last ones asked.

    Parameters
    ----------
    n_kept : int
    """

    def __init__(self, n_kept: int) -> None:
        self._n_kept = n_kept
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._busy: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what `compute` returned for this key; whoever asks meanwhile waits."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return cast(T, self._found[key])
            turn = self._busy.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._found:
                    return cast(T, self._found[key])
            value = compute()
            with self._lock:
                self._found[key] = value
                self._busy.pop(key, None)
                while len(self._found) > self._n_kept:
                    self._found.popitem(last=False)
            return value


@dataclass(frozen=True)
class LocalDataSet:
    """A data set's part that is on this machine."""

    name: str
    split: str
    script: str

    @property
    def api_name(self) -> str:
        """What the API calls it: ``mnist`` for what is trained on, ``mnist:test``."""
        is_first = self.split == next(iter(find_data_set(self.name).splits))
        return self.name if is_first else f"{self.name}:{self.split}"


class LocalDataSets:
    """The data sets of this machine, by the names that the API gives them."""

    def __init__(self) -> None:
        self._sets, self._indexes = ComputeOnceCache(_LARGE), ComputeOnceCache(_LARGE)
        self.computed = ComputeOnceCache(_SMALL)

    def names(self) -> list[LocalDataSet]:
        """Return what is on disk."""
        return [
            LocalDataSet(name, split, find_data_set(name).script)
            for name in candidate_names()
            for split in find_data_set(name).splits
            if is_on_disk(name, split)
        ]

    def find(self, api_name: str, *, prefer_test: bool = False) -> LocalDataSet:
        """Return which part a name means.

        Parameters
        ----------
        api_name : str
            ``"mnist"``, or ``"mnist:test"``.
        prefer_test : bool, default=False
            Whether a name without a part means its test part, if there is one.
        """
        known = self.names()
        name, _, split = api_name.partition(":")
        found = [each for each in known if each.name == name and split in ("", each.split)]
        if not found:
            raise UnknownNameError(
                "data set on this machine", api_name, [each.api_name for each in known]
            )
        if prefer_test and not split:
            return next((each for each in found if each.split == "test"), found[0])
        return found[0]

    def load(self, name: LocalDataSet) -> Digits:
        """Return a data set as it is."""
        return self._sets.get((name.name, name.split), lambda: load_digits(name.name, name.split))

    def load_28(self, name: LocalDataSet) -> Digits:
        """Return a data set with its digits as 28x28."""
        digits = self.load(name)
        if digits.images.shape[1:] == (28, 28):
            return digits
        key = (name.name, name.split, 28)
        return self._sets.get(
            key, lambda: replace(digits, images=np.stack([to_mnist(i) for i in digits.images]))
        )

    def index(self, name: LocalDataSet) -> Any:
        """Return an index that finds the nearest digits by cosine.

        Raises
        ------
        MissingExtraError
            If what it needs is not installed.
        """
        try:
            from numerals.search import ExactIndex
        except ModuleNotFoundError as error:
            raise MissingExtraError(f"searching ({error.name})", "lab") from error
        digits = self.load_28(name)
        return self._indexes.get(
            (name.name, name.split),
            lambda: ExactIndex(digits.images.reshape(len(digits), -1)),
        )

    def describe(self, name: LocalDataSet) -> "DigitCounts":
        """Return the classes of a data set, and how many digits there are of each."""

        def count() -> DigitCounts:
            labels = load_labels(name.name, name.split)  # pictures would take seconds
            classes = find_data_set(name.name).classes
            counts = np.bincount(labels[labels >= 0], minlength=len(classes)).tolist()
            return DigitCounts(len(labels), classes, counts)

        return self.computed.get(("counts", name.name, name.split), count)


@dataclass(frozen=True)
class DigitCounts:
    """How many digits a data set has, in all and of each class."""

    count: int
    classes: tuple[str, ...]
    counts: list[int]


def candidate_names() -> list[str]:
    """Return the names of data sets that may be on disk."""
    return list(CATALOGUE)
