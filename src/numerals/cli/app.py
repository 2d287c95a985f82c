"""The entry point of the ``numerals`` command: errors, interrupts and exit codes.

Slow imports happen inside `main`, so that Ctrl-C ends the command without a traceback at any time.
"""

import os
import sys

TYPE_CHECKING = False  # the import of typing takes longer than the start of Python
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

EXIT_FAILED = 2
EXIT_INTERRUPTED = 130  # by convention of shells: 128 + SIGINT
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE

_interrupted = False  # whether Ctrl-C was pressed, even if the exception was lost


def __getattr__(name: str) -> "Any":
    if name == "app":
        from numerals.cli.verbs import make_app

        globals()[name] = make_app()
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main() -> None:
    """Run the command line; print an error as one line on stderr and exit with code 2."""
    _skip_final_garbage_collection()
    code = _exit_code_of(_run)
    # Flushing can fail as well, on a full disk.
    sys.exit(_exit_code_of(_flush) or code)


def _skip_final_garbage_collection() -> None:
    """Freeze all objects at exit: collecting them takes a tenth of the time of the process."""
    import atexit
    import gc

    atexit.register(gc.freeze)


def _run() -> int:
    restore = _record_interrupts()
    try:
        _replace_closed_streams()
        from numerals.cli.console import set_up_streams
        from numerals.cli.verbs import make_app

        set_up_streams()
        make_app(sys.argv[1:])()
    except SystemExit as end:
        if end.code == EXIT_INTERRUPTED:  # typer's end after Ctrl-C; what was printed stays
            _print_error("interrupted")
        return end.code if isinstance(end.code, int) else 0 if end.code is None else EXIT_FAILED
    finally:
        restore()
    return 0


def _exit_code_of(function: "Callable[[], int]") -> int:
    """Call a function that returns an exit code; report an exception and return its exit code."""
    try:
        return function()
    except KeyboardInterrupt:
        return _report_interrupt()
    except BrokenPipeError:  # the reader of the pipe, such as head, has ended
        _discard_output()
        return EXIT_BROKEN_PIPE
    except Exception as error:
        if _interrupted:  # during an import, which raised ImportError instead
            return _report_interrupt()
        message = _error_message(error)
        if message is None:
            raise
        if not _is_numerals_error(error):
            _discard_output()
        _print_error(f"error: {message}")
        return EXIT_FAILED


def _report_interrupt() -> int:
    _discard_output()
    _print_error("interrupted")
    return EXIT_INTERRUPTED


def _record_interrupts() -> "Callable[[], None]":
    """Record Ctrl-C in `_interrupted`: compiled modules can drop or replace the exception.

    Returns
    -------
    callable
        Restores the previous handlers.
    """
    import signal

    def raise_interrupt(*_: object) -> None:
        global _interrupted
        _interrupted = True
        raise KeyboardInterrupt

    def hide_interrupts(unraisable: "sys.UnraisableHookArgs") -> None:
        if not isinstance(unraisable.exc_value, KeyboardInterrupt):
            hook(unraisable)

    def restore() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = hook

    global _interrupted
    _interrupted, hook = False, sys.unraisablehook
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # the parent ignores it
        return lambda: None
    signal.signal(signal.SIGINT, raise_interrupt)
    sys.unraisablehook = hide_interrupts
    return restore


def _flush() -> int:
    sys.stdout.flush()
    return 0


def _error_message(error: Exception) -> str | None:
    """Return the message to print for an error, or None for a bug."""
    if _is_numerals_error(error):
        return str(error)
    if isinstance(error, OSError):
        if error.filename is None:
            return f"the output cannot be written ({error.strerror or error})"
        return f"{error.filename}: cannot be read or written ({error.strerror or error})"
    if isinstance(error, MemoryError):
        return "not enough memory; use smaller files, or close other programs"
    if isinstance(error, UnicodeEncodeError):
        return f"{error.encoding} lacks a character of the output; set PYTHONIOENCODING=utf-8"
    return None


def _is_numerals_error(error: Exception) -> bool:
    from numerals.errors import NumeralsError

    return isinstance(error, NumeralsError)


def _print_error(message: str) -> None:
    from numerals.printable import printable

    try:
        print(f"numerals: {printable(message)}", file=sys.stderr, flush=True)
    except (OSError, ValueError):  # stderr cannot be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _discard_output() -> None:
    """Discard buffered standard output, so that Python does not write it at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):  # not a file, or closed
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123


def _replace_closed_streams() -> None:
    """Replace standard streams that the caller closed.

    Python sets them to None, and ``print(file=None)`` prints to stdout. Writing to a closed stdout
    must fail; messages to a closed stderr are discarded. A closed stdin stays None, which
    `check_standard_input` reports.
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
