"""Pairs of ``.npy`` files: one with images, and one with labels."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import raw_head, translate_read_errors
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions
from numerals.data.named_arrays import digits_of_arrays
from numerals.data.npz import read_npy_header
from numerals.errors import DataError
from numerals.records import Digits

# A word in the name of the images -> the words that may replace it in the name of the labels.
_LABEL_WORDS = {
    "images": ("labels", "label"),
    "image": ("label", "labels"),
    "imgs": ("labels",),
    "x": ("y",),
    "data": ("labels", "label", "target", "targets"),
    "features": ("labels", "targets"),
}
_WORD = re.compile(r"(?<![A-Za-z])(images|image|imgs|x|data|features)(?![a-z])", re.IGNORECASE)


def read_npy_digits(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read images from a ``.npy`` file, and their labels from a second file.

    Parameters
    ----------
    path : str or Path
        The images, such as ``x_train.npy`` or ``images.npy``. The labels are then read from
        ``y_train.npy`` or ``labels.npy``. If there is no such file, the digits are unlabelled.
    options : FileOptions
        Scale and polarity of the pixels.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If a file is damaged or holds objects, or there is not one label for each image.
    DataNotFoundError
        If the file does not exist.
    """
    path = Path(path)
    candidates = labels_paths_of(path)
    labels_path = next((item for item in candidates if item.is_file()), None)
    if options.label_column == "none":
        labels_path = None
    labels = None if labels_path is None else (labels_path.name, _read_npy(labels_path))
    notes: tuple[str, ...] = ()
    if labels_path is None:
        notes = (f"no labels: {candidates[0].name if candidates else 'none'} beside it",)
    return digits_of_arrays(path, _read_npy(path), labels, options, notes)


def labels_paths_of(path: Path) -> list[Path]:
    """Return the possible paths of the label file of an images file."""
    match = _WORD.search(path.stem)
    if match is None:
        return []
    word = match.group()
    names = _LABEL_WORDS[word.lower()]
    names = tuple(name.upper() for name in names) + names if word.isupper() else names
    stem = path.stem
    return [path.with_stem(stem[: match.start()] + n + stem[match.end() :]) for n in names]


def is_npy(path: Path) -> bool:
    """Return whether a file starts as ``.npy``."""
    return raw_head(path, 6) == b"\x93NUMPY"


def _read_npy(path: Path) -> npt.NDArray[Any]:
    errors = (OSError, ValueError, EOFError)
    with translate_read_errors(path, "an .npy file", errors), path.open("rb") as stream:
        shape, n_bytes, header_bytes = read_npy_header(path, stream, path.name)
        n_actual = path.stat().st_size - header_bytes
        if n_actual != n_bytes:
            raise DataError(
                f"{path}: declares shape {shape}, {n_bytes:,} bytes, but holds {n_actual:,}; the"
                " file is damaged: fetch or copy it again"
            )
        stream.seek(0)
        array: npt.NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array
