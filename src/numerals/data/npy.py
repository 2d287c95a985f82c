"""A pair of ``.npy`` files: images, and beside them labels."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions
from numerals.data.named_arrays import digits_of_arrays
from numerals.data.npz import read_npy_header
from numerals.errors import DataError, DataNotFoundError
from numerals.records import Digits

# A word of the images' name -> the words that may stand there in the labels' name.
_LABEL_WORDS = {
    "images": ("labels", "label"),
    "image": ("label", "labels"),
    "imgs": ("labels",),
    "x": ("y",),
    "data": ("labels", "label", "target", "targets"),
    "features": ("labels", "targets"),
}
_WORD = re.compile(r"(?<![A-Za-z])(images|image|imgs|x|data|features)(?![a-z])", re.IGNORECASE)


def read_npy_digits(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read images from a ``.npy`` file, with the labels in the file beside it.

    Parameters
    ----------
    path : str or Path
        The images, such as ``x_train.npy`` or ``images.npy``; the labels are then looked for in
        ``y_train.npy`` or ``labels.npy``. Without such a file the digits are unlabelled.
    options : ReadOptions
        What pixels mean.

    Raises
    ------
    DataError
        If one of them is damaged, holds objects, or does not fit the other.
    DataNotFoundError
        If there is no such file.
    """
    path = Path(path)
    beside = labels_paths_of(path)
    found = next((item for item in beside if item.is_file()), None)
    if options.label_column == "none":
        found = None
    labels = None if found is None else (found.name, _read_npy(found))
    notes = () if found else (f"no labels: {beside[0].name if beside else 'none'} beside it",)
    return digits_of_arrays(path, _read_npy(path), labels, options, notes)


def labels_paths_of(path: Path) -> list[Path]:
    """Return where the labels of an images file may be, as its name tells."""
    match = _WORD.search(path.stem)
    if match is None:
        return []
    word = match.group()
    names = _LABEL_WORDS[word.lower()]
    names = tuple(name.upper() for name in names) + names if word.isupper() else names
    stem = path.stem
    return [path.with_stem(stem[: match.start()] + n + stem[match.end() :]) for n in names]


def is_npy(path: Path) -> bool:
    """Tell whether a file begins as a ``.npy`` file does."""
    try:
        with path.open("rb") as stream:
            return stream.read(6) == b"\x93NUMPY"
    except OSError:
        return False


def _read_npy(path: Path) -> npt.NDArray[Any]:
    try:
        with path.open("rb") as stream:
            shape, n_bytes, header_bytes = read_npy_header(path, stream, path.name)
            found = path.stat().st_size - header_bytes
            if found != n_bytes:
                raise DataError(
                    f"{path}: declares shape {shape}, {n_bytes:,} bytes, but holds {found:,}; the"
                    " file is damaged: fetch or copy it again"
                )
            stream.seek(0)
            array: npt.NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    except FileNotFoundError as error:
        raise DataNotFoundError(f"{path}: no such file; check the path") from error
    except DataError:
        raise
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: no .npy file that can be read ({error}); save it anew") from error
    return array
