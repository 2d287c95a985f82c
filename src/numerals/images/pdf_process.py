"""One PDF in a process of its own, which is killed once it takes too long or too much memory.

Files of a few hundred bytes can make PDFium work for minutes, take gigabytes, or abort: nested
forms, patterns, soft masks. In a process of its own that is one error for one file.
"""

import importlib.util
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import ImageError, ImageTooLargeError
from numerals.images import pdf_child
from numerals.images.decode_errors import DAMAGED
from numerals.images.limits import MIB


@dataclass
class ProcessLimits:
    """What the process may take.

    Measured with pypdfium2 5.15 on two cores (AMD EPYC): drawing a page of A4 takes 0.6 s and
    0.3 GB if it is a JPEG scanned at 600 dpi, 1.7 s and 0.2 GB if that is JPEG 2000, 0.7 s and
    0.45 GB for a JPEG of 117 megapixels. Files made to last take 6 s to many minutes.

    Attributes
    ----------
    seconds : float
        Processor time for opening a file, and for drawing each of its pages.
    wall_seconds : float
        The same by the clock, for a busy machine that gives the process little processor time.
    memory : int, bytes
        Resident memory, beside the file itself.
    """

    seconds: float = 6.0
    wall_seconds: float = 20.0
    memory: int = 1024 * MIB


LIMITS = ProcessLimits()
"""Of every PDF; they can be set for a whole program."""

ADVICE = "print it into a new PDF, or save the page as a picture"

_CHILD = Path(__file__).with_name("pdf_child.py")
_MAX_ANSWER = 64 * 1024  # bytes of one line


class PdfProcess:
    """A PDF that another process has opened.

    Used by one thread at a time; `close` may be called by any.

    Parameters
    ----------
    data : bytes
        The file.
    limits : ProcessLimits

    Attributes
    ----------
    n_pages : int

    Raises
    ------
    ImageError
        If it is no PDF, needs a password, or makes PDFium fail.
    ImageTooLargeError
        If it reaches one of the limits.
    """

    def __init__(self, data: bytes, limits: ProcessLimits = LIMITS) -> None:
        self._limits = limits
        self._expired = False
        self._process = _start(limits.seconds, limits.memory + len(data))
        try:
            answer = self._ask(b"%d\n" % len(data), data)
            if "error" in answer:
                raise _refusal(str(answer["error"]))
            self.n_pages = int(answer["pages"])
        except BaseException:
            self.close()
            raise

    def page_size(self, number: int) -> tuple[float, float]:
        """Open a page, numbered from 1, and return its width and height in points."""
        answer = self._ask(_line({"page": number}))
        if "error" in answer:
            raise ImageError(f"is damaged ({answer['error']}); {DAMAGED}")
        width, height = answer["size"]
        return float(width), float(height)

    def draw(self, scale: float, *, color: bool) -> npt.NDArray[np.uint8]:
        """Return the page that `page_size` opened, at `scale` pixels a point.

        Returns
        -------
        ndarray of uint8, shape (height, width) or (height, width, 3)
        """
        pixels = self._ask_pixels(_line({"scale": scale, "gray": not color}), 3 if color else 1)
        return pixels if color else pixels[:, :, 0]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except OSError:  # what was not written yet goes nowhere
                pass
        self._process.wait()

    def _ask(self, *request: bytes) -> dict[str, Any]:
        with _Deadline(self._limits.wall_seconds, self._expire):
            return self._converse(*request)

    def _ask_pixels(self, request: bytes, channels: int) -> npt.NDArray[np.uint8]:
        with _Deadline(self._limits.wall_seconds, self._expire):
            answer = self._converse(request)
            width, height, stride = (int(answer[key]) for key in ("width", "height", "stride"))
            if answer["channels"] != channels or stride < width * channels:
                raise ImageError(f"cannot be drawn: PDFium answered {answer}; {ADVICE}")
            rows = np.empty((height, stride), np.uint8)
            self._read_into(memoryview(rows.data).cast("B"))
        return rows[:, : width * channels].reshape(height, width, channels)

    def _converse(self, *request: bytes) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            for part in request:
                self._process.stdin.write(part)
            self._process.stdin.flush()
        except OSError as error:
            raise self._failure() from error
        line = self._process.stdout.readline(_MAX_ANSWER)
        if not line.endswith(b"\n"):
            raise self._failure()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _read_into(self, target: memoryview) -> None:
        assert self._process.stdout is not None
        while target:
            n_read = self._process.stdout.readinto(target)  # type: ignore[attr-defined]
            if not n_read:
                raise self._failure()
            target = target[n_read:]

    def _expire(self) -> None:
        self._expired = True
        self._process.kill()

    def _failure(self) -> ImageError:
        """Return why the process ended."""
        self._process.kill()
        code = self._process.wait()
        if self._expired or code in (pdf_child.TOO_SLOW, -24):  # 24 is SIGXCPU
            return ImageTooLargeError(
                f"takes longer than the {self._limits.seconds:g} seconds allowed to draw; {ADVICE}"
            )
        if code == pdf_child.TOO_MUCH_MEMORY:
            return ImageTooLargeError(
                f"takes more than the {self._limits.memory / MIB:,.0f} MiB of memory allowed to "
                f"draw; {ADVICE}"
            )
        return ImageError(f"cannot be drawn: PDFium failed at it (exit code {code}); {ADVICE}")


class _Deadline:
    """Calls `expire` from a thread, unless the block ends before."""

    def __init__(self, seconds: float, expire: Any) -> None:
        self._timer = threading.Timer(seconds, expire)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _start(seconds: float, memory: int) -> "subprocess.Popen[bytes]":
    from multiprocessing import spawn  # knows the interpreter, even where Python is embedded

    executable = spawn.get_executable()
    if getattr(sys, "frozen", False) and executable in (sys.executable, sys.executable.encode()):
        raise ImageError(
            "is a PDF, which is drawn by another Python process; a frozen program must name its "
            "interpreter by multiprocessing.set_executable"
        )
    places = {_parent_folder(name): None for name in ("pypdfium2", "pypdfium2_raw")}
    # without site and the current folder it starts in a third of the time
    command = [executable, "-P", "-s", "-S", str(_CHILD), str(seconds), str(memory), *places]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ImageError(
            f"cannot be drawn: the process that draws PDF pages did not start ({error}); "
            "close other programs, then try again"
        ) from error


def _parent_folder(package: str) -> str:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImageError(f"is a PDF, and {package} is missing: pip install pypdfium2")
    return str(Path(spec.origin).parent.parent)


def _refusal(detail: str) -> ImageError:
    if "password" in detail.lower():
        return ImageError("is a PDF that needs a password; save it without one, then try again")
    return ImageError(f"is a damaged or truncated PDF ({detail}); {DAMAGED}")


def _line(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode() + b"\n"
