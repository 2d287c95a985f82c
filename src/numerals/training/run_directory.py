"""The folder of a recipe's run: it remembers the settings, and refuses others."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from numerals.errors import DataError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def claim_run_folder(folder: Path, recipe: "DataclassInstance") -> None:
    """Make a folder for a run, or go on with one that was stopped.

    Raises
    ------
    DataError
        If a run of other settings has it, or it cannot be used.
    """
    path = folder / "recipe.json"
    wanted = json.loads(json.dumps(asdict(recipe)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and json.loads(path.read_text()) != wanted:
            raise DataError(
                f"{path} was started with other settings; name another folder, or remove this one"
            )
        path.write_text(json.dumps(wanted, indent=2))
    except (OSError, json.JSONDecodeError) as error:
        raise DataError(f"{path}: cannot be used ({error}); name another folder") from error
