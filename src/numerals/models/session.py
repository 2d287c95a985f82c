"""An ONNX file -> a session that runs it, with the metadata that it carries."""

from pathlib import Path
from typing import Any

from numerals.errors import ModelError
from numerals.models.runtime import load_onnxruntime

MAX_BYTES = 256 * 2**20
"""A larger file is refused before it is opened."""


def open_session(path: Path) -> tuple[Any, dict[str, str]]:
    """Return an onnxruntime session, and the file's metadata.

    Raises
    ------
    ModelError
        If there is no such file, it is larger than `MAX_BYTES`, or cannot be run.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; name an .onnx file that numerals made")
    if path.stat().st_size > MAX_BYTES:
        raise ModelError(f"{path}: larger than {MAX_BYTES // 2**20} MiB, so no model of ours")
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # On macOS and in containers, spinning threads take the processor from decoding pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises many kinds, none of them documented
        raise ModelError(f"{path}: not an ONNX model that can be run ({error})") from error
    return session, dict(session.get_modelmeta().custom_metadata_map)
