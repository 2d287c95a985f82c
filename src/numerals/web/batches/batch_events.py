"""Server-sent events: the progress of batches, for the pages that are open.

References
----------
WHATWG HTML Living Standard, section 9.2, "Server-sent events".
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool

from numerals.errors import StoreError
from numerals.store.batches import Batches
from numerals.web.error_responses import BusyError

MAX_STREAMS = 64
"""Maximum number of connections that receive events."""
INTERVAL = 1.0
"""Seconds between events of one batch."""
KEEP_ALIVE = 15.0
"""Seconds after which a comment is sent, so that proxies keep the connection."""

Summarize = Callable[[Sequence[int] | None], list[dict[str, Any]]]


class BatchEvents:
    """Streams of events about changed batches.

    The table of batches is polled while there is a stream: changes by other processes that share
    the store are seen as well.

    Parameters
    ----------
    batches : Batches
    summarize : callable
        Returns some batches, or all, as JSON values.
    """

    def __init__(self, batches: Batches, summarize: Summarize) -> None:
        self._batches, self._summarize = batches, summarize
        self._n_streams = 0
        self._is_closed = False
        self._cache: dict[int, tuple[int, dict[str, Any]]] = {}
        self._cached_at = float("-inf")
        self._lock = asyncio.Lock()

    def close(self) -> None:
        """End all streams within `INTERVAL` seconds. Any thread may call this."""
        self._is_closed = True

    async def stream(self, batch_id: int | None = None) -> AsyncIterator[bytes]:
        """Return the events, first all batches, then those that changed.

        Parameters
        ----------
        batch_id : int, optional
            Only this batch.

        Raises
        ------
        BusyError
            If there are `MAX_STREAMS` already.
        """
        if self._n_streams >= MAX_STREAMS:
            raise BusyError(f"{MAX_STREAMS} pages receive events already; close some of them")
        first = await self._current(batch_id)
        return self._events(first, batch_id)

    async def _events(
        self, current: dict[int, dict[str, Any]], batch_id: int | None
    ) -> AsyncIterator[bytes]:
        self._n_streams += 1
        try:
            yield _event("batches", {"batches": list(current.values())})
            loop = asyncio.get_running_loop()
            sent_at = loop.time()
            while not self._is_closed:
                await asyncio.sleep(INTERVAL)
                try:
                    latest = await self._current(batch_id)
                except StoreError:  # locked for a moment; the next poll may succeed
                    latest = current
                events = list(_differences(current, latest))
                current = latest
                if not events and loop.time() - sent_at >= KEEP_ALIVE:
                    events = [b": alive\n\n"]
                if events:
                    sent_at = loop.time()
                    yield b"".join(events)
        finally:
            self._n_streams -= 1

    async def _current(self, batch_id: int | None) -> dict[int, dict[str, Any]]:
        """Return the batches by id, newest first; all streams share one poll per interval."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._cached_at >= INTERVAL / 2:
                self._cache = await run_in_threadpool(self._poll)
                self._cached_at = now
            cache = self._cache
        return {
            each: summary
            for each, (_, summary) in sorted(cache.items(), reverse=True)
            if batch_id in (None, each)
        }

    def _poll(self) -> dict[int, tuple[int, dict[str, Any]]]:
        versions = self._batches.versions()
        changed = [
            batch_id
            for batch_id, version in versions.items()
            if batch_id not in self._cache or self._cache[batch_id][0] != version
        ]
        cache = {each: self._cache[each] for each in versions if each in self._cache}
        if changed:
            for summary in self._summarize(changed):
                batch_id = int(summary["id"])
                cache[batch_id] = (versions[batch_id], summary)
        return cache


def _differences(
    before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]]
) -> list[bytes]:
    changed = [
        _event("batch", summary) for each, summary in after.items() if before.get(each) != summary
    ]
    deleted = [_event("deleted", {"id": str(each)}) for each in before if each not in after]
    return changed + deleted


def _event(name: str, data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {text}\n\n".encode("utf-8", "replace")
