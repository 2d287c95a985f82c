"""Which model reads a script: the shipped one, or one that was put to use in its place."""

import hashlib
import json
import os
import re
from pathlib import Path

from numerals.errors import ModelError

KINDS = ("digits", "lines")
_LIST = "in-use.json"


def user_folder() -> Path:
    """Return the folder of what the user made: ``NUMERALS_HOME``, or the system's usual place."""
    named = os.environ.get("NUMERALS_HOME")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("numerals", appauthor=False))


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
    stacks = _stacks()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / (name + ".partial")
        partial.write_bytes(content)
        partial.replace(folder / name)
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written ({error}); check the folder") from error
    stack = stacks.setdefault(f"{script} {kind}", [])
    if stack[-1:] != [name]:
        stack.append(name)
    _write(stacks)
    return folder / name


def take_back(script: str, kind: str) -> Path | None:
    """Use the model before the present one again; return it, None for the shipped one.

    Raises
    ------
    ModelError
        If the shipped one is in use.
    """
    stacks = _stacks()
    stack = stacks.get(f"{script} {kind}", [])
    if not stack:
        raise ModelError(f"{script}, {kind}: the shipped model is in use; nothing to take back")
    stack.pop()
    while stack and not (models_folder() / stack[-1]).is_file():
        stack.pop()
    _write(stacks)
    return model_in_use(script, kind)


def changed_at() -> int:
    """Return a number that changes when another model is put to use; 0 where none ever was."""
    try:
        return (models_folder() / _LIST).stat().st_mtime_ns
    except OSError:
        return 0


def _stacks() -> dict[str, list[str]]:
    path = models_folder() / _LIST
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error}); check the folder") from error
    try:
        found = json.loads(content)
        stacks = {key: [Path(str(name)).name for name in names] for key, names in found.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path}: is damaged ({error}); remove it to use shipped models"
        ) from error
    return stacks


def _write(stacks: dict[str, list[str]]) -> None:
    path = models_folder() / _LIST
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(json.dumps(stacks, indent=2), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written ({error}); check the folder") from error
