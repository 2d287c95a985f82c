"""The child process that renders PDF pages, run as a script by `numerals.images.pdf_process`.

It imports nothing of numerals, because each PDF starts a process, and so that only PDFium and the
standard library are in memory when PDFium fails.

It reads requests from standard input and writes answers to standard output. Requests and answers
are lines of JSON:

- ``N``, then N bytes, the file. Answer: ``{"pages": n}`` or ``{"error": text}``.
- ``{"page": n}`` opens a page, from 1. Answer: ``{"size": [width, height]}`` in points, or
  ``{"error": text}``.
- ``{"texts": n}`` asks for the first n texts of that page. Answer: ``{"texts": [[text, x_min,
  y_min, x_max, y_max], ...]}`` in points from the top left; none for rotated pages.
- ``{"scale": s, "gray": bool}`` renders that page. Answer: ``{"width", "height", "stride",
  "channels"}``, then height x stride bytes.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

TOO_MUCH_MEMORY = 86
"""Exit code of a process that exceeded its memory limit."""

TOO_SLOW = 87
"""Exit code of a process that exceeded its time limit."""

CHECK_INTERVAL = 0.02
"""Seconds between two checks of the limits; PDFium allocates up to 4 GB/s, 80 MB in this time."""

MAX_TEXT = 60
"""Maximum length of one text of a page, characters."""

ADDRESS_SPACE_FACTOR = 4
"""Address space limit, as a multiple of the memory limit. It is high because PDFium leaves out
parts of a page when malloc fails."""


class Watchdog:
    """Ends this process when it exceeds its memory limit, or its time limit since `restart`.

    PDFium runs without the global interpreter lock, so a thread can check the limits meanwhile.

    Parameters
    ----------
    seconds : float
        Processor time between two calls of `restart`.
    memory : int, bytes
    """

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds, self._memory = seconds, memory
        self._memory_used = _memory_reader()
        self._parent = os.getppid()
        self.restart()
        threading.Thread(target=self._watch, daemon=True).start()

    def restart(self) -> None:
        """Restart counting processor time."""
        self._started = time.process_time()

    def _watch(self) -> None:
        while True:
            if time.process_time() - self._started > self._seconds:
                os._exit(TOO_SLOW)
            if self._memory_used() > self._memory:
                os._exit(TOO_MUCH_MEMORY)
            if os.getppid() != self._parent:  # the parent process was killed
                os._exit(1)
            time.sleep(CHECK_INTERVAL)


def _memory_reader() -> Callable[[], int]:
    """Return a cheap function that returns the memory use of this process, bytes."""
    if sys.platform == "win32":
        return _memory_on_windows()
    import resource

    if sys.platform == "linux":
        page = resource.getpagesize()
        statm = open("/proc/self/statm", "rb", buffering=0)  # noqa: PTH123

        def resident() -> int:
            statm.seek(0)
            return int(statm.read().split()[1]) * page

        return resident
    unit = 1 if sys.platform == "darwin" else 1024
    return lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _memory_on_windows() -> Callable[[], int]:
    import ctypes
    from ctypes import wintypes

    names = ("peak", "now", "paged_peak", "paged", "other_peak", "other", "file", "file_peak")
    fields: list[tuple[str, Any]] = [("size", wintypes.DWORD), ("faults", wintypes.DWORD)]
    fields += [(name, ctypes.c_size_t) for name in names]
    counters = type("Counters", (ctypes.Structure,), {"_fields_": fields})()
    counters.size = ctypes.sizeof(counters)
    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.K32GetProcessMemoryInfo.argtypes = [wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD]

    def committed() -> int:
        pointer = ctypes.byref(counters)
        kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), pointer, counters.size)
        return int(counters.file)

    return committed


def set_limits(seconds: float, memory: int) -> None:
    """Set limits of the operating system, if it supports them, above those of `Watchdog`."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds + 2)
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),  # a core dump would write the page to disk
        (resource.RLIMIT_AS, ADDRESS_SPACE_FACTOR * memory),
        (resource.RLIMIT_CPU, until),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS does not support all of them
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (limit, hard))


def serve(source: BinaryIO, target: BinaryIO, restart: Callable[[], None]) -> None:
    """Answer requests until the input ends.

    Parameters
    ----------
    source, target : binary stream
        Requests and answers.
    restart : callable () -> None
        Called before each request is processed.
    """
    import pypdfium2

    def answer(content: dict[str, Any]) -> None:
        target.write(json.dumps(content).encode() + b"\n")
        target.flush()

    data = source.read(int(source.readline()))
    restart()
    page: Any = None
    try:
        document = pypdfium2.PdfDocument(data)
        answer({"pages": len(document)})
    except pypdfium2.PdfiumError as error:
        answer({"error": str(error)})
        return
    for line in source:
        restart()
        request = json.loads(line)
        if "page" in request:
            if page is not None:
                page.close()
            try:
                page = document[request["page"] - 1]
                answer({"size": page.get_size()})
            except pypdfium2.PdfiumError as error:
                answer({"error": str(error)})
            continue
        if "texts" in request:
            answer({"texts": page_texts(page, request["texts"])})
            continue
        bitmap = page.render(scale=request["scale"], grayscale=request["gray"], rev_byteorder=True)
        answer(
            {
                "width": bitmap.width,
                "height": bitmap.height,
                "stride": bitmap.stride,
                "channels": bitmap.n_channels,
            }
        )
        target.write(memoryview(bitmap.buffer).cast("B"))
        target.flush()


def page_texts(page: Any, limit: int) -> list[list[Any]]:
    """Return the first texts of a page with their boxes, in points from the top left."""
    import pypdfium2

    texts: list[list[Any]] = []
    if page.get_rotation():
        return texts
    try:
        left, _, _, top = page.get_cropbox()
        content = page.get_textpage()
        for i in range(min(content.count_rects(), limit)):
            x_min, y_min, x_max, y_max = content.get_rect(i)
            text = content.get_text_bounded(x_min, y_min, x_max, y_max)[:MAX_TEXT]
            box = (x_min - left, top - y_max, x_max - left, top - y_min)
            texts.append([text, *(round(v, 1) for v in box)])
    except (pypdfium2.PdfiumError, ValueError):
        return texts
    return texts


def main() -> None:
    """Serve one PDF; the arguments are seconds, bytes of memory, and folders of PDFium."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C, the parent ends this process
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    sys.path += sys.argv[3:]
    set_limits(seconds, memory)
    watchdog = Watchdog(seconds, memory)

    def restart() -> None:
        set_limits(seconds, memory)
        watchdog.restart()

    source, target = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(BrokenPipeError):
        serve(source, target, restart)
    os._exit(0)  # skips the cleanup of PDFium, which is slow and not needed


if __name__ == "__main__":
    main()
