"""The models that the user activated in place of the shipped ones.

The list of activated models is ``models/in-use.json`` in the user's folder. It maps
``"<script> <kind>"`` to a stack of file names; the last one is active.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numerals.errors import ModelError
from numerals.files import PRIVATE_FILE, write_atomic
from numerals.models.user_folder import make_user_folder, user_folder
from numerals.private_files import locked, make_private_folder

KINDS = ("digits", "lines")
"""What a model reads: single digits, or lines of text."""

_LIST_NAME = "in-use.json"
_LOCK_NAME = ".lock"
_MAX_LIST_BYTES = 1 << 20  # each activated model takes about 50 bytes


def models_folder() -> Path:
    """Return the folder of the activated models."""
    return user_folder() / "models"


def activated_model_path(script: str, kind: str) -> Path | None:
    """Return the activated model file of a script; None if the default model is in use.

    Parameters
    ----------
    script : str
    kind : {"digits", "lines"}

    Raises
    ------
    ModelError
        If the file is missing.
    """
    stack = _read_stacks().get(f"{script} {kind}", [])
    if not stack:
        return None
    path = models_folder() / stack[-1]
    if not path.is_file():
        raise ModelError(
            f"{path}: the active model for {script} {kind} is missing; restore the file, or "
            f"return to the previous model: numerals models rollback {script} --kind {kind}"
        )
    return path


def activated_kinds(script: str) -> list[str]:
    """Return the kinds for which a script has an activated model."""
    stacks = _read_stacks()
    return [kind for kind in KINDS if stacks.get(f"{script} {kind}")]


def activated_scripts() -> list[str]:
    """Return the scripts that have an activated model, sorted."""
    return sorted({key.split(" ")[0] for key, stack in _read_stacks().items() if stack})


def activate_model(path: Path, script: str, kind: str) -> Path:
    """Copy a model into the user's folder and activate it.

    Parameters
    ----------
    path : Path
        A valid model file.
    script : str
    kind : {"digits", "lines"}

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    ModelError
        If the script's name is invalid, or the folder cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", script):  # it becomes part of a file name
        raise ModelError(f"{path}: its script is {script!r}; expected a lowercase word")
    folder = models_folder()
    content = path.read_bytes()
    name = f"{script}-{kind}-{hashlib.sha256(content).hexdigest()[:12]}.onnx"
    with _editing_stacks() as stacks:
        write_atomic(folder / name, content, PRIVATE_FILE)
        stack = stacks.setdefault(f"{script} {kind}", [])
        if stack[-1:] != [name]:
            stack.append(name)
    return folder / name


def roll_back_model(script: str, kind: str) -> Path | None:
    """Reactivate the previous model.

    Activated models whose file is missing are skipped.

    Returns
    -------
    Path or None
        The model that is active now; None for the default model.

    Raises
    ------
    ModelError
        If the default model is active already.
    """
    if not _read_stacks().get(f"{script} {kind}"):
        raise ModelError(f"{script} {kind}: the shipped model is in use; nothing to roll back")
    with _editing_stacks() as stacks:
        stack = stacks.get(f"{script} {kind}", [])
        del stack[-1:]
        while stack and not (models_folder() / stack[-1]).is_file():
            stack.pop()
    return activated_model_path(script, kind)


def activations_changed_at() -> int:
    """Return when the list of activated models last changed: nanoseconds, 0 without a list."""
    try:
        return (models_folder() / _LIST_NAME).stat().st_mtime_ns
    except OSError:
        return 0


@contextmanager
def _editing_stacks() -> Iterator[dict[str, list[str]]]:
    """Lock the list for the block, which may edit the stacks, then write it."""
    folder = models_folder()
    try:
        make_user_folder()
        make_private_folder(folder)
        with locked(folder / _LOCK_NAME):
            stacks = _read_stacks()
            yield stacks
            write_atomic(folder / _LIST_NAME, json.dumps(stacks, indent=2), PRIVATE_FILE)
    except TimeoutError as error:
        raise ModelError(
            f"{folder}: another process is changing the activated models; try again later"
        ) from error
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written ({error}); check the folder") from error


def _read_stacks() -> dict[str, list[str]]:
    path = models_folder() / _LIST_NAME
    try:
        if path.exists() and not path.is_file():
            raise ModelError(f"{path}: is not a regular file; remove it to use the shipped models")
        with path.open("rb") as stream:
            content = stream.read(_MAX_LIST_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error}); check the folder") from error
    try:
        if len(content) > _MAX_LIST_BYTES:
            raise ValueError(f"more than {_MAX_LIST_BYTES:,} bytes")
        return _validate_stacks(json.loads(content.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        reason = "too deeply nested" if isinstance(error, RecursionError) else error
        raise ModelError(
            f"{path}: is damaged ({reason}); remove it to use the shipped models, then activate "
            "yours again: numerals models activate FILE"
        ) from error


def _validate_stacks(value: Any) -> dict[str, list[str]]:
    """Return the parsed list with bare file names; raise ValueError if its form is wrong."""
    if not isinstance(value, dict):
        raise ValueError(f"got {type(value).__name__}, expected an object")
    for key, names in value.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{key[:40]!r} is not a list of file names")
    return {key: [Path(name).name for name in names] for key, names in value.items()}
