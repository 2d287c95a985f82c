"""What a run is: its version, models, options and inputs, in ``manifest.json``."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self
from uuid import uuid4

from numerals import __version__
from numerals.batch.model_hashes import cached_sha256, model_hashes
from numerals.batch.run_folder import MANIFEST, RunFolder
from numerals.batch.units import WorkOptions
from numerals.errors import RunError

RUN_FORMAT = "numerals-run-1"
"""Version of the folder's layout and of the columns of its tables."""


@dataclass(frozen=True)
class RunCounts:
    """What a run, or a part of it, contains.

    Attributes
    ----------
    files, pages, numbers : int
        Pages that could not be read are not counted.
    accepted : int
        Numbers that were accepted; 0 if neither a format nor a limit of error was requested.
    failed : int
        Files that could not be read, or not to their end.
    """

    files: int = 0
    pages: int = 0
    numbers: int = 0
    accepted: int = 0
    failed: int = 0

    def __add__(self, other: "RunCounts") -> "RunCounts":
        return RunCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other: "RunCounts") -> "RunCounts":
        return RunCounts(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Manifest:
    """Description of a run.

    Attributes
    ----------
    numerals : str
        Version that reads the run.
    options : dict of str to JSON value
        All options that influence the readings.
    models : dict of str to str
        Names of the model files, and their SHA-256.
    inputs : tuple of str
        As they were given.
    id : str
        Unique.
    state : {"running", "complete"}
    created, updated : str
        UTC, ISO 8601.
    counts : RunCounts
        When the manifest was written; `Run.counts` is exact at any time.
    format : str
    """

    numerals: str
    options: dict[str, Any]
    models: dict[str, str]
    inputs: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: uuid4().hex)
    state: Literal["running", "complete"] = "running"
    created: str = field(default_factory=lambda: _now())
    updated: str = field(default_factory=lambda: _now())
    counts: RunCounts = field(default_factory=RunCounts)
    format: str = RUN_FORMAT

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Return the manifest of a file; raise ValueError if it is not one."""
        values = json.loads(content)
        if values.get("format") != RUN_FORMAT:
            raise ValueError(f"its format is {values.get('format')!r}, expected {RUN_FORMAT!r}")
        _check_types(values)
        values["counts"] = RunCounts(**values["counts"])
        values["inputs"] = tuple(values["inputs"])
        return cls(**values)

    def to_json(self) -> bytes:
        """Return the content of the file."""
        values = asdict(self)
        ordered = {"format": values.pop("format"), **values}
        return json.dumps(ordered, indent=2, ensure_ascii=False).encode() + b"\n"


_TYPES: dict[str, type] = {
    "numerals": str,
    "options": dict,
    "models": dict,
    "inputs": list,
    "id": str,
    "state": str,
    "created": str,
    "updated": str,
    "counts": dict,
}


def _check_types(values: dict[str, Any]) -> None:
    """Raise ValueError for the first value of a manifest that has another type."""
    for name, expected in _TYPES.items():
        if not isinstance(values[name], expected):
            raise ValueError(f"{name} is {values[name]!r}, expected {expected.__name__}")
    texts = (*values["inputs"], *values["models"].values())
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("inputs and models must be texts")
    if not all(isinstance(count, int) for count in values["counts"].values()):
        raise ValueError("counts must be whole numbers")


def make_manifest(work: WorkOptions, inputs: Sequence[str]) -> Manifest:
    """Return the manifest of a new run that this version reads."""
    return Manifest(__version__, describe_options(work), model_hashes(work.read), tuple(inputs))


def describe_options(work: WorkOptions) -> dict[str, Any]:
    """Return all options that influence readings, as JSON values."""
    options = {**vars(work.read), **vars(work.answers)}
    options.pop("format", None)  # the parsed number format, cached by ReadOptions
    # Files such as a template; the hash of a model file is in the manifest already.
    files = {each.name: getattr(work, each.name) for each in fields(work)}
    options |= {
        name: f"{path.name} (SHA-256 {cached_sha256(path)})"
        for name, path in files.items()
        if isinstance(path, Path)
    }
    return {name: _to_json(value) for name, value in options.items()}


def _to_json(value: object) -> str | int | float | None:
    if isinstance(value, Path):
        return value.name
    return value if isinstance(value, str | int | float | None) else str(value)


def load_manifest(folder: RunFolder) -> Manifest | None:
    """Load the manifest of a run; None without one.

    Raises
    ------
    RunError
        If the file is damaged, or of another version of the format.
    """
    content = folder.read(MANIFEST)
    if content is None:
        return None
    try:
        return Manifest.from_json(content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RunError(
            f"{folder.location}/{MANIFEST}: is not the manifest of a run that numerals "
            f"{__version__} can continue ({error}); name another folder"
        ) from error


def save_manifest(folder: RunFolder, manifest: Manifest, **changes: Any) -> Manifest:
    """Write the manifest with some fields changed, and return it."""
    manifest = replace(manifest, updated=_now(), **changes)
    folder.write(MANIFEST, manifest.to_json())
    return manifest


def check_same_run(location: str, before: Manifest, now: Manifest) -> None:
    """Check that a run can be continued: its readings would be those of one run.

    Raises
    ------
    RunError
        That names the first difference.
    """
    for name in sorted(before.options.keys() | now.options.keys()):
        old, new = before.options.get(name), now.options.get(name)
        if old != new:
            raise RunError(
                f"{location}: was started with {name}={old!r}, now {new!r}; repeat the options "
                "of the first start, or name a new folder"
            )
    if before.numerals != now.numerals:
        raise RunError(
            f"{location}: was started with numerals {before.numerals}, this is {now.numerals}; "
            f"install it (pip install numerals=={before.numerals}), or name a new folder"
        )
    for name in sorted(before.models.keys() | now.models.keys()):
        old, new = before.models.get(name, "none"), now.models.get(name, "none")
        if old != new:
            raise RunError(
                f"{location}: was started with another model {name} (SHA-256 {old[:12]}, now "
                f"{new[:12]}); use the model of the first start, or name a new folder"
            )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
