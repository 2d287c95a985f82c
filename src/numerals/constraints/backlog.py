"""A queue of any length in bounded memory."""

import pickle
import tempfile
from collections import deque
from types import TracebackType
from typing import IO, Generic, TypeVar

T = TypeVar("T")


class Backlog(Generic[T]):
    """First in, first out; items beyond a number wait in a temporary file.

    Parameters
    ----------
    max_in_memory : int, default=10000
        Number of items.

    Examples
    --------
    >>> with Backlog(max_in_memory=2) as backlog:
    ...     for i in range(5):
    ...         backlog.append(i)
    ...     len(backlog), [backlog.popleft() for _ in range(5)]
    (5, [0, 1, 2, 3, 4])
    """

    def __init__(self, max_in_memory: int = 10_000) -> None:
        self._max_in_memory = max_in_memory
        self._items: deque[T] = deque()
        self._file: IO[bytes] | None = None
        self._n_in_file = 0
        self._read_position = 0

    def __enter__(self) -> "Backlog[T]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return len(self._items) + self._n_in_file

    def append(self, item: T) -> None:
        """Add an item, which must be picklable."""
        if not self._n_in_file and len(self._items) < self._max_in_memory:
            self._items.append(item)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()
        self._file.seek(0, 2)
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
        self._n_in_file += 1

    def first(self) -> T:
        """Return the item that was added first."""
        if not self._items:
            self._read_file()
        return self._items[0]

    def popleft(self) -> T:
        """Remove and return the item that was added first."""
        item = self.first()
        self._items.popleft()
        return item

    def _read_file(self) -> None:
        """Move items from the file to memory."""
        if self._file is None:
            raise IndexError("the backlog is empty")
        self._file.seek(self._read_position)
        n_items = min(self._n_in_file, self._max_in_memory)
        self._items.extend(pickle.load(self._file) for _ in range(n_items))  # our own file
        self._n_in_file -= n_items
        self._read_position = self._file.tell()
        if not self._n_in_file:
            self._file.seek(0)
            self._file.truncate()
            self._read_position = 0
