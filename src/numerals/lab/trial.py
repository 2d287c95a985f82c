"""Fit and score one method in its own process, to measure its time and memory separately."""

import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.errors import NumeralsError
from numerals.evaluation import match_digits
from numerals.models import Model, load_model, model_path
from numerals.records import Digits

if TYPE_CHECKING:
    from numerals.classifiers.estimator_files import EstimatorModel

_N_WARM_UP = 20  # images classified before timing starts, to warm up compilers and caches


class TrialError(NumeralsError, RuntimeError):
    """A method could not be fitted or scored."""


@dataclass(frozen=True, eq=False, repr=False)
class Trial:
    """Predictions and costs of one method.

    Attributes
    ----------
    proba : ndarray of float32, shape (n_images, n_classes)
        Probabilities of the test digits.
    labels : ndarray of int64, shape (n_images,)
        True columns of `proba`.
    fit_seconds : float or None
        None for a model that was already fitted.
    predict_seconds : float
        Time to classify all test digits.
    n_bytes : int
        Size of the model file.
    peak_bytes : int or None
        Peak memory of the process, including Python, libraries and data; None if the system does
        not report it.
    notes : tuple of str
        Notes from fitting, such as a missing convergence.
    """

    proba: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    fit_seconds: float | None
    predict_seconds: float
    n_bytes: int
    peak_bytes: int | None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        fit = "" if self.fit_seconds is None else f"fit {self.fit_seconds:.2f} s, "
        return f"Trial({fit}predict {self.predict_seconds:.2f} s, {self.n_bytes:,} bytes)"


def write_trial_data(folder: Path, train: Digits | None, test: Digits) -> None:
    """Write the data of trials into a folder, as arrays that load quickly."""
    for name, digits in (("train", train), ("test", test)):
        if digits is not None:
            about = {"name": digits.name, "script": digits.script, "classes": digits.classes}
            np.savez(folder / f"{name}.npz", images=digits.images, labels=digits.labels)
            (folder / f"{name}.json").write_text(json.dumps(about), encoding="utf-8")


def run_trial(name: str, settings: Mapping[str, Any], folder: Path, *, fit: bool) -> Trial:
    """Fit and score a method, or score an existing model, in a new process.

    Parameters
    ----------
    name : str
        A method's name, a script or a model file.
    settings : mapping of str to value
        Settings of the method.
    folder : Path
        The folder that `write_trial_data` filled; the trial also writes its files there.
    fit : bool
        Whether `name` is a method, which must be fitted.

    Raises
    ------
    TrialError
        If the trial fails; the message is the last line that the process wrote to stderr.
    """
    request = {"name": name, "settings": dict(settings), "folder": str(folder), "fit": fit}
    outcome = folder / "outcome.npz"
    outcome.unlink(missing_ok=True)
    with (folder / "stderr.txt").open("w+", encoding="utf-8", errors="replace") as stderr:
        code = _run_process(json.dumps(request), stderr)
        if code or not outcome.exists():
            stderr.seek(0)
            raise TrialError(_error_message(stderr.read(), code))
    with np.load(outcome) as arrays:
        numbers = json.loads(str(arrays["numbers"]))
        notes = tuple(numbers.pop("notes"))
        return Trial(arrays["proba"], arrays["labels"], **numbers, notes=notes)


def peak_memory() -> int | None:
    """Return the peak memory of this process in bytes, or None if the system does not report it."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux it includes the memory of the parent at the time of the fork.
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platform.system() == "Darwin" else peak * 1024


def _run_process(request: str, stderr: Any) -> int:
    """Run this module with a request on its standard input, which stays open meanwhile."""
    process = subprocess.Popen(
        [sys.executable, "-m", "numerals.lab.trial"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        text=True,
        start_new_session=True,  # Ctrl-C reaches only the parent, which kills the session
    )
    assert process.stdin is not None
    try:
        process.stdin.write(request + "\n")
        process.stdin.flush()
        return process.wait()
    finally:
        _kill(process)
        process.stdin.close()


def _kill(process: "subprocess.Popen[str]") -> None:
    """Kill a process and those that it started, unless it has ended."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _error_message(stderr: str, code: int) -> str:
    lines = [line for line in stderr.splitlines() if line.strip()]
    if code < 0:
        return f"its process was ended by signal {-code}; check that there was enough memory"
    return lines[-1].strip() if lines else f"its process ended with exit code {code}"


def _main() -> None:
    """Run the trial that standard input requests; the entry point of the new process."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    try:
        _run(request["name"], request["settings"], Path(request["folder"]), request["fit"])
    except Exception as error:
        message = " ".join(str(error).split())
        is_ours = isinstance(error, NumeralsError)
        sys.exit(message if is_ours else f"{type(error).__name__}: {message}")


def _exit_with_parent() -> None:
    sys.stdin.read()  # returns when the parent closes the pipe or dies
    os._exit(1)


def _run(name: str, settings: Mapping[str, Any], folder: Path, fit: bool) -> None:
    """Fit and score, and write the outcome into the folder."""
    file = folder / "model.skops" if fit else model_path(name)
    fitted, fit_seconds = _fit(name, settings, folder) if fit else (None, None)
    model: Model = fitted or _open_model(name)
    test = match_digits(_read_digits(folder, "test"), model)
    model.predict_proba(test.images[:_N_WARM_UP])
    started = time.perf_counter()
    proba = model.predict_proba(test.images)
    predict_seconds = time.perf_counter() - started
    peak = peak_memory()
    if fitted:
        from numerals.classifiers.estimator_files import save_model

        save_model(fitted, file)
    numbers = {
        "fit_seconds": fit_seconds,
        "predict_seconds": predict_seconds,
        "n_bytes": file.stat().st_size,
        "peak_bytes": peak,
        "notes": _training_notes(fitted),
    }
    np.savez(
        folder / "outcome.npz",
        proba=proba,
        labels=test.labels,
        numbers=np.array(json.dumps(numbers)),
    )


def _fit(name: str, settings: Mapping[str, Any], folder: Path) -> "tuple[EstimatorModel, float]":
    """Return the fitted model and the time of fitting, seconds."""
    from numerals.classifiers import make_classifier
    from numerals.lab.fit import fit_method

    make_classifier(name, settings)  # imports the method's libraries before timing starts
    train = _read_digits(folder, "train")
    started = time.perf_counter()
    return fit_method(name, train, settings), time.perf_counter() - started


def _training_notes(model: "EstimatorModel | None") -> list[str]:
    notes: list[str] = json.loads(model.metadata["training"]).get("notes", []) if model else []
    return notes


def _open_model(name: str) -> Model:
    if Path(name).suffix != ".skops":
        return load_model(name)  # does not load scikit-learn, whose memory would be counted
    from numerals.classifiers.estimator_files import open_model

    return open_model(name)


def _read_digits(folder: Path, name: str) -> Digits:
    """Read digits that `write_trial_data` wrote."""
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz") as arrays:
        images, labels = arrays["images"], arrays["labels"]
    return Digits(images, labels, tuple(about["classes"]), about["name"], about["script"])


if __name__ == "__main__":
    _main()
