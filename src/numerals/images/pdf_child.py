"""The process that draws PDF pages: bytes come on standard input, pixels go to standard output.

Run as a script by `numerals.images.pdf_process`. It imports nothing of numerals, because its start
is paid for by every PDF, and only PDFium and the standard library are in its memory when a page
makes PDFium fail.

A request is a line of JSON, and so is each answer:

- first ``N``, then N bytes: the file. Answer ``{"pages": n}`` or ``{"error": text}``.
- ``{"page": n}``, from 1. Answer ``{"size": [width, height]}`` in points, or ``{"error": text}``.
- ``{"scale": s, "gray": bool}``: draws that page. Answer ``{"width", "height", "stride",
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
TOO_SLOW = 87
"""Exit codes of a process that reached a limit."""

WATCH_EVERY = 0.02  # seconds; PDFium takes 2 to 4 GB a second at most, so 80 MB go unseen
ADDRESS_SPACE = 4  # times the memory limit: far above, for a failed malloc loses parts of a page


class Watch:
    """Ends this process once it takes too much memory, or too long since `restart`.

    PDFium is called without the interpreter's lock, so that a thread can look while it works.

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
        threading.Thread(target=self._look, daemon=True).start()

    def restart(self) -> None:
        """Count processor time from now on."""
        self._began = time.process_time()

    def _look(self) -> None:
        while True:
            if time.process_time() - self._began > self._seconds:
                os._exit(TOO_SLOW)
            if self._memory_used() > self._memory:
                os._exit(TOO_MUCH_MEMORY)
            if os.getppid() != self._parent:  # it was killed; nobody waits for the page
                os._exit(1)
            time.sleep(WATCH_EVERY)


def _memory_reader() -> Callable[[], int]:
    """Return what tells the memory of this process, in bytes, by the system's cheapest means."""
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
        place = ctypes.byref(counters)
        kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), place, counters.size)
        return int(counters.file)

    return committed


def set_limits(seconds: float, memory: int) -> None:
    """Let the system enforce the limits as well, where it can; they lie above those watched."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds + 2)
    for kind, most in (
        (resource.RLIMIT_CORE, 0),  # a crash must not leave the page on disk
        (resource.RLIMIT_AS, ADDRESS_SPACE * memory),
        (resource.RLIMIT_CPU, until),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (most, hard))


def serve(source: BinaryIO, target: BinaryIO, restart: Callable[[], None]) -> None:
    """Answer requests until there are no more."""
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


def main() -> None:
    """Serve one PDF; arguments are the limits, and where PDFium is installed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this process
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    sys.path += sys.argv[3:]
    set_limits(seconds, memory)
    watch = Watch(seconds, memory)

    def restart() -> None:
        set_limits(seconds, memory)
        watch.restart()

    source, target = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(BrokenPipeError):
        serve(source, target, restart)
    os._exit(0)  # nothing of PDFium's needs an orderly end


if __name__ == "__main__":
    main()
