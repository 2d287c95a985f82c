"""Directories of training runs: each records its settings and rejects a run with other settings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numerals.errors import DataError


def claim_run_directory(folder: Path, settings: Mapping[str, Any], file_name: str) -> None:
    """Create the directory of a run, or check that it belongs to this run.

    Parameters
    ----------
    folder : Path
        Created, with its parents, if it does not exist.
    settings : mapping of str to object
        Identity of the run: values that JSON can store.
    file_name : str
        File in `folder` that records the settings.

    Raises
    ------
    DataError
        If the directory belongs to a run with other settings, or cannot be read or written.
    """
    path = folder / file_name
    recorded = json.loads(json.dumps(settings))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            changed = _changed_keys(json.loads(path.read_text("utf-8")), recorded)
            if changed:
                raise DataError(
                    f"{folder}: belongs to a run with other settings ({changed}); name another "
                    "folder, or remove this one"
                )
        path.write_text(json.dumps(recorded, indent=2), "utf-8")
    except (OSError, AttributeError, json.JSONDecodeError) as error:
        raise DataError(f"{path}: cannot be used ({error}); name another folder") from error


def _changed_keys(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return the names of the settings that differ, separated by commas."""
    keys = sorted(before.keys() | after.keys())
    return ", ".join(key for key in keys if before.get(key) != after.get(key))
