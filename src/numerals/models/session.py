"""An ONNX file -> a session that runs it within bounds, with the metadata that it carries."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.models.graph_check import check_graph
from numerals.models.runtime import load_onnxruntime
from numerals.untrusted import read_bounded, reading_untrusted

MAX_BYTES = 256 * 2**20
"""A larger file is refused before it is opened."""
MAX_MEMORY = 512 * 2**20 * (1 + (os.cpu_count() or 1))
"""Bytes that all networks of a process compute in; the largest batch of ours takes 350 MiB."""
MAX_SECONDS, MAX_SECONDS_PER_PICTURE = 8.0, 0.05
"""A run that computes longer is stopped, and so is loading longer than the first."""

_MAX_FOLDED = "optimization.constant_folding_max_output_size_in_bytes"
_BUSY = 10.0  # times as long by the clock as by the processor, on a machine that is busy
_MAX_NAME = 64  # characters of a class or script


class Session:
    """What runs a model; whatever onnxruntime raises becomes a ModelError.

    Parameters
    ----------
    path : Path
        The file, for messages.
    runtime : module
        onnxruntime.
    session : onnxruntime.InferenceSession
    """

    def __init__(self, path: Path, runtime: Any, session: Any) -> None:
        self.path = path
        self._runtime = runtime
        self._session = session
        self.inputs = [(i.name, i.type, i.shape) for i in session.get_inputs()]
        self.outputs = [(o.name, o.type, o.shape) for o in session.get_outputs()]

    @property
    def n_columns(self) -> int | None:
        """The last length of the first output's shape; None where the file leaves it open."""
        shape = self.outputs[0][2] if self.outputs else []
        return shape[-1] if shape and isinstance(shape[-1], int) else None

    def run_maps(
        self, image: npt.NDArray[np.uint8], shape: tuple[int, ...]
    ) -> npt.NDArray[np.uint8]:
        """Return the first output for one picture, bytes of that shape; errors as of `run`."""
        found = self._run({self.inputs[0][0]: image}, MAX_SECONDS)
        if not isinstance(found, np.ndarray) or found.dtype != np.uint8 or found.shape != shape:
            raise ModelError(f"{self.path}: gives {_describe(found)}, expected bytes of {shape}")
        return found

    def run(
        self, values: Mapping[str, npt.NDArray[Any]], shape: tuple[int, ...]
    ) -> npt.NDArray[np.float32]:
        """Return the first output, finite numbers of that shape.

        Raises
        ------
        ModelError
            If the run fails, takes too long, or gives anything else.
        """
        found = self._run(values, MAX_SECONDS + MAX_SECONDS_PER_PICTURE * shape[0])
        if not isinstance(found, np.ndarray) or found.dtype.kind != "f" or found.shape != shape:
            raise ModelError(
                f"{self.path}: gives {_describe(found)}, expected numbers of shape {shape}"
            )
        result = np.asarray(found, np.float32)
        if np.isnan(result).any():
            raise ModelError(f"{self.path}: gives values that are no numbers")
        return result

    def _run(self, values: Mapping[str, npt.NDArray[Any]], limit: float) -> Any:
        """Return the first output, stopped after `limit` seconds."""
        options = self._runtime.RunOptions()
        options.log_severity_level = 4
        try:
            with _stopping(limit, lambda: setattr(options, "terminate", True)):
                return self._session.run([self.outputs[0][0]], dict(values), options)[0]
        except Exception as error:  # onnxruntime raises many kinds, none of them documented
            raise ModelError(
                f"{self.path}: fails when it runs ({_first_line(error)}); its limits are "
                f"{MAX_MEMORY // 2**20} MiB and {limit:.0f} s"
            ) from error


def _describe(found: Any) -> str:
    return f"{found.dtype} {found.shape}" if isinstance(found, np.ndarray) else str(type(found))


