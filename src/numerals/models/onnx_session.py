"""Open ONNX files and run them with limits on memory and time."""

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
from numerals.models.runtime import SETTINGS, load_onnxruntime
from numerals.untrusted import read_bounded, reading_untrusted

MAX_MODEL_BYTES = 256 * 2**20
"""Maximum size of a model file, bytes."""
MAX_MEMORY = 512 * 2**20 * (1 + (os.cpu_count() or 1))
"""Memory of all sessions of a process, bytes; a shipped model takes at most 350 MiB per batch."""
MAX_SECONDS, MAX_SECONDS_PER_PICTURE = 8.0, 0.05
"""Processor time limits: of loading and of a run, and of a run's additional time per picture."""

_CONSTANT_FOLDING_LIMIT = "optimization.constant_folding_max_output_size_in_bytes"
_MAX_WALL_TIME_RATIO = 10.0  # of wall time to processor time; the machine may be busy
_MAX_NAME_LENGTH = 64  # characters of a class or script


class Session:
    """An onnxruntime session that raises ModelError for any failure.

    Parameters
    ----------
    path : Path
        The file, for error messages.
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
        """Length of the first output's last axis; None if the file does not fix it."""
        shape = self.outputs[0][2] if self.outputs else []
        return shape[-1] if shape and isinstance(shape[-1], int) else None

    def run_maps(
        self, image: npt.NDArray[np.uint8], shape: tuple[int, ...]
    ) -> npt.NDArray[np.uint8]:
        """Run the model on one picture and return its first output.

        Parameters
        ----------
        image : ndarray of uint8
        shape : tuple of int
            Expected shape of the output.

        Returns
        -------
        ndarray of uint8

        Raises
        ------
        ModelError
            If the run fails, exceeds a limit, or its output has another dtype or shape.
        """
        output = self._run({self.inputs[0][0]: image}, MAX_SECONDS)
        if not isinstance(output, np.ndarray) or output.dtype != np.uint8 or output.shape != shape:
            raise ModelError(
                f"{self.path}: returns {_describe(output)}, expected uint8 of shape {shape}; "
                "export the model again"
            )
        return output

    def run(
        self, values: Mapping[str, npt.NDArray[Any]], shape: tuple[int, ...]
    ) -> npt.NDArray[np.float32]:
        """Run the model and return its first output.

        Parameters
        ----------
        values : mapping of str to ndarray
            Input name -> array.
        shape : tuple of int
            Expected shape of the output.

        Returns
        -------
        ndarray of float32
            Without NaN.

        Raises
        ------
        ModelError
            If the run fails, exceeds a limit, or its output has another dtype or shape, or NaN.
        """
        output = self._run(values, MAX_SECONDS + MAX_SECONDS_PER_PICTURE * shape[0])
        if not isinstance(output, np.ndarray) or output.dtype.kind != "f" or output.shape != shape:
            raise ModelError(
                f"{self.path}: returns {_describe(output)}, expected floats of shape {shape}; "
                "export the model again"
            )
        result = np.asarray(output, np.float32)
        if np.isnan(result).any():
            raise ModelError(f"{self.path}: returns NaN, expected numbers; export the model again")
        return result

    def _run(self, values: Mapping[str, npt.NDArray[Any]], limit: float) -> Any:
        """Return the first output; stop the run after `limit` seconds."""
        options = self._runtime.RunOptions()
        options.log_severity_level = 4
        try:
            with _time_limit(limit, lambda: setattr(options, "terminate", True)):
                return self._session.run([self.outputs[0][0]], dict(values), options)[0]
        except Exception as error:  # onnxruntime does not document its exception types
            raise ModelError(
                f"{self.path}: fails when it runs ({_first_line(error)}); its limits are "
                f"{MAX_MEMORY // 2**20} MiB and {limit:.0f} s"
            ) from error


def _describe(output: Any) -> str:
    return f"{output.dtype} {output.shape}" if isinstance(output, np.ndarray) else str(type(output))


