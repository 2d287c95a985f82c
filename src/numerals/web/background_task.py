"""One thread beside the requests, which can be told to end."""

import threading
from collections.abc import Callable


class TaskCancelledError(Exception):
    """The service ends, and nobody needs what is being worked on."""


class BackgroundTask:
    """Work that is done once, in a thread that the end of the service need not wait for.

    Whoever ends the process while `is_working` must not let Python tear itself down: a library that
    computes in the thread, such as onnxruntime, aborts the process then.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._ends = threading.Event()
        self._lock = threading.Lock()

    def start_once(self, work: Callable[[Callable[[], None]], None], name: str) -> None:
        """Begin some work, unless it was begun before; it calls what it is given between steps."""
        with self._lock:
            if self._thread is None and not self._ends.is_set():
                self._thread = threading.Thread(
                    target=self._run, args=(work,), name=name, daemon=True
                )
                self._thread.start()

    @property
    def is_working(self) -> bool:
        """Whether the thread still works."""
        return self._thread is not None and self._thread.is_alive()

    def close(self) -> None:
        """Let the work end at its next step."""
        self._ends.set()

    def _run(self, work: Callable[[Callable[[], None]], None]) -> None:
        try:
            work(self._check)
        except TaskCancelledError:
            pass

    def _check(self) -> None:
        if self._ends.is_set():
            raise TaskCancelledError
