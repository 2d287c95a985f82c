"""Which model files read a run, and their hashes."""

from functools import lru_cache
from pathlib import Path

from numerals.errors import RunError
from numerals.files import file_sha256
from numerals.models import line_model_path, model_path
from numerals.models.page_model import PAGE_MODEL_PATH
from numerals.reading import ReadOptions
from numerals.reading.script_detection import AUTO, installed_scripts


def model_hashes(options: ReadOptions) -> dict[str, str]:
    """Return the names of the model files that may be used, and their SHA-256.

    Raises
    ------
    RunError
        If the model is a loaded one, which has no file.
    ModelError, UnknownNameError
        If a model does not exist.
    """
    paths = _model_paths(options)
    return {path.stem: cached_sha256(path) for path in sorted(paths, key=lambda path: path.stem)}


def _model_paths(options: ReadOptions) -> set[Path]:
    model = options.model
    if not isinstance(model, str | Path):
        raise RunError("a run needs a model file or the name of a script, not a loaded model")
    names = installed_scripts() if model == AUTO else [str(model)]
    paths = {PAGE_MODEL_PATH} if options.needs_detection else set()
    for name in names:
        lines = None if isinstance(model, Path) else line_model_path(name)
        paths |= {model_path(name)} | ({lines} if lines is not None else set())
    return paths


def cached_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal; that of an unchanged file is cached."""
    status = path.stat()
    return _sha256(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _sha256(path: Path, _size: int, _modified: int) -> str:
    return file_sha256(path)
