"""Health check of the store with a short time limit."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from numerals.errors import StoreError
from numerals.store import Store

CHECK_TIMEOUT = 0.5
"""Seconds that a health check waits for the store."""
_RESULT_LIFETIME = 1.0  # seconds for which a result is reused


class StoreProbe:
    """Checks the store in its own thread; concurrent callers share one check.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="numerals-probe")
        self._lock = threading.Lock()
        self._check: Future[None] | None = None
        self._started_at = 0.0

    async def check(self) -> None:
        """Raise StoreError unless the store responds or responded within the last second."""
        check = asyncio.wrap_future(self._start_check())
        done, _ = await asyncio.wait((check,), timeout=CHECK_TIMEOUT)
        if not done:
            raise StoreError(
                f"the store has not responded for {monotonic() - self._started_at:.1f} seconds; "
                "check that its database runs and that no other process has locked it"
            )
        check.result()

    def _start_check(self) -> "Future[None]":
        with self._lock:
            check = self._check
            is_expired = monotonic() - self._started_at > _RESULT_LIFETIME
            if check is None or (check.done() and is_expired):
                check = self._check = self._pool.submit(self._store.check)
                self._started_at = monotonic()
            return check

    def close(self) -> None:
        """Stop the thread."""
        self._pool.shutdown(wait=False, cancel_futures=True)
