"""MATLAB's ``.mat`` up to version 7: plain arrays, and the struct of EMNIST.

Needs the extra ``files`` (scipy), which is imported when a file is read. Files of version 7.3 are
HDF5: see `numerals.data.hdf5`.
"""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.files import check_size
from numerals.data.named_arrays import read_chosen
from numerals.data.reading_options import DEFAULT_OPTIONS, ReadOptions
from numerals.errors import DataError, DataNotFoundError, MissingExtraError
from numerals.records import Digits

_HEADER_BYTES = 128
_COMPRESSED = 15  # the type of an element that is deflated
_MAX_DEPTH = 6  # structs within structs
_MAX_ELEMENTS = 1000


def read_mat(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from a ``.mat`` file.

    Parameters
    ----------
    path : str or Path
        With arrays such as ``X`` and ``y``, ``data`` and ``label``; or structs of them, such as
        EMNIST's ``dataset.train.images``.
    options : ReadOptions
        The split, and what the arrays are called (``dataset/train/images``) and mean.

    Returns
    -------
    Digits
        As they are stored: EMNIST's pictures are transposed.

    Raises
    ------
    DataError
        If an array is missing or does not fit, or the file is damaged.
    DataNotFoundError
        If there is no such file.
    MissingExtraError
        Without the extra ``files``.
    """
    path = Path(path)
    arrays = _load(path)
    shapes = {name: array.shape for name, array in arrays.items()}
    return read_chosen(path, shapes, arrays.__getitem__, options)


def is_mat(path: Path) -> bool:
    """Tell whether a file has the header of a ``.mat`` file of version 5 to 7."""
    try:
        with path.open("rb") as stream:
            return stream.read(_HEADER_BYTES)[124:] in (b"\x00\x01IM", b"\x01\x00MI")
    except OSError:
        return False


def _load(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        from scipy.io import loadmat
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{path}: reading .mat", "files") from error
    if not path.is_file():
        raise DataNotFoundError(f"{path}: no such file; check the path")
    try:
        check_size(path, (_declared_bytes(path),), 1)
        content = loadmat(path, struct_as_record=False, squeeze_me=False, chars_as_strings=True)
    except DataError:
        raise
    except Exception as error:  # a damaged file raises almost anything in scipy
        raise DataError(
            f"{path}: not a .mat file that can be read ({error}); fetch or copy it again"
        ) from error
    found: dict[str, npt.NDArray[Any]] = {}
    for name, value in content.items():
        if not name.startswith("__"):
            _collect(name, value, found, _MAX_DEPTH)
    return found


def _declared_bytes(path: Path) -> int:
    """Return how many bytes the file's elements take decompressed, as their tags declare."""
    total = 0
    with path.open("rb") as stream:
        order = "<" if stream.read(_HEADER_BYTES)[126:] == b"IM" else ">"
        for _ in range(_MAX_ELEMENTS):
            tag = stream.read(8)
            if len(tag) < 8:
                return total
            kind, n_bytes = struct.unpack(f"{order}II", tag)
            inner = n_bytes
            if kind == _COMPRESSED:
                start = zlib.decompressobj().decompress(stream.read(min(n_bytes, 4096)), 8)
                inner = struct.unpack(f"{order}II", start.ljust(8, b"\0"))[1]
                stream.seek(max(n_bytes - 4096, 0), 1)
            else:
                stream.seek(n_bytes, 1)
            total += inner
    raise DataError(f"{path}: more than {_MAX_ELEMENTS} arrays; save those of the digits alone")


def _collect(name: str, value: Any, found: dict[str, npt.NDArray[Any]], depth: int) -> None:
    """Gather arrays of numbers, and those within structs as ``outer/inner``."""
    if hasattr(value, "_fieldnames") and depth:
        for field in value._fieldnames:
            _collect(f"{name}/{field}", getattr(value, field), found, depth - 1)
    elif isinstance(value, np.ndarray) and value.dtype.kind in "buifU":
        found[name] = value
    elif isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.size == 1:
        _collect(name, value.item(), found, depth)
