"""The ``numerals`` command, from its first import to its exit code.

All that takes time is imported inside `main`, so that Ctrl-C ends it quietly from the beginning.
"""

import os
import sys

TYPE_CHECKING = False  # not from typing, which takes longer to load than Python to start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FAILED = 2
INTERRUPTED = 130  # as shells have it: 128 and the number of SIGINT
BROKEN_PIPE = 141  # and of SIGPIPE

_interrupted = False  # by Ctrl-C, whatever became of the exception


def __getattr__(name: str) -> "Any":
    if name == "app":
        from numerals.cli.verbs import make_app

        globals()[name] = make_app()
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main() -> None:
    """Run the command line; errors are one line on stderr and exit code 2."""
    _end_quickly()
    code = _guarded(_run)
    # What is still to be written may find the disk full, too.
    sys.exit(_guarded(_flush) or code)


def _end_quickly() -> None:
    """Let Python end without looking for cycles among all that was loaded: a tenth of its time."""
    import atexit
    import gc

    atexit.register(gc.freeze)


def _run() -> int:
    restore = _note_interrupts()
    try:
        _replace_closed_streams()
        from numerals.cli.console import set_up_streams
        from numerals.cli.verbs import make_app

        set_up_streams()
        make_app(sys.argv[1:])()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else FAILED
    finally:
        restore()
    return 0


def _guarded(work: "Callable[[], int]") -> int:
    """Return the exit code of some work, whatever it raises."""
    try:
        return work()
    except KeyboardInterrupt:
        return _interrupt()
    except BrokenPipeError:  # the reader of the pipe, such as head, has seen enough
        _drop_output()
        return BROKEN_PIPE
    except Exception as error:
        if _interrupted:  # while a library loaded, which made an ImportError of it
            return _interrupt()
        message = _message(error)
        if message is None:
            raise
        if not _is_ours(error):
            _drop_output()
        _tell(f"error: {message}")
        return FAILED


def _interrupt() -> int:
    _drop_output()
    _tell("interrupted")
    return INTERRUPTED


def _note_interrupts() -> "Callable[[], None]":
    """Remember that Ctrl-C was pressed: compiled modules drop the exception, or raise another.

    Returns what puts things back as they were.
    """
    import signal

    def raise_interrupt(*_: object) -> None:
        global _interrupted
        _interrupted = True
        raise KeyboardInterrupt

    def be_quiet(unraisable: "sys.UnraisableHookArgs") -> None:
        if not isinstance(unraisable.exc_value, KeyboardInterrupt):
            hook(unraisable)

    def restore() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = hook

    global _interrupted
    _interrupted, hook = False, sys.unraisablehook
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # it is to be ignored
        return lambda: None
    signal.signal(signal.SIGINT, raise_interrupt)
    sys.unraisablehook = be_quiet
    return restore


def _flush() -> int:
    sys.stdout.flush()
    return 0


def _message(error: Exception) -> str | None:
    """Return what to say of an error; None if it is a bug of ours."""
    if _is_ours(error):
        return str(error)
    if isinstance(error, OSError):
        if error.filename is None:
            return f"the output cannot be written ({error.strerror or error})"
        return f"{error.filename}: cannot be read or written ({error.strerror or error})"
    if isinstance(error, MemoryError):
        return "there is not enough memory; give smaller files, or close other programs"
    if isinstance(error, UnicodeEncodeError):
        return f"{error.encoding} lacks a character of the output; set PYTHONIOENCODING=utf-8"
    return None


def _is_ours(error: Exception) -> bool:
    from numerals.errors import NumeralsError

    return isinstance(error, NumeralsError)


def _tell(message: str) -> None:
    from numerals.printable import printable

    try:
        print(f"numerals: {printable(message)}", file=sys.stderr, flush=True)
    except (OSError, ValueError):  # nobody can be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _drop_output() -> None:
    """Let what is left in the buffer of standard output go nowhere, also when Python ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):  # it is no file, or closed
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123


def _replace_closed_streams() -> None:
    """Put something in the place of standard streams that the caller closed.

    Python has None there, and ``print(file=None)`` prints to the other one. Writing to the closed
    output fails; messages are lost. The closed input stays None for `check_standard_input` to tell.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            access = os.O_RDWR if name == "stderr" else os.O_WRONLY if mode == "r" else os.O_RDONLY
            handle = os.open(os.devnull, access)
            if handle != number:  # files that are opened later must not get the number
                os.dup2(handle, number)
                os.close(handle)
            if name != "stdin":
                setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
