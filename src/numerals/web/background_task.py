"""A background thread that can be cancelled between the steps of its work."""

import threading
from collections.abc import Callable


class TaskCancelledError(Exception):
    """The service is shutting down, so the task stops."""


class BackgroundTask:
    """Work that runs at most once, in a daemon thread.

    Do not let the interpreter shut down while `is_working`: a library that computes in the thread,
    such as onnxruntime, would abort the process.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._is_cancelled = threading.Event()
        self._lock = threading.Lock()

    def start_once(self, work: Callable[[Callable[[], None]], None], name: str) -> None:
        """Start the work unless it was started before.

        Parameters
        ----------
        work : callable
            It receives a function, and must call it between its steps. The function raises
            TaskCancelledError once the task is cancelled.
        name : str
            Name of the thread.
        """
        with self._lock:
            if self._thread is None and not self._is_cancelled.is_set():
                self._thread = threading.Thread(
                    target=self._run, args=(work,), name=name, daemon=True
                )
                self._thread.start()

    @property
    def is_working(self) -> bool:
        """Whether the thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def cancel(self) -> None:
        """Stop the work at its next step."""
        self._is_cancelled.set()

    def _run(self, work: Callable[[Callable[[], None]], None]) -> None:
        try:
            work(self._raise_if_cancelled)
        except TaskCancelledError:
            pass

    def _raise_if_cancelled(self) -> None:
        if self._is_cancelled.is_set():
            raise TaskCancelledError
