"""One method fitted and scored in a process of its own, so that its time and memory are its own."""

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

_WARM_UP = 20  # images classified before the clock starts: compilers and caches run then


class TrialError(NumeralsError, RuntimeError):
    """A method could not be fitted or scored."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of one method.

    Attributes
    ----------
    proba : ndarray of float32, shape (n_images, n_classes)
        Of the test digits.
    labels : ndarray of int64, shape (n_images,)
        Their true columns of `proba`.
    fit_seconds : float or None
        None for a model that was fitted before.
    predict_seconds : float
        For all test digits.
    n_bytes : int
        Of the model's file.
    peak_bytes : int or None
        The most memory that the process held, Python, libraries and data included; None where the
        system does not tell.
    notes : tuple of str
        What fitting had to say.
    """

    proba: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    fit_seconds: float | None
    predict_seconds: float
    n_bytes: int
    peak_bytes: int | None
    notes: tuple[str, ...] = ()


def write_parts(folder: Path, train: Digits | None, test: Digits) -> None:
    """Write what trials work on into a folder, as arrays that load quickly."""
    for name, digits in (("train", train), ("test", test)):
        if digits is not None:
            about = {"name": digits.name, "script": digits.script, "classes": digits.classes}
            np.savez(folder / f"{name}.npz", images=digits.images, labels=digits.labels)
            (folder / f"{name}.json").write_text(json.dumps(about), encoding="utf-8")


def run_trial(name: str, settings: Mapping[str, Any], folder: Path, *, fit: bool) -> Trial:
    """Fit and score one method, or score a model that exists, in a new process.

    Parameters
    ----------
    name : str
        A method's name, a script or a model file.
    settings : mapping of str to value
        Of the method.
    folder : Path
        Where `write_parts` put the data; what the trial writes goes there too.
    fit : bool
        Whether `name` is a method.

    Raises
    ------
    TrialError
        If it fails, with what the process said last.
    """
    request = {"name": name, "settings": dict(settings), "folder": str(folder), "fit": fit}
    outcome = folder / "outcome.npz"
    outcome.unlink(missing_ok=True)
    with (folder / "stderr.txt").open("w+", encoding="utf-8", errors="replace") as said:
        code = _run(json.dumps(request), said)
        if code or not outcome.exists():
            said.seek(0)
            raise TrialError(_explain(said.read(), code))
    with np.load(outcome) as found:
        numbers = json.loads(str(found["numbers"]))
        notes = tuple(numbers.pop("notes"))
        return Trial(found["proba"], found["labels"], **numbers, notes=notes)


def _run(request: str, said: Any) -> int:
    """Run this module with a request on its standard input, which stays open while we live."""
    process = subprocess.Popen(
        [sys.executable, "-m", "numerals.lab.trial"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=said,
        text=True,
        start_new_session=True,  # Ctrl-C reaches us alone, and we end it with all that it started
    )
    assert process.stdin is not None
    try:
        process.stdin.write(request + "\n")
        process.stdin.flush()
        return process.wait()
    finally:
        _end(process)
        process.stdin.close()


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _explain(said: str, code: int) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    if code < 0:
        return f"its process was ended by signal {-code}; was there enough memory?"
    return lines[-1].strip() if lines else f"its process ended with exit code {code}"


def _main() -> None:
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _try(request["name"], request["settings"], Path(request["folder"]), request["fit"])
    except Exception as error:
        message = " ".join(str(error).split())
        known = isinstance(error, NumeralsError)
        sys.exit(message if known else f"{type(error).__name__}: {message}")


def _end_with_parent() -> None:
    sys.stdin.read()  # returns when the parent's end of the pipe is gone
    os._exit(1)


def _try(name: str, settings: Mapping[str, Any], folder: Path, fit: bool) -> None:
    file = folder / "model.skops" if fit else model_path(name)
    fitted, fit_seconds = _fit(name, settings, folder) if fit else (None, None)
    model: Model = fitted or _open(name)
    test = match_digits(_read_part(folder, "test"), model)
    model.predict_proba(test.images[:_WARM_UP])
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
        "notes": _notes(fitted),
    }
    np.savez(
        folder / "outcome.npz",
        proba=proba,
        labels=test.labels,
        numbers=np.array(json.dumps(numbers)),
    )


def _fit(name: str, settings: Mapping[str, Any], folder: Path) -> "tuple[EstimatorModel, float]":
    from numerals.classifiers import make_classifier
    from numerals.lab.fit import fit_method

    make_classifier(name, settings)  # imports what the method needs before the clock starts
    train = _read_part(folder, "train")
    started = time.perf_counter()
    return fit_method(name, train, settings), time.perf_counter() - started


def _notes(model: "EstimatorModel | None") -> list[str]:
    notes: list[str] = json.loads(model.metadata["training"]).get("notes", []) if model else []
    return notes


def _open(name: str) -> Model:
    if Path(name).suffix != ".skops":
        return load_model(name)  # without scikit-learn, which it does not need
    from numerals.classifiers.estimator_files import open_model

    return open_model(name)


def _read_part(folder: Path, name: str) -> Digits:
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz") as arrays:
        images, labels = arrays["images"], arrays["labels"]
    return Digits(images, labels, tuple(about["classes"]), about["name"], about["script"])


def peak_memory() -> int | None:
    """Return the most bytes of memory that this process has held; None where nothing tells."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux it counts what the parent held when it started this process.
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platform.system() == "Darwin" else peak * 1024


if __name__ == "__main__":
    _main()
