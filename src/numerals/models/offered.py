"""All models that there are for scripts: shipped, from packages, and put to use by the user."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numerals.errors import ModelError
from numerals.models.digit_model import SHIPPED, load_model
from numerals.models.in_use import KINDS, model_in_use, scripts_in_use
from numerals.models.line_model import SHIPPED_LINES, is_line_model, load_line_model
from numerals.models.packages import packaged_path, packaged_scripts
from numerals.models.session import open_session

_FOLDER = Path(__file__).parent
_SUFFIX = {"digits": "digit", "lines": "line"}


@dataclass(frozen=True)
class OfferedModel:
    """A model that can read, or reads, a script.

    Attributes
    ----------
    name : str
        ``"latin-digit"`` for what ships, the file's name for what was put to use.
    path : Path
    script : str
    kind : {"digits", "lines"}
    active : bool
        Whether it is the one in use.
    """

    name: str
    path: Path
    script: str
    kind: str
    active: bool


def shipped_path(script: str, kind: str) -> Path | None:
    """Return the model that comes with numerals or with a package of models."""
    names = SHIPPED if kind == "digits" else SHIPPED_LINES
    if script in names:
        return _FOLDER / names[script]
    return packaged_path(script, kind)


def path_in_use(script: str, kind: str) -> Path | None:
    """Return the file that reads a script now; None where there is none."""
    return model_in_use(script, kind) or shipped_path(script, kind)


def offered_models() -> Iterator[OfferedModel]:
    """Yield the models of each script: the shipped one, and the one used in its place."""
    others = packaged_scripts() | set(scripts_in_use())
    for script in (*SHIPPED, *sorted(others - set(SHIPPED))):
        for kind in KINDS:
            used = model_in_use(script, kind)
            shipped = shipped_path(script, kind)
            if shipped is not None:
                name = f"{script}-{_SUFFIX[kind]}"
                yield OfferedModel(name, shipped, script, kind, used is None)
            if used is not None:
                yield OfferedModel(used.stem, used, script, kind, True)


def kind_of(path: Path) -> tuple[str, str]:
    """Load a model and return its script and kind.

    Raises
    ------
    ModelError
        If the file is no model of ours, or takes digits of another size than pages give.
    """
    if is_line_model(path):
        return load_line_model(path).script, "lines"
    model = load_model(path)
    if model.image_shape != (28, 28):
        raise ModelError(
            f"{path}: takes digits of {model.image_shape} pixels; reading pictures needs (28, 28)"
        )
    return model.script, "digits"


def describe_model(offered: OfferedModel) -> dict[str, Any]:
    """Return what a model's file says of itself, ready for JSON."""
    _, metadata = open_session(offered.path)
    return {
        "name": offered.name,
        "script": offered.script,
        "kind": offered.kind,
        "active": offered.active,
        "path": str(offered.path),
        "bytes": offered.path.stat().st_size,
        "figures": _json(metadata, "figures"),
        "training": _json(metadata, "training"),
    }


def _json(metadata: dict[str, str], key: str) -> dict[str, Any]:
    try:
        found = json.loads(metadata.get(key, "{}"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
