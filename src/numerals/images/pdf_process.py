"""Open a PDF in a child process, which is killed when it exceeds its time or memory limit.

Files of a few hundred bytes with nested forms, patterns or soft masks can make PDFium run for
minutes, allocate gigabytes, or abort. In a child process, this is an error of this file only.
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
    """Limits of the child process.

    Measured with pypdfium2 5.15 on two cores (AMD EPYC): rendering an A4 page takes 0.6 s and
    0.3 GB for a JPEG scanned at 600 dpi, 1.7 s and 0.2 GB for the same scan as JPEG 2000, and 0.7 s
    and 0.45 GB for a JPEG of 117 megapixels. Files crafted to be slow take 6 s to many minutes.

    Attributes
    ----------
    seconds : float
        Processor time to open a file, and to render each page.
    wall_seconds : float
        Elapsed time for the same, for busy machines on which the process gets little processor
        time.
    memory : int, bytes
        Resident memory, in addition to the size of the file.
    """

    seconds: float = 6.0
    wall_seconds: float = 20.0
    memory: int = 1024 * MIB


PDF_LIMITS = ProcessLimits()
"""Limits for all PDF files of a program; its attributes may be changed."""

ADVICE = "print it to a new PDF, or save the page as an image"

_CHILD = Path(__file__).with_name("pdf_child.py")
_MAX_ANSWER_BYTES = 1024 * 1024  # of one line
_MAX_TEXTS = 1000  # of a page; 1,000 of 60 characters and their boxes fit into an answer


class PdfProcess:
    """A PDF that is open in a child process.

    Only one thread may use it at a time, but any thread may call `close`.

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
        If the file is not a PDF, needs a password, or makes PDFium fail.
    ImageTooLargeError
        If the process exceeds a limit.
    """

    def __init__(self, data: bytes, limits: ProcessLimits = PDF_LIMITS) -> None:
        self._limits = limits
        self._expired = False
        self._process = _start(limits.seconds, limits.memory + len(data))
        try:
            answer = self._ask(b"%d\n" % len(data), data)
            if "error" in answer:
                raise _open_error(str(answer["error"]))
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
        """Render the page that `page_size` opened.

        Parameters
        ----------
        scale : float
            Pixels per point.
        color : bool
            RGB instead of gray.

        Returns
        -------
        ndarray of uint8, shape (height, width) or (height, width, 3)
        """
        pixels = self._ask_pixels(_line({"scale": scale, "gray": not color}), 3 if color else 1)
        return pixels if color else pixels[:, :, 0]

    def texts(self) -> list[tuple[str, tuple[float, float, float, float]]]:
        """Return the texts of the page that `page_size` opened, with their boxes in points.

        The boxes are ``x_min, y_min, x_max, y_max`` from the top left.
        """
        answer = self._ask(_line({"texts": _MAX_TEXTS}))
        return [(str(text), (x0, y0, x1, y1)) for text, x0, y0, x1, y1 in answer["texts"]]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except OSError:  # unwritten bytes are discarded
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
                raise ImageError(f"cannot be rendered: PDFium answered {answer}; {ADVICE}")
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
        line = self._process.stdout.readline(_MAX_ANSWER_BYTES)
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
        """Return an error that states why the process ended."""
        self._process.kill()
        code = self._process.wait()
        if self._expired or code in (pdf_child.TOO_SLOW, -24):  # 24 is SIGXCPU
            return ImageTooLargeError(
                f"takes longer than the {self._limits.seconds:g} seconds allowed to render; "
                f"{ADVICE}"
            )
        if code == pdf_child.TOO_MUCH_MEMORY:
            return ImageTooLargeError(
                f"takes more than the {self._limits.memory / MIB:,.0f} MiB of memory allowed to "
                f"render; {ADVICE}"
            )
        return ImageError(f"cannot be rendered: PDFium failed (exit code {code}); {ADVICE}")


class _Deadline:
    """Calls `expire` from a thread after some seconds, unless the block ends before."""

    def __init__(self, seconds: float, expire: Any) -> None:
        self._timer = threading.Timer(seconds, expire)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _start(seconds: float, memory: int) -> "subprocess.Popen[bytes]":
    from multiprocessing import spawn  # has the interpreter, even if Python is embedded

    executable = spawn.get_executable()
    if getattr(sys, "frozen", False) and executable in (sys.executable, sys.executable.encode()):
        raise ImageError(
            "is a PDF, which is rendered by another Python process; a frozen program must name its "
            "interpreter with multiprocessing.set_executable"
        )
    folders = {_parent_folder(name): None for name in ("pypdfium2", "pypdfium2_raw")}
    # Without the site module and the current folder, Python starts in a third of the time.
    command = [executable, "-P", "-s", "-S", str(_CHILD), str(seconds), str(memory), *folders]
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
            f"cannot be rendered: the process that renders PDF pages did not start ({error}); "
            "close other programs, then try again"
        ) from error


def _parent_folder(package: str) -> str:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImageError(f"is a PDF, but {package} is not installed: pip install pypdfium2")
    return str(Path(spec.origin).parent.parent)


def _open_error(detail: str) -> ImageError:
    if "password" in detail.lower():
        return ImageError("is a PDF that needs a password; save it without one, then try again")
    return ImageError(f"is a damaged or truncated PDF ({detail}); {DAMAGED}")


def _line(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode() + b"\n"