def open_session(path: Path) -> tuple[Session, dict[str, str]]:
    """Return what runs an ONNX file, and the file's metadata.

    Raises
    ------
    ModelError
        If there is no such file, it is larger than `MAX_BYTES`, or cannot be run.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; name an .onnx file that numerals made")
    if path.suffix == ".skops":
        raise ModelError(
            f"{path}: pictures are read with .onnx files; make one of it first: numerals export "
            f"{path} --out {path.with_suffix('.onnx').name}"
        )
    if path.stat().st_size > MAX_BYTES:
        raise ModelError(f"{path}: larger than {MAX_BYTES // 2**20} MiB, so no model of ours")
    content = read_bounded(path, MAX_BYTES, ModelError, None)
    check_graph(path, content)
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # On macOS and in containers, spinning threads take the processor from decoding pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What is larger is computed when the model runs, where it is stopped.
    options.add_session_config_entry(_MAX_FOLDED, str(MAX_BYTES))
    if _memory_is_bounded(onnxruntime):
        options.add_session_config_entry("session.use_env_allocators", "1")
    cancel = getattr(options, "set_load_cancellation_flag", lambda _: None)  # since 1.22
    try:
        with _stopping(MAX_SECONDS, lambda: cancel(True)):
            session = onnxruntime.InferenceSession(
                content,
                options,
                providers=["CPUExecutionProvider"],
                enable_fallback=0,  # it would print to standard output, and try the same again
            )
            metadata = dict(session.get_modelmeta().custom_metadata_map)
    except Exception as error:  # onnxruntime raises many kinds, none of them documented
        raise ModelError(
            f"{path}: not an ONNX model that can be run ({_first_line(error)})"
        ) from error
    return Session(path, onnxruntime, session), metadata


def names_of(path: Path, metadata: Mapping[str, str], key: str) -> tuple[str, ...]:
    """Return the classes or characters that a file's metadata lists.

    Raises
    ------
    ModelError
        If they are not a JSON list of different, printable names, or there is no printable script.
    """
    with reading_untrusted(path, ModelError):
        try:
            listed = json.loads(metadata[key])
            script = metadata["script"]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{path}: its metadata lacks {key} or script ({error})") from error
    names = tuple(str(name) for name in listed) if isinstance(listed, list | str) else ()
    if not names or len(set(names)) < len(names) or not all(map(_is_name, (*names, script))):
        raise ModelError(
            f"{path}: its metadata lacks {key}: different printable texts of at most {_MAX_NAME} "
            "characters, and a script of such a name"
        )
    return names


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _MAX_NAME and text.isprintable()


@contextmanager
def _stopping(seconds: float, stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in a thread of its own if the block takes longer.

    Only the time that this process computes counts: other work on the machine slows a run down,
    too. By the clock, a block may take `_BUSY` times as long.
    """
    done = Event()
    Thread(target=_watch, args=(done, seconds, stop), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(done: Event, seconds: float, stop: Callable[[], None]) -> None:
    started, deadline = time.process_time(), time.monotonic() + _BUSY * seconds
    remaining = seconds
    while not done.wait(remaining):
        remaining = seconds - (time.process_time() - started)
        if remaining <= 0 or time.monotonic() >= deadline:
            stop()
            return


@cache
def _memory_is_bounded(runtime: Any) -> bool:
    """Give all sessions of this process one arena of memory, which does not grow beyond a bound."""
    with suppress(Exception):  # where the program that uses us has made one already
        kind = runtime.OrtAllocatorType.ORT_ARENA_ALLOCATOR
        where = runtime.OrtMemoryInfo("Cpu", kind, 0, runtime.OrtMemType.DEFAULT)
        settings = {"max_mem": MAX_MEMORY, "arena_extend_strategy": 1}
        runtime.create_and_register_allocator(where, runtime.OrtArenaCfg(settings))
        return True
    return False


def _first_line(error: Exception) -> str:
    lines = str(error).partition("Status Message:")[0].strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
