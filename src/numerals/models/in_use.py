"""Which model reads a script: the shipped one, or one that was put to use in its place."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numerals.errors import ModelError
from numerals.files import PRIVATE_FILE, write_whole
from numerals.models.user_folder import make_user_folder, user_folder
from numerals.private_files import locked, make_private_folder

KINDS = ("digits", "lines")
_LIST = "in-use.json"
_LOCK = ".lock"
_MAX_BYTES = 1 << 20  # of the list; each model put to use takes some 50


def models_folder() -> Path:
    """Return the folder of the models that were put to use."""
    return user_folder() / "models"


def model_in_use(script: str, kind: str) -> Path | None:
    """Return the file that is used in place of the shipped one; None where there is none.

    Parameters
    ----------
    script : str
    kind : {"digits", "lines"}

    Raises
    ------
    ModelError
        If that file is gone.
    """
    stack = _stacks().get(f"{script} {kind}", [])
    if not stack:
        return None
    path = models_folder() / stack[-1]
    if not path.is_file():
        raise ModelError(
            f"{path}: the model that reads {script} {kind} is gone; bring it back, or use the one "
            f"before it: numerals models back {script} --kind {kind}"
        )
    return path


def kinds_in_use(script: str) -> list[str]:
    """Return the kinds of which a model was put to use for a script."""
    stacks = _stacks()
    return [kind for kind in KINDS if stacks.get(f"{script} {kind}")]


def scripts_in_use() -> list[str]:
    """Return the scripts that a model was put to use for."""
    return sorted({key.split(" ")[0] for key, stack in _stacks().items() if stack})


def put_to_use(path: Path, script: str, kind: str) -> Path:
    """Copy a model into the user's folder and use it from now on; return the copy.

    Parameters
    ----------
    path : Path
        A model that was loaded and found to be one.
    script : str
    kind : {"digits", "lines"}

    Raises
    ------
    ModelError
        If the script's name is none, or the folder cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", script):  # it becomes part of a file's name
        raise ModelError(f"{path}: its script is {script!r}; expected a word of small letters")
    folder = models_folder()
    content = path.read_bytes()
    name = f"{script}-{kind}-{hashlib.sha256(content).hexdigest()[:12]}.onnx"
    with _changing() as stacks:
        write_whole(folder / name, content, PRIVATE_FILE)
        stack = stacks.setdefault(f"{script} {kind}", [])
        if stack[-1:] != [name]:
            stack.append(name)
    return folder / name


def take_back(script: str, kind: str) -> Path | None:
    """Use the model before the present one again; return it, None for the shipped one.

    Raises
    ------
    ModelError
        If the shipped one is in use.
    """
    if not _stacks().get(f"{script} {kind}"):
        raise ModelError(f"{script}, {kind}: the shipped model is in use; nothing to take back")
    with _changing() as stacks:
        stack = stacks.get(f"{script} {kind}", [])
        del stack[-1:]
        while stack and not (models_folder() / stack[-1]).is_file():
            stack.pop()
    return model_in_use(script, kind)


def changed_at() -> int:
    """Return a number that changes when another model is put to use; 0 where none ever was."""
    try:
        return (models_folder() / _LIST).stat().st_mtime_ns
    except OSError:
        return 0


@contextmanager
def _changing() -> Iterator[dict[str, list[str]]]:
    """Let the list be changed by one process at a time, and write it at the end."""
    folder = models_folder()
    try:
        make_user_folder()
        make_private_folder(folder)
        with locked(folder / _LOCK):
            stacks = _stacks()
            yield stacks
            write_whole(folder / _LIST, json.dumps(stacks, indent=2), PRIVATE_FILE)
    except TimeoutError as error:
        raise ModelError(
            f"{folder}: another process is changing which models are in use; try again later"
        ) from error
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written ({error}); check the folder") from error


def _stacks() -> dict[str, list[str]]:
    path = models_folder() / _LIST
    try:
        if path.exists() and not path.is_file():
            raise ModelError(f"{path}: is not a regular file; remove it to use shipped models")
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error}); check the folder") from error
    try:
        if len(content) > _MAX_BYTES:
            raise ValueError(f"more than {_MAX_BYTES:,} bytes")
        return _checked(json.loads(content.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        reason = "too many levels" if isinstance(error, RecursionError) else error
        raise ModelError(
            f"{path}: is damaged ({reason}); remove it to use the shipped models, then put yours "
            "to use again: numerals models use FILE"
        ) from error


def _checked(found: Any) -> dict[str, list[str]]:
    """Return what a list holds, if it is of names of files by script and kind."""
    if not isinstance(found, dict):
        raise ValueError(f"it holds a {type(found).__name__}, expected an object")
    for key, names in found.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{key[:40]!r} is not a list of names of files")
    return {key: [Path(name).name for name in names] for key, names in found.items()}
