"""List the models of all scripts: shipped, from installed packages, and activated by the user."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numerals.errors import ModelError
from numerals.models.activated_models import KINDS, activated_model_path, activated_scripts
from numerals.models.digit_model import SHIPPED_DIGIT_MODELS, load_model
from numerals.models.line_model import SHIPPED_LINE_MODELS, is_line_model, load_line_model
from numerals.models.onnx_session import open_session
from numerals.models.packaged_models import SHIPPED_FOLDER, packaged_path, packaged_scripts

_NAME_SUFFIX = {"digits": "digit", "lines": "line"}


@dataclass(frozen=True)
class AvailableModel:
    """A model file for a script.

    Attributes
    ----------
    name : str
        ``"latin-digit"`` for a shipped model, the file's stem for an activated one.
    path : Path
    script : str
    kind : {"digits", "lines"}
    active : bool
        Whether numerals reads with it.
    """

    name: str
    path: Path
    script: str
    kind: str
    active: bool


def default_model_path(script: str, kind: str) -> Path | None:
    """Return the model that ships with numerals or with an installed package; None without one."""
    names = SHIPPED_DIGIT_MODELS if kind == "digits" else SHIPPED_LINE_MODELS
    if script in names:
        return SHIPPED_FOLDER / names[script]
    return packaged_path(script, kind)


def active_model_path(script: str, kind: str) -> Path | None:
    """Return the activated model of a script, else its default model; None without either."""
    return activated_model_path(script, kind) or default_model_path(script, kind)


def list_available_models() -> Iterator[AvailableModel]:
    """Yield the default model and the activated model of each script and kind."""
    others = packaged_scripts() | set(activated_scripts())
    for script in (*SHIPPED_DIGIT_MODELS, *sorted(others - set(SHIPPED_DIGIT_MODELS))):
        for kind in KINDS:
            activated = activated_model_path(script, kind)
            default = default_model_path(script, kind)
            if default is not None:
                name = f"{script}-{_NAME_SUFFIX[kind]}"
                yield AvailableModel(name, default, script, kind, activated is None)
            if activated is not None:
                yield AvailableModel(activated.stem, activated, script, kind, True)


def script_and_kind(path: Path) -> tuple[str, str]:
    """Load a model and return its script and its kind.

    Raises
    ------
    ModelError
        If the file is not a numerals model, or its digit images are not 28x28.
    """
    if is_line_model(path):
        return load_line_model(path).script, "lines"
    model = load_model(path)
    if model.image_shape != (28, 28):
        raise ModelError(
            f"{path}: its digits have {model.image_shape} pixels; reading pictures needs (28, 28)"
        )
    return model.script, "digits"


def describe_model(model: AvailableModel) -> dict[str, Any]:
    """Return a model's properties and the figures in its metadata, ready for JSON."""
    _, metadata = open_session(model.path)
    return {
        "name": model.name,
        "script": model.script,
        "kind": model.kind,
        "active": model.active,
        "path": str(model.path),
        "bytes": model.path.stat().st_size,
        "figures": _parse_object(metadata, "figures"),
        "training": _parse_object(metadata, "training"),
    }


def _parse_object(metadata: dict[str, str], key: str) -> dict[str, Any]:
    """Return a JSON object of the metadata; an empty one if it is missing or invalid."""
    try:
        value = json.loads(metadata.get(key, "{}"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
