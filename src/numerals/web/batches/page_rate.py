"""The speed at which batches are read."""

import threading
import time
from collections import deque

_RATE_SECONDS = 60.0  # seconds over which the speed is measured
_MIN_EVENTS = 3


class PageRate:
    """The pages that were read in the last minute, by batch. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[tuple[float, int, int]] = deque()

    def add(self, batch_id: int, n_pages: int) -> None:
        """Record that pages were read."""
        with self._lock:
            self._events.append((time.monotonic(), batch_id, n_pages))

    def speed(self, batch_id: int) -> float:
        """Return pages per second; 0 if it is not known."""
        now = time.monotonic()
        with self._lock:
            while self._events and self._events[0][0] < now - _RATE_SECONDS:
                self._events.popleft()
            own = [(at, n) for at, of, n in self._events if of == batch_id]
        if len(own) < _MIN_EVENTS:
            return 0.0
        # The first event ends the time before it.
        return sum(n for _, n in own[1:]) / max(0.1, now - own[0][0])
