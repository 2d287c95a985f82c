"""Whether the store answers, told at once."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from numerals.errors import StoreError
from numerals.store import Store

CHECK_TIMEOUT = 0.5
"""Seconds that the health of the service waits for the store."""
_FRESH = 1.0  # seconds for which an answer holds


class StoreProbe:
    """Asks the store in a thread of its own, once at a time, whoever wants to know.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="numerals-probe")
        self._lock = threading.Lock()
        self._asked: Future[None] | None = None
        self._asked_at = 0.0

    async def check(self) -> None:
        """Raise StoreError unless the store answers, or did so within the last second."""
        asked = asyncio.wrap_future(self._ask())
        done, _ = await asyncio.wait((asked,), timeout=CHECK_TIMEOUT)
        if not done:
            raise StoreError(
                f"the store has not answered for {monotonic() - self._asked_at:.1f} seconds; check "
                "that its database runs and that no other process has locked it"
            )
        asked.result()

    def _ask(self) -> "Future[None]":
        with self._lock:
            asked = self._asked
            is_old = monotonic() - self._asked_at > _FRESH
            if asked is None or (asked.done() and is_old):
                asked = self._asked = self._pool.submit(self._store.check)
                self._asked_at = monotonic()
            return asked

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown(wait=False, cancel_futures=True)