def open_session(path: Path) -> tuple[Session, dict[str, str]]:
    """Open an ONNX file and return its session and its metadata.

    Raises
    ------
    ModelError
        If the file is missing, is larger than `MAX_MODEL_BYTES`, or cannot be run.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; name an .onnx file that numerals created")
    if path.suffix == ".skops":
        raise ModelError(
            f"{path}: pictures are read with .onnx files; export it first: numerals export "
            f"{path} --out {path.with_suffix('.onnx').name}"
        )
    if path.stat().st_size > MAX_MODEL_BYTES:
        raise ModelError(
            f"{path}: larger than {MAX_MODEL_BYTES // 2**20} MiB; name an .onnx file that numerals "
            "created"
        )
    content = read_bounded(path, MAX_MODEL_BYTES, ModelError, None)
    check_graph(path, content)
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = SETTINGS.n_threads
    # On macOS and in containers, spinning threads slow down the decoding of pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Larger constants are computed by each run, which has a time limit.
    options.add_session_config_entry(_CONSTANT_FOLDING_LIMIT, str(MAX_MODEL_BYTES))
    if _register_bounded_arena(onnxruntime):
        options.add_session_config_entry("session.use_env_allocators", "1")
    cancel = getattr(options, "set_load_cancellation_flag", lambda _: None)  # since 1.22
    try:
        with _time_limit(MAX_SECONDS, lambda: cancel(True)):
            session = onnxruntime.InferenceSession(
                content,
                options,
                providers=["CPUExecutionProvider"],
                enable_fallback=0,  # the fallback prints to stdout and retries the same provider
            )
            metadata = dict(session.get_modelmeta().custom_metadata_map)
    except Exception as error:  # onnxruntime does not document its exception types
        raise ModelError(
            f"{path}: not an ONNX model that can be run ({_first_line(error)}); copy it again"
        ) from error
    return Session(path, onnxruntime, session), metadata


def parse_names(path: Path, metadata: Mapping[str, str], key: str) -> tuple[str, ...]:
    """Return the classes or characters in a file's metadata.

    Parameters
    ----------
    path : Path
        The file, for error messages.
    metadata : mapping of str to str
    key : {"classes", "characters", "second_characters"}

    Raises
    ------
    ModelError
        If the value is not a JSON list of unique printable names, or the script is not printable.
    """
    with reading_untrusted(path, ModelError):
        try:
            value = json.loads(metadata[key])
            script = metadata["script"]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"{path}: its metadata lacks {key} or script ({error}); export the model again"
            ) from error
    names = tuple(str(name) for name in value) if isinstance(value, list | str) else ()
    if not names or len(set(names)) < len(names) or not all(map(_is_valid_name, (*names, script))):
        raise ModelError(
            f"{path}: {key} or script in its metadata is invalid, expected unique printable names "
            f"of at most {_MAX_NAME_LENGTH} characters; export the model again"
        )
    return names


def _is_valid_name(text: str) -> bool:
    return 0 < len(text) <= _MAX_NAME_LENGTH and text.isprintable()


@contextmanager
def _time_limit(seconds: float, stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` from another thread if the block takes longer than `seconds`.

    The limit is on the processor time of this process, because other processes slow a run down. The
    limit on wall time is `_MAX_WALL_TIME_RATIO` times as high.
    """
    done = Event()
    Thread(target=_watch, args=(done, seconds, stop), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(done: Event, seconds: float, stop: Callable[[], None]) -> None:
    started, deadline = time.process_time(), time.monotonic() + _MAX_WALL_TIME_RATIO * seconds
    remaining = seconds
    while not done.wait(remaining):
        remaining = seconds - (time.process_time() - started)
        if remaining <= 0 or time.monotonic() >= deadline:
            stop()
            return


@cache
def _register_bounded_arena(runtime: Any) -> bool:
    """Create a memory arena of at most `MAX_MEMORY` for all sessions; return whether it worked."""
    with suppress(Exception):  # the embedding program may have registered one before
        kind = runtime.OrtAllocatorType.ORT_ARENA_ALLOCATOR
        device = runtime.OrtMemoryInfo("Cpu", kind, 0, runtime.OrtMemType.DEFAULT)
        settings = {"max_mem": MAX_MEMORY, "arena_extend_strategy": 1}
        runtime.create_and_register_allocator(device, runtime.OrtArenaCfg(settings))
        return True
    return False


def _first_line(error: Exception) -> str:
    lines = str(error).partition("Status Message:")[0].strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
